/**
 * SQLite through Node's own `node:sqlite`. One connection; while it is open the file is in WAL mode, so that readers
 * and the writer do not wait for each other; the last connection switches it back to DELETE mode, which every reader
 * supports.
 */
import { existsSync, statSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { CorruptFileError, FileError, UnrollError } from '../../../core/errors.ts';
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
import { SQLITE } from './dialect.ts';
import { Patience } from './patience.ts';

/** Result codes of SQLite (sqlite.org/rescode.html). */
const CODE = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  schema: 17,
  constraint: 19,
  mismatch: 20,
  format: 24,
  notADatabase: 26,
} as const;
/** SQLite waits this long for a lock, in ms, blocking the thread; beyond that we wait asynchronously. */
const BUSY_TIMEOUT = 100;
/** Most cached prepared statements; lists of values need a statement for each length. */
const MAX_STATEMENTS = 200;

/** Options of `SqliteDatabase.open`. */
export interface SqliteOptions extends DatabaseOptions {
  /** Whether to create a missing file. Default true. */
  readonly create?: boolean;
}

/** A SQLite file. */
export class SqliteDatabase implements SqlDatabase {
  readonly dialect = SQLITE;
  readonly url: string;
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #queue = new Queue();
  readonly #closing = new AbortController();
  /** Shared by all calls, so that queued calls do not each wait the full time. */
  readonly #patience: Patience;
  #durable = false;

  private constructor(path: string, database: DatabaseSync, options: DatabaseOptions) {
    this.#path = path;
    this.url = `sqlite:///${path}`;
    this.#database = database;
    this.#patience = new Patience(this.url, options, this.#closing.signal);
  }

  /**
   * @param path A file, or `:memory:`
   * @throws FileError, CorruptFileError where it cannot be opened, or is no database
   */
  static async open(
    path: string,
    { create = true, ...options }: SqliteOptions = {},
  ): Promise<SqliteDatabase> {
    let database: DatabaseSync;
    try {
      if (path !== ':memory:') checkPlace(path, create);
      database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
    } catch (cause) {
      throw mistake(cause, path);
    }
    const opened = new SqliteDatabase(path, database, options);
    try {
      await opened.#retry(() => opened.#begin());
    } catch (error) {
      database.close();
      throw error;
    }
    return opened;
  }

  read(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    // reads succeed while another connection writes, so they say nothing about the lock
    return this.#queue.run(() => this.#retry(() => this.#query(sql, values), { needsLock: false }));
  }

  write<T>(
    work: (tx: SqlTransaction, uncertain: Uncertain<T>) => Promise<T>,
    { durable = false }: { readonly durable?: boolean } = {},
  ): Promise<T> {
    const tx: SqlTransaction = { query: async (sql, values = []) => this.#query(sql, values) };
    return this.#queue.run(() =>
      this.#retry(async () => {
        this.#setDurable(durable);
        this.#database.exec('BEGIN IMMEDIATE');
        try {
          const result = await work(tx, undefined);
          this.#database.exec('COMMIT');
          return result;
        } catch (error) {
          // after some errors, SQLite has already rolled back
          if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
          throw error;
        }
      }),
    );
  }

  close(): Promise<void> {
    this.#closing.abort();
    return this.#queue.run(async () => {
      if (!this.#database.isOpen) return;
      this.#statements.clear();
      try {
        this.#database.exec('PRAGMA journal_mode = DELETE');
      } catch {
        // other connections are open, and the last one switches it back; or it cannot be written
      }
      this.#database.close();
    });
  }

  /** Sets the modes; the first access to the file. */
  #begin(): void {
    try {
      this.#database.exec('PRAGMA journal_mode = WAL');
    } catch (error) {
      // a read-only file can still be read
      if (resultCode(error) !== CODE.readOnly) throw error;
    }
    this.#database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    this.#database.prepare('SELECT count(*) FROM sqlite_master').get();
  }

  /** In WAL mode, NORMAL survives any crash of a process; FULL also survives a power cut. */
  #setDurable(durable: boolean): void {
    if (this.#durable === durable) return;
    this.#database.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    this.#durable = durable;
  }

  #query(sql: string, values: readonly SqlValue[]): readonly SqlRow[] {
    let statement = this.#statements.get(sql);
    if (!statement) {
      if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement.all(...values) as unknown as readonly SqlRow[];
  }

  /** Runs `call` again while the file is locked. */
  async #retry<T>(call: () => T | Promise<T>, { needsLock = true } = {}): Promise<T> {
    const patience = this.#patience;
    for (let waited = false; ; waited = true) {
      try {
        if (!this.#database.isOpen) throw closedError(this.url);
        const result = await call();
        if (needsLock || waited) patience.end();
        return result;
      } catch (error) {
        const code = resultCode(error);
        if (code !== CODE.busy && code !== CODE.locked) throw mistake(error, this.#path);
        const why = 'another program has locked it';
        if (!patience.has(why)) {
          throw new FileError(
            this.#path,
            `[${this.url}] must be free to write, but another program has locked it for ${patience.limit} s. ` +
              'Close that program, then resume.',
            { cause: error },
          );
        }
        await sleep(randomInt(5, 50));
      }
    }
  }
}

