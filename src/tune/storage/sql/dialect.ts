/** The differences in SQL between SQLite and PostgreSQL. */

/** The differences between the databases. `?` stands for a value in both. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgresql';
  /** Names of all tables. */
  readonly tables: string;
  /** Suffix of a SELECT that locks its rows. */
  readonly forUpdate: string;
  /** The same, skipping locked rows. */
  readonly skipLocked: string;
  /** The database's clock. */
  readonly now: string;
  /** A datetime as text, `YYYY-MM-DD HH:MM:SS.ffffff`. */
  text(column: string): string;
  /** Seconds from a datetime until the database's now; at most those since a server of its own was started. */
  secondsSince(column: string): string;
  /** A SELECT of the integers of a JSON list, which is one value. */
  readonly integers: string;
}

/** SQLite: one writer at a time, which needs no locks on rows. */
export const SQLITE: Dialect = {
  name: 'sqlite',
  tables: "SELECT name FROM sqlite_master WHERE type = 'table'",
  forUpdate: '',
  skipLocked: '',
  now: "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
  text: (column) => column,
  secondsSince: (column) => `(julianday('now') - julianday(${column})) * 86400.0`,
  integers: 'SELECT value FROM json_each(?)',
};

/** PostgreSQL. Its datetimes of heartbeats are in the session's time zone, as Optuna's are: the zone is left alone. */
export const POSTGRESQL: Dialect = {
  name: 'postgresql',
  tables: 'SELECT tablename FROM pg_tables WHERE schemaname = ANY(current_schemas(false))',
  forUpdate: 'FOR UPDATE',
  skipLocked: 'FOR UPDATE SKIP LOCKED',
  now: 'CURRENT_TIMESTAMP',
  text: (column) => `to_char(${column}, 'YYYY-MM-DD HH24:MI:SS.US')`,
  // no heartbeat could be written while the server was down: ages are limited to its uptime
  secondsSince: (column) =>
    `EXTRACT(EPOCH FROM LEAST(CURRENT_TIMESTAMP::timestamp - ${column}, CURRENT_TIMESTAMP - pg_postmaster_start_time()))`,
  integers: 'SELECT value::integer FROM json_array_elements_text(?::json)',
};
