/**
 * PostgreSQL through the package `pg`. One connection; if it breaks, the storage waits for the server, reports that,
 * and continues.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { ConfigError, FileError, UnrollError } from '../../../core/errors.ts';
import {
  closedError,
  type DatabaseOptions,
  Queue,
  type SqlDatabase,
  type SqlRow,
  type SqlTransaction,
  type SqlValue,
  type Uncertain,
} from './database.ts';
import { POSTGRESQL } from './dialect.ts';
import { Patience } from './patience.ts';
import { hidePassword } from './url.ts';

/** Time in ms after which a server that does not answer counts as down. */
const CONNECT_TIMEOUT = 10_000;
const QUERY_TIMEOUT = 60_000;
/** Longest time to close a connection, in ms. */
const CLOSE_TIMEOUT = 5_000;
/** The server ends an idle transaction after this time, in ms, so that a stopped worker does not block others. */
const IDLE_TIMEOUT = 30_000;
/** Waits between attempts to connect, in ms: the first, doubled each time, up to the last. */
const RETRY = { first: 200, most: 5_000 } as const;
/** Attempts at a transaction that conflicts with others. */
const CONFLICTS = 20;

/**
 * SQLSTATE of a server that is shutting down or starting up, or has too many connections (postgresql.org, appendix
 * A).
 */
const AWAY = ['57P01', '57P02', '57P03', '53300', '25P03'];
/** The same for the first connection: only a server that is starting up is waited for. */
const COMING = ['57P03', '53300'];
/** Conflicting transactions: serialization failure, deadlock. */
const CONFLICT = ['40001', '40P01'];
/** Two transactions that create the same table or row at once. */
const TWICE = ['23505', '42P07', '42710'];
/** Error codes of the network. */
const NETWORK = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENOENT',
];

/** A database on a PostgreSQL server. */
export class PostgresDatabase implements SqlDatabase {
  readonly dialect = POSTGRESQL;
  readonly url: string;
  readonly #config: ClientConfig;
  readonly #queue = new Queue();
  readonly #closing = new AbortController();
  /** Shared by all calls, so that queued calls do not each wait the full time. */
  readonly #patience: Patience;
  /** Statements in PostgreSQL's syntax, by the original. */
  readonly #numbered = new Map<string, string>();
  #client: Client | undefined;

