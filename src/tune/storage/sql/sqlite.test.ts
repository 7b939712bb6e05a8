import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, writeFiles } from '../../../../test/support/temporary.ts';
import { ConfigError, CorruptFileError, FileError } from '../../../core/errors.ts';
import { floatDistribution } from '../../space/distributions.ts';
import { openStorage } from '../open.ts';

const folder = temporaryFolder();
let count = 0;
const fresh = () => join(folder, `${++count}.db`);

/** Changes a file behind the storage's back. */
function execute(file: string, ...statements: string[]): void {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  for (const sql of statements) database.exec(sql);
  database.close();
}

function pragma(file: string, name: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare(`PRAGMA ${name}`).get();
  database.close();
  return row?.[name];
}

/** A file with a study of one finished trial. */
async function withStudy(): Promise<string> {
  const file = fresh();
  const storage = await openStorage(file);
  const { id } = await storage.createStudy('s', ['minimize']);
  await storage.createTrial(id, { state: 'COMPLETE', values: [1] });
  await storage.close();
  return file;
}

test('WAL while open, DELETE when the last has closed it', async () => {
  const file = fresh();
  const [one, other] = [await openStorage(file), await openStorage(file)];
  assert.equal(pragma(file, 'journal_mode'), 'wal');
  await one.createStudy('s', ['minimize']);
  await one.close();
  assert.equal((await other.findStudy('s'))?.name, 's');
  await other.close();
  await other.close();
  assert.equal(pragma(file, 'journal_mode'), 'delete');
  assert.ok(!existsSync(`${file}-wal`));
  await assert.rejects(one.studies(), /must be open, but got a closed storage/);
});

const skipWithoutLocks = existsSync('/proc/locks') ? false : 'this system does not show its locks';

test('a file that is opened twice in one process keeps its locks', { skip: skipWithoutLocks }, async () => {
  const file = fresh();
  const one = await openStorage(file);
  const locks = () => {
    const mine = new RegExp(` ${process.pid} \\S+:${statSync(file).ino} `);
    return readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .filter((line) => mine.test(line)).length;
  };
  assert.equal(locks(), 1);
  const other = await openStorage(file);
  assert.equal(locks(), 1);
  await other.close();
  assert.equal(locks(), 1);
  await one.close();
});

test('a file without studies is left as it is where it is only to be read', async () => {
  const other = fresh();
  execute(other, 'CREATE TABLE patients (name TEXT)');
  await assert.rejects(openStorage(other, { create: false }), (error: Error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /must hold studies, but got a database without a table of them/);
    return true;
  });
  assert.deepEqual(tables(other), ['patients']);
});

test('each write is in the file when it returns', async () => {
  const file = fresh();
  const storage = await openStorage(file);
  const { id } = await storage.createStudy('s', ['minimize']);
  const trial = await storage.createTrial(id);
  await storage.writeTrial(trial.id, {
    params: [{ name: 'x', internal: 0.5, distribution: floatDistribution(0, 1) }],
    end: { state: 'COMPLETE', values: [-Infinity] },
  });
  const database = new DatabaseSync(file, { readOnly: true });
  const get = (sql: string) => ({ ...database.prepare(sql).get() });
  assert.deepEqual(get('SELECT state, length(datetime_start) AS length FROM trials'), {
    state: 'COMPLETE',
    length: 26,
  });
  assert.deepEqual(get('SELECT value, value_type FROM trial_values'), { value: null, value_type: 'INF_NEG' });
  assert.deepEqual(get('SELECT param_value, distribution_json AS json FROM trial_params'), {
    param_value: 0.5,
    json: '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}',
  });
  database.close();
  await storage.close();
});

test('a database that is locked is waited for, with a word, and given up at the limit', async () => {
  const file = await withStudy();
  const said: string[] = [];
  let hours = 0;
  // each look at the clock is 1 s later
  const now = () => new Date(1e12 + 1000 * hours++);
  // the other program is done as soon as it is waited for
  const onWait = (message: string) => {
    if (said.push(message) === 1) locker.exec('ROLLBACK');
  };
  const patient = await openStorage(file, { onWait, now });
  const brief = await openStorage(file, { waitSeconds: 0.2 });
  const locker = new DatabaseSync(file);
  locker.exec('BEGIN IMMEDIATE');
  await assert.rejects(brief.createStudy('t', ['minimize']), (error: Error) => {
    assert.ok(error instanceof FileError);
    assert.match(error.message, /must be free to write, but another program has locked it for 0.2 s/);
    return true;
  });
  assert.equal((await patient.createStudy('t', ['minimize'])).name, 't');
  assert.match(said[0], /another program has locked it: waiting for it, \d+ s more/);
  assert.match(said.at(-1), /is back after \d+ s/);
  // readers do not wait
  locker.exec('BEGIN IMMEDIATE');
  assert.equal((await brief.studies()).length, 2);
  locker.exec('ROLLBACK');
  locker.close();
  await brief.close();
  await patient.close();
});

