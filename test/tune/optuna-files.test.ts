/** Studies that Optuna has written, read field by field; and its tables beside ours. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { importJournal } from '../../src/tune/storage/journal/import.ts';
import { MemoryStorage } from '../../src/tune/storage/memory.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { parsePythonJson } from '../../src/tune/storage/python-json.ts';
import type { Attribute } from '../../src/tune/trial/frozen-trial.ts';
import { postgresServer, skipWithoutPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { checkStudies, words } from './optuna-words.ts';

const golden = (name: string) => fileURLToPath(new URL(`../golden/optuna/${name}`, import.meta.url));
const folder = temporaryFolder();

const expected = parsePythonJson(readFileSync(golden('expected.json'), 'utf8'), 'expected.json') as Record<
  'sqlite' | 'journal',
  Attribute
>;
const sqlite = words(expected.sqlite);
const journal = words(expected.journal);

test('the recorded studies have something of everything', () => {
  const { all, pareto, empty } = sqlite;
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
  await checkStudies(storage, sqlite);
  // and once more, with what is remembered of finished trials
  await checkStudies(storage, sqlite);
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
  await checkStudies(storage, journal);
});

test('studies move from file to file unchanged', async () => {
  const memory = new MemoryStorage();
  await importJournal(golden('study.journal'), memory);
  const storage = await openStorage(join(folder, 'moved.db'));
  await importJournal(golden('study.journal'), storage);
  await checkStudies(storage, journal);
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
