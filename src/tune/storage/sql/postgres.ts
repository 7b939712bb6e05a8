/**
 * PostgreSQL through the package `pg`. One connection; where it breaks, the storage waits for the server, says so, and
 * goes on.
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

/** A server that does not answer for so long counts as away, in ms. */
const CONNECT_TIMEOUT = 10_000;
const QUERY_TIMEOUT = 60_000;
/** How long a farewell may take, in ms. */
const CLOSE_TIMEOUT = 5_000;
/** The server ends a transaction of ours that stands still for so long, in ms: a stopped worker keeps others from nothing. */
const IDLE_TIMEOUT = 30_000;
/** Between attempts to connect, in ms: from the first on, doubled each time. */
const RETRY = { first: 200, most: 5_000 } as const;
/** Attempts at a transaction that others got in the way of. */
const CONFLICTS = 20;

/** SQLSTATE of a server that is going away or coming up, or has no room (postgresql.org, appendix A). */
const AWAY = ['57P01', '57P02', '57P03', '53300', '25P03'];
/** The same while connecting for the first time: a server that is coming up is worth waiting for. */
const COMING = ['57P03', '53300'];
/** Transactions that got in each other's way: serialization failure, deadlock. */
const CONFLICT = ['40001', '40P01'];
/** Two that make the same table or row at once. */
const TWICE = ['23505', '42P07', '42710'];
/** What the network says. */
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
  /** One for all calls: those that queue up while the server is away do not each wait as long again. */
  readonly #patience: Patience;
  /** How to ask in PostgreSQL's way, by statement. */
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
          // the server said no: nothing was committed
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

  /** Runs `call`, again and again where the connection breaks or others get in the way. */
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
    // a connection may break while nobody uses it
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

  /** Forgets a connection that cannot be trusted. */
  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    letGo(client);
    client.end().catch(() => undefined);
  }
}

/** A server that never answers must not keep the process. */
function letGo(client: Client): void {
  // `pg` has it, its types do not
  (client as Client & { unref?: () => void }).unref?.();
}

/** The address with what `sslmode` means to PostgreSQL's own programs and to Optuna; `pg` alone would mean more, and warn. */
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

/** Whether the connection is gone, so that nobody knows what became of the last words. */
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

/** What PostgreSQL or the network says, as an error that tells what to do. */
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