test('a place where no database can be is named', async () => {
  const cases: [string, RegExp, { create?: boolean }?][] = [
    [join(folder, 'none/x.db'), /must be in a folder that exists, but got none at .*none\. Make the folder/],
    [join(folder, 'dir.db'), /must be a file, but got a folder/],
    [join(folder, 'absent.db'), /must exist, but got no such file/, { create: false }],
  ];
  mkdirSync(join(folder, 'dir.db'));
  for (const [path, expected, options] of cases) {
    await assert.rejects(openStorage(path, options), (error: Error) => {
      assert.ok(path.endsWith('dir.db') ? error instanceof CorruptFileError : error instanceof FileError);
      assert.match(error.message, expected);
      return true;
    });
  }
  assert.ok(!existsSync(join(folder, 'absent.db')));
});

test('what is no database is left alone', async () => {
  const path = writeFiles(folder, {
    'text.db': 'Text,Label\n'.repeat(200),
    'short.db': 'xy',
    'byte.db': 'x',
  });
  for (const name of ['text.db', 'short.db', 'byte.db']) {
    const before = readFileSync(path(name));
    await assert.rejects(openStorage(path(name)), (error: Error) => {
      assert.ok(error instanceof CorruptFileError);
      assert.match(error.message, /must be a SQLite database, but got: file is not a database/);
      return true;
    });
    assert.deepEqual(readFileSync(path(name)), before);
  }
  writeFileSync(path('empty.db'), '');
  await assert.rejects(
    openStorage(path('empty.db'), { create: false }),
    /must be a SQLite database, but got: an empty file/,
  );
  assert.equal(readFileSync(path('empty.db')).length, 0, 'who only wants to read writes nothing');
  await (await openStorage(path('empty.db'))).close();
  // cut off in the middle
  const file = await withStudy();
  writeFileSync(file, new Uint8Array(30_000), { flag: 'r+' });
  await assert.rejects(openStorage(file), CorruptFileError);
});

test('a file that may only be read is read; a write says why it cannot be', async (t) => {
  const file = await withStudy();
  const place = join(folder, 'read-only');
  mkdirSync(place);
  copyFileSync(file, join(place, 'x.db'));
  chmodSync(join(place, 'x.db'), 0o444);
  chmodSync(place, 0o555);
  chmodSync(folder, 0o755);
  if (process.getuid?.() !== 0) {
    const storage = await openStorage(join(place, 'x.db'));
    assert.equal((await storage.studies()).length, 1);
    await assert.rejects(
      storage.createStudy('t', ['minimize']),
      /must be writable, but got: attempt to write a readonly/,
    );
    await storage.close();
    return;
  }
  // root may write everything: ask somebody else
  const id = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  chownSync(place, id, id);
  const source = fileURLToPath(new URL('../open.ts', import.meta.url));
  const script = `
    process.setgid(${id}); process.setuid(${id});
    const storage = await (await import(${JSON.stringify(source)})).openStorage(${JSON.stringify(join(place, 'x.db'))});
    console.log((await storage.studies()).length);
    await storage.createStudy('t', ['minimize']).catch((error) => console.log(error.name, error.message));
    await storage.close();`;
  let said: string;
  try {
    said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    // the sources may be where others may not look
    const { stderr } = error as { stderr: string };
    if (!/EACCES/.test(stderr)) throw error;
    t.skip('the user nobody may not read these sources');
    return;
  }
  assert.match(
    said,
    /^1\nFileError \[sqlite:.*\] must be writable, but got: attempt to write a readonly database/,
  );
});