  private constructor(url: string, options: DatabaseOptions) {
    this.url = hidePassword(url);
    this.#patience = new Patience(this.url, options, this.#closing.signal);
    this.#config = {
      connectionString: withUsualModes(url),
      application_name: 'unroll',
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: QUERY_TIMEOUT,
    };
  }

  /**
   * @param url `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`; what is missing comes from PGUSER, PGPASSWORD and so on
   * @throws ConfigError, FileError where there is no such server, database or user
   */
  static async open(url: string, options: DatabaseOptions = {}): Promise<PostgresDatabase> {
    const database = new PostgresDatabase(url, options);
    const patience = database.#patience;
    for (let delay: number = RETRY.first; ; delay = Math.min(2 * delay, RETRY.most)) {
      try {
        await database.#connect();
        patience.end();
        return database;
      } catch (error) {
        if (!COMING.includes(codeOf(error)) || !patience.has(messageOf(error), { urgent: true })) {
          throw mistake(error, database.url);
        }
        await sleep(delay);
      }
    }
  }

  read(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#queue.run(() => this.#persist((client) => this.#query(client, sql, values)));
  }

  write<T>(work: (tx: SqlTransaction, uncertain: Uncertain<T>) => Promise<T>): Promise<T> {
    let uncertain: Uncertain<T>;
    return this.#queue.run(() =>
      this.#persist(async (client) => {
        await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_TIMEOUT}`);
        const result = await work(
          { query: (sql, values = []) => this.#query(client, sql, values) },
          uncertain,
        );
        const before = uncertain;
        uncertain = { value: result };
        try {
          await client.query('COMMIT');
        } catch (error) {
          // the server refused it: nothing was committed
          if (!isLost(error)) uncertain = before;
          throw error;
        }
        return result;
      }),
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue.run(async () => {
      const client = this.#client;
      this.#client = undefined;
      if (!client) return;
      letGo(client);
      const stop = new AbortController();
      const farewell = client.end().catch(() => undefined);
      const late = sleep(CLOSE_TIMEOUT, undefined, { signal: stop.signal }).catch(() => undefined);
      await Promise.race([farewell, late]);
      stop.abort();
    });
  }

  async #query(client: Client, sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    let text = this.#numbered.get(sql);
    if (text === undefined) {
      let n = 0;
      text = sql.replaceAll('?', () => `$${++n}`);
      if (this.#numbered.size < 500) this.#numbered.set(sql, text);
    }
    const { rows } = await client.query<SqlValue[]>({ text, values: [...values], rowMode: 'array' });
    return rows;
  }

  /** Runs `call`, retrying if the connection breaks or transactions conflict. */
  async #persist<T>(call: (client: Client) => Promise<T>): Promise<T> {
    const patience = this.#patience;
    let delay: number = RETRY.first;
    for (let conflicts = 0; ;) {
      try {
        const result = await call(this.#client ?? (await this.#connect()));
        patience.end();
        return result;
      } catch (error) {
        if (isLost(error)) {
          this.#drop();
          const stop = this.#closing.signal;
          if (patience.has(`the database does not answer (${messageOf(error)})`, { urgent: true })) {
            await sleep(delay + randomInt(100), undefined, { signal: stop }).catch(() => undefined);
          } else throw gone(error, this.url, patience.limit, stop.aborted);
          if (stop.aborted) throw gone(error, this.url, patience.limit, true);
          delay = Math.min(2 * delay, RETRY.most);
          continue;
        }
        await this.#rollback();
        const again = [...CONFLICT, ...TWICE].includes(codeOf(error)) && ++conflicts < CONFLICTS;
        if (!again) throw mistake(error, this.url);
        await sleep(randomInt(5, 20 * conflicts + 10));
      }
    }
  }

  async #connect(): Promise<Client> {
    if (this.#closing.signal.aborted) throw closedError(this.url);
    const { default: pg } = await import('pg');
    const client = new pg.Client(this.#config);
    // an idle connection may break
    client.on('error', () => {
      if (this.#client === client) this.#drop();
    });
    try {
      await client.connect();
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    return client;
  }

  async #rollback(): Promise<void> {
    try {
      await this.#client?.query('ROLLBACK');
    } catch {
      this.#drop();
    }
  }

  /** Drops a connection in an unknown state. */
  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    letGo(client);
    client.end().catch(() => undefined);
  }
}

/** A server that never answers must not keep the process alive. */
function letGo(client: Client): void {
  // missing in the types of `pg`
  (client as Client & { unref?: () => void }).unref?.();
}

/** The URL with `sslmode` as PostgreSQL's own programs and Optuna understand it; `pg` is stricter, and warns. */
function withUsualModes(url: string): string {
  return /[?&]sslmode=/i.test(url) && !/[?&]uselibpqcompat=/i.test(url) ? `${url}&uselibpqcompat=true` : url;
}

function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  // a host with several addresses fails once for each
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : '';
}

function messageOf(error: unknown): string {
  const { message } = error as Error;
  return message === '' ? codeOf(error) : message;
}

/** Whether the connection is lost, so that the outcome of the last statement is unknown. */
function isLost(error: unknown): boolean {
  if (error instanceof UnrollError) return false;
  const code = codeOf(error);
  if (AWAY.includes(code) || NETWORK.includes(code) || code.startsWith('08')) return true;
  // errors of `pg` itself have no code
  return (
    code === '' &&
    /^(Connection terminated|Query read timeout|timeout expired|Client (has encountered|was closed)|connection timeout)/i.test(
      messageOf(error),
    )
  );
}

function gone(cause: unknown, url: string, limit: number, closing: boolean): FileError {
  const why = messageOf(cause);
  return new FileError(
    url,
    closing
      ? `[${url}] must answer, but the storage was closed while it waited (${why}). What it wrote before is kept.`
      : `[${url}] must answer, but got no answer for ${limit} s (${why}). Start the server, then resume.`,
    { cause },
  );
}

/** An error of PostgreSQL or the network as one that says what to do. */
function mistake(error: unknown, url: string): unknown {
  if (error instanceof UnrollError) return error;
  const code = codeOf(error);
  const why = messageOf(error);
  const config = (must: string, fix: string) =>
    new ConfigError(`[${url}] ${must}, but got: ${why}. ${fix}`, { cause: error });
  const io = (must: string, fix: string) =>
    new FileError(url, `[${url}] ${must}, but got: ${why}. ${fix}`, { cause: error });
  switch (code) {
    case '28P01':
      return config('must name a user that may connect', 'Correct user and password.');
    case '28000':
      return /no encryption/.test(why)
        ? config('must name a user that may connect', 'Add ?sslmode=require to the address.')
        : config('must name a user that may connect', 'Correct user and password.');
    case '3D000':
      return config('must name a database that exists', 'Create it with createdb, or correct the name.');
    case '42501':
      return io('must let this user read and write', 'Grant the rights, or use another database.');
    case '25006':
      return io('must be writable', 'It is a read-only server: give the address of its primary.');
    case '53100':
      return io('must have room to grow', 'Free some space on the server, then resume.');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return config('must name a host that exists', 'Correct the host.');
    case '':
      if (/^SASL.*password must be/.test(why)) {
        return config(
          'must come with a password',
          'Write postgresql://USER:PASSWORD@HOST/DATABASE, or set PGPASSWORD.',
        );
      }
      if (/SSL/.test(why))
        return config('must agree with the server on SSL', 'Correct or leave out sslmode.');
      if (isLost(error)) return io('must be a server that answers', 'Start it, or correct host and port.');
      return io('must be a PostgreSQL server', 'Correct host and port, or see the log of the server.');
    default:
      if (/CERT|SIGNATURE/.test(code)) {
        return config(
          'must have a certificate that can be checked',
          'Add sslrootcert=FILE, or sslmode=require to connect without a check.',
        );
      }
      if (isLost(error)) return io('must be a server that answers', 'Start it, or correct host and port.');
      return io('must accept the request', 'See the log of the server.');
  }
}
