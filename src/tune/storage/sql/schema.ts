/**
 * Optuna's relational schema, revision v3.2.0.a, in place since Optuna 3.2. It is created in full, since Optuna's
 * dashboard creates no table.
 */
import { ConfigError, CorruptFileError } from '../../../core/errors.ts';
import type { SqlDatabase, SqlRow, SqlTransaction } from './database.ts';
import type { Dialect } from './dialect.ts';

/** The revision that alembic_version must hold. */
export const REVISION = 'v3.2.0.a';
/** The version that version_info must hold; frozen since revisions replaced it. */
export const SCHEMA_VERSION = 12;
/** The library version that version_info names as the creator of the tables. */
const LIBRARY = 'unroll';
/** An arbitrary number for the advisory lock while tables are created on PostgreSQL. */
const ADVISORY_LOCK = 7_405_912_283;

/** The types whose spelling differs. */
interface Types {
  readonly key: string;
  readonly datetime: string;
  readonly float: string;
  readonly direction: string;
  readonly state: string;
  readonly valueType: string;
  readonly intermediateType: string;
}

const TYPES: Record<Dialect['name'], Types> = {
  sqlite: {
    key: 'INTEGER NOT NULL',
    datetime: 'DATETIME',
    float: 'FLOAT',
    direction: 'VARCHAR(8)',
    state: 'VARCHAR(8)',
    valueType: 'VARCHAR(7)',
    intermediateType: 'VARCHAR(7)',
  },
  postgresql: {
    key: 'SERIAL NOT NULL',
    datetime: 'TIMESTAMP WITHOUT TIME ZONE',
    float: 'FLOAT(53)',
    direction: 'studydirection',
    state: 'trialstate',
    valueType: 'trialvaluetype',
    intermediateType: 'trialintermediatevaluetype',
  },
};

const ENUMS: Readonly<Record<string, readonly string[]>> = {
  studydirection: ['NOT_SET', 'MINIMIZE', 'MAXIMIZE'],
  trialstate: ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'],
  trialvaluetype: ['FINITE', 'INF_POS', 'INF_NEG'],
  trialintermediatevaluetype: ['FINITE', 'INF_POS', 'INF_NEG', 'NAN'],
};

/** The lines of each table. `{}` stands for the first of them, the key. */
function tables(types: Types): Record<string, string> {
  const { key, datetime, float } = types;
  const ofStudy = 'FOREIGN KEY(study_id) REFERENCES studies (study_id)';
  const ofTrial = 'FOREIGN KEY(trial_id) REFERENCES trials (trial_id)';
  const attributes = (owner: 'study' | 'trial', id: string) => `
    ${id} ${key}, ${owner}_id INTEGER, "key" VARCHAR(512), value_json TEXT,
    PRIMARY KEY (${id}), UNIQUE (${owner}_id, "key"), ${owner === 'study' ? ofStudy : ofTrial}`;
  return {
    studies: `study_id ${key}, study_name VARCHAR(512) NOT NULL, PRIMARY KEY (study_id)`,
    version_info: `version_info_id INTEGER NOT NULL, schema_version INTEGER, library_version VARCHAR(256),
      PRIMARY KEY (version_info_id), CHECK (version_info_id = 1)`,
    study_directions: `study_direction_id ${key}, direction ${types.direction} NOT NULL, study_id INTEGER NOT NULL,
      objective INTEGER NOT NULL, PRIMARY KEY (study_direction_id), UNIQUE (study_id, objective), ${ofStudy}`,
    study_user_attributes: attributes('study', 'study_user_attribute_id'),
    study_system_attributes: attributes('study', 'study_system_attribute_id'),
    trials: `trial_id ${key}, number INTEGER, study_id INTEGER, state ${types.state} NOT NULL,
      datetime_start ${datetime}, datetime_complete ${datetime}, PRIMARY KEY (trial_id), ${ofStudy}`,
    trial_user_attributes: attributes('trial', 'trial_user_attribute_id'),
    trial_system_attributes: attributes('trial', 'trial_system_attribute_id'),
    trial_params: `param_id ${key}, trial_id INTEGER, param_name VARCHAR(512), param_value ${float},
      distribution_json TEXT, PRIMARY KEY (param_id), UNIQUE (trial_id, param_name), ${ofTrial}`,
    trial_values: `trial_value_id ${key}, trial_id INTEGER NOT NULL, objective INTEGER NOT NULL, value ${float},
      value_type ${types.valueType} NOT NULL, PRIMARY KEY (trial_value_id), UNIQUE (trial_id, objective), ${ofTrial}`,
    trial_intermediate_values: `trial_intermediate_value_id ${key}, trial_id INTEGER NOT NULL, step INTEGER NOT NULL,
      intermediate_value ${float}, intermediate_value_type ${types.intermediateType} NOT NULL,
      PRIMARY KEY (trial_intermediate_value_id), UNIQUE (trial_id, step), ${ofTrial}`,
    trial_heartbeats: `trial_heartbeat_id ${key}, trial_id INTEGER NOT NULL, heartbeat ${datetime} NOT NULL,
      PRIMARY KEY (trial_heartbeat_id), UNIQUE (trial_id), ${ofTrial}`,
    alembic_version: `version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)`,
  };
}

/** The tables of the schema. */
export const TABLES: readonly string[] = Object.keys(tables(TYPES.sqlite));

/**
 * Creates missing parts of the schema, and checks existing ones.
 * @param create Whether to create the tables if there are none.
 * @throws ConfigError where the tables belong to another version of Optuna, or to something else, or there are none
 */