function checkPlace(path: string, create: boolean): void {
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) {
    throw new FileError(
      path,
      `[sqlite:///${path}] must be in a folder that exists, but got none at ${folder}. Make the folder, or correct the path.`,
    );
  }
  if (!existsSync(path)) {
    if (create) return;
    throw new FileError(path, `[sqlite:///${path}] must exist, but got no such file. Check the path.`);
  }
  const found = statSync(path);
  if (found.isDirectory()) {
    throw new CorruptFileError(
      path,
      `[sqlite:///${path}] must be a file, but got a folder. Add a file name, or restore the file from a copy.`,
    );
  }
  // SQLite takes a file of one byte for an empty database, and overwrites it. We must not open the file ourselves to look:
  // closing it would take away the locks of every connection that this process has to it (sqlite.org/howtocorrupt.html)
  if (found.size === 1) throw noDatabase(path, 'file is not a database');
  // opening an empty file would write to it
  if (found.size === 0 && !create) throw noDatabase(path, 'an empty file');
}

function noDatabase(
  path: string,
  message: string,
  cause?: unknown,
  must = 'be a SQLite database',
): CorruptFileError {
  return new CorruptFileError(
    path,
    `[sqlite:///${path}] must ${must}, but got: ${message}. Check the path, or restore it from a copy.`,
    { cause },
  );
}

/** SQLite's result code, undefined for errors of something else. */
function resultCode(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // the upper bits are the extended code
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : undefined;
}

/** An error of SQLite as one that says what to do. */
function mistake(error: unknown, path: string): unknown {
  const code = resultCode(error);
  if (error instanceof UnrollError) return error;
  const url = `sqlite:///${path}`;
  const { message } = error as Error;
  const file = (must: string, fix: string) =>
    new FileError(path, `[${url}] ${must}, but got: ${message}. ${fix}`, { cause: error });
  if (code === undefined) {
    const system = (error as NodeJS.ErrnoException).syscall !== undefined;
    return system ? file('must be a file that can be opened', 'Check the permissions.') : error;
  }
  switch (code) {
    case CODE.readOnly:
      return file(
        'must be writable',
        'Change its permissions and those of its folder, or copy it elsewhere.',
      );
    case CODE.full:
      return file('must have room to grow', 'Free some space, then resume.');
    case CODE.ioError:
      return file('must be on a disk that works', 'Check the disk; network folders are not safe for SQLite.');
    case CODE.cannotOpen:
      return file('must be a file that can be opened', 'Check the path and the permissions of its folder.');
    case CODE.notADatabase:
    case CODE.corrupt:
      return noDatabase(path, message, error);
    case CODE.error:
    case CODE.schema:
    case CODE.constraint:
    case CODE.mismatch:
    case CODE.format:
      // our statements are correct, so the database is damaged
      return noDatabase(path, message, error, 'hold whole tables of studies');
    default:
      return file('must be a database that works', 'Check the file.');
  }
}