test('tables of another version, or of something else, are left alone', async () => {
  const cases: [string[], RegExp][] = [
    [
      ["UPDATE alembic_version SET version_num = 'v3.0.0.d'"],
      /got revision v3\.0\.0\.d\. Run `optuna storage upgrade/,
    ],
    [
      ["UPDATE alembic_version SET version_num = 'v9.0.0.a'"],
      /got revision v9\.0\.0\.a\. Use another database/,
    ],
    [['UPDATE version_info SET schema_version = 13', 'DELETE FROM alembic_version'], /got schema version 13/],
    [
      ['UPDATE version_info SET schema_version = 11', 'DROP TABLE alembic_version'],
      /schema version 11\. Run/,
    ],
  ];
  for (const [changes, expected] of cases) {
    const file = await withStudy();
    execute(file, ...changes);
    await assert.rejects(openStorage(file), (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, expected);
      return true;
    });
  }
  // as in a file of which a page is empty
  const torn = await withStudy();
  execute(torn, 'UPDATE version_info SET schema_version = NULL');
  await assert.rejects(openStorage(torn), (error: Error) => {
    assert.ok(error instanceof CorruptFileError);
    assert.match(
      error.message,
      /must hold whole tables of studies, but got a schema version without its number/,
    );
    return true;
  });
  for (const name of ['version_info', 'alembic_version']) {
    const file = fresh();
    execute(file, `CREATE TABLE ${name} (patient TEXT)`);
    await assert.rejects(openStorage(file), new RegExp(`got a table ${name} of something else`));
    assert.deepEqual(tables(file), [name]);
  }
  const strange = fresh();
  execute(strange, 'CREATE TABLE trials (patient TEXT)');
  await assert.rejects(
    openStorage(strange),
    /must hold studies in Optuna's schema .* but got a table trials of something else/,
  );
  assert.deepEqual(tables(strange), ['trials']);
});

test('what is missing of the tables is made, as Optuna does', async () => {
  const file = await withStudy();
  execute(
    file,
    'DROP TABLE alembic_version',
    'DROP TABLE version_info',
    'DROP TABLE trial_heartbeats',
    'DROP TABLE trial_user_attributes',
    'DROP TABLE study_system_attributes',
  );
  const storage = await openStorage(file);
  const { id } = (await storage.findStudy('s'))!;
  assert.equal((await storage.trials(id))[0].values?.[0], 1);
  await storage.setStudyAttr(id, 'system', 'k', 1);
  await storage.heartbeat((await storage.createTrial(id)).id);
  await storage.close();
  assert.equal(tables(file).length, 13);
  await (await openStorage(file)).close();
});

test('other tables in the same file stay', async () => {
  const file = fresh();
  execute(file, 'CREATE TABLE patients (name TEXT)', "INSERT INTO patients VALUES ('p')");
  const storage = await openStorage(file);
  await storage.createStudy('s', ['minimize']);
  await storage.close();
  assert.ok(tables(file).includes('patients'));
});

test('a damaged value is named with its trial', async () => {
  const cases: [string, RegExp][] = [
    ["UPDATE trials SET datetime_start = 'soon'", /trial 0\] must hold a datetime, but got soon/],
    ["UPDATE trials SET state = 'DONE'", /trial 0\] must hold one of RUNNING/],
    [
      "INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (1, 'k', '{')",
      /trial 0 attribute k\] must hold JSON/,
    ],
    ['UPDATE trial_values SET value = NULL', /trial 0 value\] must hold a number/],
    [
      "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (1, 'p', 1, '{}')",
      /trial 0 parameter p\] must hold a distribution/,
    ],
  ];
  for (const [damage, expected] of cases) {
    const file = await withStudy();
    execute(file, damage);
    const storage = await openStorage(file);
    const { id } = (await storage.findStudy('s'))!;
    await assert.rejects(storage.trials(id), (error: Error) => {
      assert.ok(error instanceof CorruptFileError);
      assert.match(error.message, expected);
      return true;
    });
    await storage.close();
  }
});

test('distributions of Optuna before 3.0 are read', async () => {
  const file = await withStudy();
  const old = {
    a: '{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}',
    b: '{"name": "LogUniformDistribution", "attributes": {"low": 0.001, "high": 1.0}}',
    c: '{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}',
    d: '{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}',
    e: '{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 1}}',
  };
  execute(
    file,
    ...Object.entries(old).map(
      ([name, json]) =>
        `INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (1, '${name}', 1, '${json}')`,
    ),
  );
  const storage = await openStorage(file);
  const [trial] = await storage.trials((await storage.findStudy('s'))!.id);
  const float = { type: 'float', low: 0, high: 1, log: false, step: null };
  const int = { type: 'int', low: 1, high: 9, log: false, step: 1 };
  assert.deepEqual(Object.fromEntries(trial.distributions), {
    a: float,
    b: { ...float, low: 0.001, log: true },
    c: { ...float, step: 0.25 },
    d: { ...int, step: 2 },
    e: { ...int, log: true },
  });
  await storage.close();
});

test('a study that another process deleted and made anew is not taken for the old one', async () => {
  const file = fresh();
  const [one, other] = [await openStorage(file), await openStorage(file)];
  const { id } = await one.createStudy('s', ['minimize']);
  for (let i = 0; i < 3; i++) await one.createTrial(id, { state: 'COMPLETE', values: [i] });
  assert.equal((await one.trials(id)).length, 3);
  await other.deleteStudy(id);
  const made = await other.createStudy('s', ['minimize']);
  // SQLite gives out the ids again
  assert.equal(made.id, id);
  for (let i = 0; i < 3; i++) await other.createTrial(id, { state: 'COMPLETE', values: [10 + i] });
  assert.deepEqual(
    (await one.trials(id)).map(({ values }) => values?.[0]),
    [10, 11, 12],
  );
  await other.deleteStudy(id);
  await assert.rejects(one.trials(id), ConfigError);
  await one.close();
  await other.close();
});

test('a study that something else thinned out is read all the same', async () => {
  const file = fresh();
  const storage = await openStorage(file);
  const { id } = await storage.createStudy('s', ['minimize']);
  for (let i = 0; i < 4; i++) await storage.createTrial(id);
  execute(file, 'DELETE FROM trials WHERE number = 1');
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(
      (await storage.trials(id)).map(({ number }) => number),
      [0, 2, 3],
    );
  }
  await storage.close();
});

function tables(file: string): string[] {
  const database = new DatabaseSync(file);
  const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  database.close();
  return names.map(({ name }) => String(name));
}

test('in memory, and away with it', async () => {
  const storage = await openStorage('sqlite:///:memory:');
  await storage.createStudy('s', ['minimize']);
  assert.equal((await storage.studies()).length, 1);
  await storage.close();
  assert.ok(!existsSync(':memory:'));
  rmSync(':memory:', { force: true });
});