export async function prepareSchema(database: SqlDatabase, create: boolean): Promise<void> {
  if (await isComplete(database)) return;
  if (!create && !(await tableNames(database)).has('studies')) {
    throw new ConfigError(
      `[${database.url}] must hold studies, but got a database without a table of them. Correct the address, or search first: unroll tune.`,
    );
  }
  await database.write(async (tx) => {
    if (database.dialect.name === 'postgresql') {
      // two workers starting at once would both find the tables missing
      await tx.query(`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`);
    }
    await createMissing(tx, database);
  });
  if (!(await isComplete(database))) throw foreign(database.url, 'tables that lack its rows of versions');
}

/** Whether the schema is complete. @throws ConfigError where it is of another version */
async function isComplete(database: SqlDatabase): Promise<boolean> {
  const present = await tableNames(database);
  if (present.has('alembic_version')) {
    const [row] = await readOwn(database, 'alembic_version', 'version_num');
    if (row) {
      if (row[0] === null) throw damaged(database.url, 'a revision');
      if (row[0] !== REVISION) throw foreign(database.url, `revision ${row[0]}`);
      return TABLES.every((name) => present.has(name)) && (await hasVersionInfo(database));
    }
  }
  // without a revision, the version number decides, as in Optuna
  if (present.has('version_info')) await hasVersionInfo(database);
  return false;
}

async function tableNames(database: SqlDatabase): Promise<ReadonlySet<string>> {
  return new Set((await database.read(database.dialect.tables)).map(([name]) => String(name)));
}

/** Reads a column of a table that may belong to something else. @throws ConfigError where it does */
async function readOwn(database: SqlDatabase, table: string, column: string): Promise<readonly SqlRow[]> {
  try {
    return await database.read(`SELECT ${column} FROM ${table}`);
  } catch (error) {
    throw isUnknownColumn(error) ? foreignTable(database.url, table, error) : error;
  }
}

async function hasVersionInfo(database: SqlDatabase): Promise<boolean> {
  const [row] = await readOwn(database, 'version_info', 'schema_version');
  if (row?.[0] === null) throw damaged(database.url, 'a schema version');
  if (row && row[0] !== SCHEMA_VERSION) throw foreign(database.url, `schema version ${row[0]}`);
  return row !== undefined;
}

async function createMissing(tx: SqlTransaction, { dialect, url }: SqlDatabase) {
  const present = new Set((await tx.query(dialect.tables)).map(([name]) => String(name)));
  if (dialect.name === 'postgresql') {
    const known = new Set(
      (await tx.query('SELECT typname FROM pg_type WHERE pg_type_is_visible(oid)')).map(([name]) =>
        String(name),
      ),
    );
    for (const [name, members] of Object.entries(ENUMS)) {
      if (known.has(name)) continue;
      await tx.query(`CREATE TYPE ${name} AS ENUM (${members.map((member) => `'${member}'`).join(', ')})`);
    }
  }
  for (const [name, lines] of Object.entries(tables(TYPES[dialect.name]))) {
    if (present.has(name)) await checkColumns(tx, name, lines, url);
    else await tx.query(`CREATE TABLE ${name} (${lines})`);
  }
  await tx.query('CREATE UNIQUE INDEX IF NOT EXISTS ix_studies_study_name ON studies (study_name)');
  await tx.query('CREATE INDEX IF NOT EXISTS ix_trials_study_id ON trials (study_id)');
  await tx.query(
    `INSERT INTO version_info (version_info_id, schema_version, library_version)
     VALUES (1, ${SCHEMA_VERSION}, '${LIBRARY}') ON CONFLICT DO NOTHING`,
  );
  const [revision] = await tx.query('SELECT version_num FROM alembic_version');
  if (!revision) await tx.query(`INSERT INTO alembic_version (version_num) VALUES ('${REVISION}')`);
}

/** A table of this name is there already; it must have our columns. */
async function checkColumns(tx: SqlTransaction, table: string, lines: string, url: string) {
  const columns = lines
    .split(',')
    .map((part) => /^\s*"?([a-z_]+)"? /.exec(part)?.[1])
    .filter((column) => column !== undefined);
  try {
    await tx.query(`SELECT ${columns.map((column) => `"${column}"`).join(', ')} FROM ${table} LIMIT 1`);
  } catch (error) {
    throw isUnknownColumn(error) ? foreignTable(url, table, error) : error;
  }
}

/** Whether a database says that there is no such column, itself or as the cause of an error of ours. */
function isUnknownColumn(error: unknown): boolean {
  const { code, message, cause } = error as { code?: unknown; message?: string; cause?: unknown };
  if (code === '42703' || (code === 'ERR_SQLITE_ERROR' && /no such column/.test(message ?? ''))) return true;
  return cause !== undefined && isUnknownColumn(cause);
}

function foreignTable(url: string, table: string, cause: unknown): ConfigError {
  return foreign(url, `a table ${table} of something else`, cause);
}

/** A page of the file is empty: no version is written without its number. */
function damaged(url: string, what: string): CorruptFileError {
  return new CorruptFileError(
    url,
    `[${url}] must hold whole tables of studies, but got ${what} without its number. Restore it from a copy.`,
  );
}

function foreign(url: string, got: string, cause?: unknown): ConfigError {
  const older = /v[0-3]\.\d+\.\d+\.[a-z]$|version \d$|version 1[01]$/.test(got);
  return new ConfigError(
    `[${url}] must hold studies in Optuna's schema ${REVISION}, but got ${got}. ` +
      (older
        ? `Run \`optuna storage upgrade --storage URL\` on a copy, or use another database.`
        : 'Use another database.'),
    { cause },
  );
}
