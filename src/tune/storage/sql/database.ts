/** The interface of a relational database: transactions that are retried while the database is busy or unreachable. */
import { ConfigError } from '../../../core/errors.ts';
import type { Dialect } from './dialect.ts';

/** The value of a column. */
export type SqlValue = string | number | null;

/** One row, in the order of the columns. */
export type SqlRow = readonly SqlValue[];

/** An open transaction. */
export interface SqlTransaction {
  /** Runs one statement, with `?` for each value, and returns its rows (of SELECT and RETURNING). */
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
}

/** What an earlier attempt of the same write was committing when the connection broke: it may or may not be done. */
export type Uncertain<T> = { readonly value: T } | undefined;

/** A database that retries. Calls run one after another. */
export interface SqlDatabase {
  /** How it was opened, without a password. */
  readonly url: string;
  readonly dialect: Dialect;
  /** Runs one reading statement. */
  read(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /**
   * Runs `work` in a transaction. It may run several times, so all its effects must be in the transaction.
   * @param work If it gets `uncertain`, it must check whether that was committed, and then return it.
   * @param options.durable Whether it must survive a power cut right after it. Default false.
   */
  write<T>(
    work: (tx: SqlTransaction, uncertain: Uncertain<T>) => Promise<T>,
    options?: { readonly durable?: boolean },
  ): Promise<T>;
  /** Waits for running calls, then closes. A call that waits for an unreachable database fails at once. */
  close(): Promise<void>;
}

/** Options of every database. */
export interface DatabaseOptions {
  /**
   * Called when the storage waits for a locked or absent database, with the reason, and when it continues. Default:
   * none.
   */
  readonly onWait?: (message: string) => void;
  /** How long it waits before it gives up, in seconds. Default 300. */
  readonly waitSeconds?: number;
  /** The clock, for waiting and for start and end of trials. Default: the system's. */
  readonly now?: () => Date;
}

/** The error for a database that is no longer open. */
export function closedError(url: string): ConfigError {
  return new ConfigError(`[${url}] must be open, but got a closed storage. Open it again.`);
}

/** Runs calls one after another, in the order in which they came. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(call: () => Promise<T>): Promise<T> {
    const next = this.#last.then(call);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
