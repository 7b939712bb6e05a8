/** Studies that Optuna has written, read field by field; and its tables beside ours. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { toExternal } from '../../src/tune/distributions.ts';
import type { Attribute, FrozenTrial } from '../../src/tune/frozen-trial.ts';
import { parsePythonJson } from '../../src/tune/python-json.ts';
import type { StudyStorage } from '../../src/tune/storage/contract.ts';
import { MemoryStorage } from '../../src/tune/storage/memory.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { importJournal } from '../../src/tune/storage/journal/import.ts';
import { postgresServer, skipWithoutPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary.ts';

const golden = (name: string) => fileURLToPath(new URL(`../golden/optuna/${name}`, import.meta.url));
const folder = temporaryFolder();

/** A trial in `expected.json`. */
interface ExpectedTrial {
  readonly number: number;
  readonly state: string;
  readonly values: readonly number[] | null;
  readonly internal: readonly [string, number][];
  readonly params: readonly [string, unknown][];
  readonly distributions: Record<string, { name: string; attributes: Record<string, unknown> }>;
  readonly intermediate: readonly [number, number][];
  readonly user_attrs: Record<string, Attribute>;
  readonly system_attrs: Record<string, Attribute>;
  readonly start: number | null;
  readonly complete: number | null;
}

interface ExpectedStudy {
  readonly directions: readonly string[];
  readonly user_attrs: Record<string, Attribute>;
  readonly system_attrs: Record<string, Attribute>;
  readonly trials: readonly ExpectedTrial[];
}

const expected = parsePythonJson(
  readFileSync(golden('expected.json'), 'utf8'),
  'expected.json',
) as unknown as Record<'sqlite' | 'journal', Record<string, ExpectedStudy>>;

const byKey = <T>(a: readonly [string | number, T], b: readonly [string | number, T]) =>
  a[0] < b[0] ? -1 : 1;

/** A trial of ours in the words of `expected.json`. */
function inItsWords(trial: FrozenTrial): ExpectedTrial {
  return {
    number: trial.number,
    state: trial.state,
    values: trial.values,
    internal: [...trial.internalParams],
    params: [...trial.internalParams].map(([name, value]) => [
      name,
      toExternal(trial.distributions.get(name)!, value),
    ]),
    distributions: Object.fromEntries(
      [...trial.distributions].map(([name, { type, ...attributes }]) => [
        name,
        { name: `${type[0].toUpperCase()}${type.slice(1)}Distribution`, attributes },
      ]),
    ),
    intermediate: [...trial.intermediateValues].sort(byKey),
    user_attrs: trial.userAttrs as Record<string, Attribute>,
    system_attrs: trial.systemAttrs as Record<string, Attribute>,
    start: trial.datetimeStart?.getTime() ?? null,
    complete: trial.datetimeComplete?.getTime() ?? null,
  };
}

async function checkStudies(storage: StudyStorage, studies: Record<string, ExpectedStudy>): Promise<void> {
  const found = await storage.studies();
  assert.deepEqual(found.map(({ name }) => name).sort(), Object.keys(studies).sort());
  for (const { id, name, directions, userAttrs, systemAttrs } of found) {
    const want = studies[name];
    assert.deepEqual(directions, want.directions);
    assert.deepEqual(userAttrs, want.user_attrs);
    assert.deepEqual(systemAttrs, want.system_attrs);
    const trials = await storage.trials(id);
    assert.equal(trials.length, want.trials.length);
    for (const [i, trial] of trials.entries()) {
      assert.deepEqual(inItsWords(trial), {
        ...want.trials[i],
        intermediate: want.trials[i].intermediate.toSorted(byKey),
      });
    }
  }
}

test('the recorded studies have something of everything', () => {
  const { all, pareto, empty } = expected.sqlite;
  assert.deepEqual(new Set(all.trials.map(({ state }) => state)).size, 5);
  assert.ok(all.trials.some(({ values }) => values?.[0] === Infinity));
  assert.ok(all.trials.some(({ intermediate }) => intermediate.some(([, value]) => Number.isNaN(value))));
  assert.ok(pareto.trials.some(({ values }) => values?.[1] === -Infinity));
  assert.equal(empty.trials.length, 0);
});

test('a SQLite file of Optuna is read field by field', async () => {
  const file = join(folder, 'study.db');
  copyFileSync(golden('study.db'), file);
  const storage = await openStorage(file);
  await checkStudies(storage, expected.sqlite);
  // and once more, with what is remembered of finished trials
  await checkStudies(storage, expected.sqlite);
  // we go on with it
  const { id } = (await storage.findStudy('all'))!;
  const claimed = await storage.claimWaiting(id);
  assert.equal(claimed?.number, 11);
  assert.deepEqual(claimed.systemAttrs, { fixed_params: { x: 2.5 } });
  assert.equal((await storage.createTrial(id)).number, 13);
  await storage.close();
});

test('a journal file of Optuna is read field by field', async () => {
  const storage = new MemoryStorage();
  const { studies } = await importJournal(golden('study.journal'), storage);
  assert.deepEqual(studies.map(({ name }) => name).sort(), ['all', 'empty', 'pareto']);
  await checkStudies(storage, expected.journal);
});

test('studies move from file to file unchanged', async () => {
  const memory = new MemoryStorage();
  await importJournal(golden('study.journal'), memory);
  const storage = await openStorage(join(folder, 'moved.db'));
  await importJournal(golden('study.journal'), storage);
  await checkStudies(storage, expected.journal);
  await storage.close();
});

/** All that SQLite knows of a file's tables. */
function describeTables(file: string): unknown {
  const database = new DatabaseSync(file);
  const all = (sql: string) =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  const tables = all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  const described = tables.map(({ name }) => ({
    name,
    columns: all(`PRAGMA table_xinfo(${String(name)})`),
    foreignKeys: all(`PRAGMA foreign_key_list(${String(name)})`),
    indexes: all(`PRAGMA index_list(${String(name)})`).map((index) => ({
      ...index,
      columns: all(`PRAGMA index_xinfo(${String(index.name)})`),
    })),
  }));
  database.close();
  return described;
}

suite('our tables are those of Optuna', () => {
  test('in SQLite', async () => {
    const file = join(folder, 'ours.db');
    await (await openStorage(file)).close();
    assert.deepEqual(describeTables(file), describeTables(golden('study.db')));
  });

  test('in PostgreSQL', { skip: skipWithoutPostgres }, async () => {
    const url = await postgresServer().create('tables');
    await (await openStorage(url)).close();
    const schema = JSON.parse(readFileSync(golden('schema.json'), 'utf8')) as Record<
      string,
      { query: string; rows: unknown[][] }
    >;
    const client = new pg.Client(url);
    await client.connect();
    for (const [what, { query, rows }] of Object.entries(schema)) {
      const ours = await client.query<unknown[]>({ text: query, rowMode: 'array' });
      assert.deepEqual(ours.rows, rows, what);
    }
    await client.end();
  });
});
