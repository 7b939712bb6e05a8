/** Optuna itself on our studies, and we on its, at the same time too. Where UNROLL_PYTHON names a Python that has it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  categoricalDistribution,
  floatDistribution,
  intDistribution,
} from '../../src/tune/space/distributions.ts';
import type { StudyStorage } from '../../src/tune/storage/contract.ts';
import { exportJournal } from '../../src/tune/storage/journal/export.ts';
import { importJournal } from '../../src/tune/storage/journal/import.ts';
import { MemoryStorage } from '../../src/tune/storage/memory.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { postgresServer, skipWithoutPostgres } from '../support/postgres.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { checkStudies, parseWords } from '../tune/optuna-words.ts';

const { UNROLL_PYTHON: python } = process.env;
const script = fileURLToPath(new URL('../tune/optuna_side.py', import.meta.url));
const worker = fileURLToPath(new URL('../tune/storage-worker.ts', import.meta.url));
const folder = temporaryFolder();

const drivers = (
  python ? JSON.parse(spawnSync(python, [script, 'drivers'], { encoding: 'utf8' }).stdout || '{}') : {}
) as Record<string, string>;
const skipOptuna = !python
  ? 'Optuna is not asked: set UNROLL_PYTHON to a Python that has it'
  : drivers.optuna === undefined && `Optuna is not in ${python}`;
const skipPostgres =
  skipOptuna || skipWithoutPostgres || (drivers.psycopg2 === undefined && `psycopg2 is not in ${python}`);

/** Runs Optuna and returns what it printed. */
async function optuna(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(python!, [script, ...args]);
  assert.equal(code, 0, stderr);
  return stdout;
}

interface Work {
  readonly before: { readonly trials: number; readonly best: number | null };
  readonly made: readonly number[];
  readonly best: number;
  readonly trials: number;
}

const work = async (...args: string[]) => JSON.parse(await optuna('work', ...args)) as Work;

/** A study of ours with something of everything. */
async function fill(storage: StudyStorage): Promise<number> {
  const { id } = await storage.createStudy('ours', ['minimize']);
  await storage.setStudyAttr(id, 'user', 'note', { nan: NaN, text: 'ü\0\u2028', list: [1.5, Infinity] });
  await storage.setStudyAttr(id, 'system', 'study:metric_names', ['loss']);
  for (let i = 0; i < 12; i++) {
    const trial = await storage.createTrial(id);
    await storage.heartbeat(trial.id);
    await storage.writeTrial(trial.id, {
      params: [
        { name: 'x', internal: 100 + i, distribution: floatDistribution(0, 1000) },
        { name: 'lr', internal: 0.001 * (i + 1), distribution: floatDistribution(1e-4, 1, { log: true }) },
        { name: 'grid', internal: 0.1 * (i % 4), distribution: floatDistribution(0, 1, { step: 0.1 }) },
        { name: 'n', internal: 2 * i + 2, distribution: intDistribution(2, 40, { step: 2 }) },
        {
          name: 'kind',
          internal: i % 7,
          distribution: categoricalDistribution(['a', 'ü"', null, true, 2.5, 7, NaN]),
        },
      ],
      intermediateValues: new Map([
        [0, i],
        [1, NaN],
        [5, -Infinity],
      ]),
      userAttrs: { é: [NaN, { deep: [null, -Infinity] }] },
      systemAttrs: { 'constraints:size': i - 5 },
    });
    const state = (['COMPLETE', 'PRUNED', 'FAIL'] as const)[i === 3 ? 1 : i === 4 ? 2 : 0];
    const values = state === 'FAIL' ? null : [i === 5 ? Infinity : i + 0.5];
    await storage.writeTrial(trial.id, { end: { state, values } });
  }
  await storage.createTrial(id, { state: 'WAITING', systemAttrs: { fixed_params: { x: 0.25 } } });
  const two = await storage.createStudy('two objectives', ['minimize', 'maximize']);
  await storage.createTrial(two.id, { state: 'COMPLETE', values: [-Infinity, 1] });
  return id;
}

for (const { name, skip, create } of [
  {
    name: 'SQLite',
    skip: skipOptuna,
    create: async (label: string) => `sqlite:///${join(folder, `${label}.db`)}`,
  },
  { name: 'PostgreSQL', skip: skipPostgres, create: (label: string) => postgresServer().create(label) },
]) {
  suite(name, { skip }, () => {
    test('Optuna reads our study in every field, goes on with it, and so do we', async () => {
      const url = await create('ours');
      const storage = await openStorage(url);
      const id = await fill(storage);
      await checkStudies(storage, parseWords(await optuna('read', url)));
      const { before, made, best, trials } = await work(url, 'ours', '10');
      assert.deepEqual(before, { trials: 13, best: 0.5 });
      // the waiting one first, with its value
      assert.deepEqual(made, [12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
      assert.equal(trials, 22);
      const now = await storage.trials(id);
      assert.equal(now.length, 22);
      assert.ok(now.slice(12).every(({ state }) => state === 'COMPLETE'));
      assert.deepEqual([...now[12].internalParams], [['x', 0.25]]);
      assert.deepEqual(now[12].values, [0.25]);
      assert.equal(
        best,
        Math.min(...now.slice(12).map(({ values }) => values![0])),
        'what Optuna has for the best is ours',
      );
      assert.equal((await storage.createTrial(id)).number, 22);
      await checkStudies(storage, parseWords(await optuna('read', url)));
      await storage.close();
    });

    test('Optuna and we work on one study at a time', async () => {
      const url = await create('mixed');
      const storage = await openStorage(url);
      const { id } = await storage.createStudy('mixed', ['minimize']);
      // two of Optuna on SQLite may take one waiting trial, and the second then fails (it advises against it)
      if (name === 'PostgreSQL')
        for (let i = 0; i < 4; i++) await storage.createTrial(id, { state: 'WAITING' });
      const ours = [1, 2].map(() => runProgram(process.execPath, [worker, url, 'mixed', 'make', '25']));
      const [first, second] = await Promise.all([work(url, 'mixed', '20'), work(url, 'mixed', '20')]);
      const told: number[] = [];
      for (const { code, stdout, stderr } of await Promise.all(ours)) {
        assert.equal(code, 0, stderr);
        told.push(...[...stdout.matchAll(/told (\d+)/g)].map(([, number]) => Number(number)));
      }
      const trials = await storage.trials(id);
      assert.deepEqual(
        trials.map(({ number }) => number),
        trials.map((_, i) => i),
      );
      assert.equal(told.length, 50);
      const run = [...told, ...first.made, ...second.made];
      assert.equal(run.length, 90);
      assert.equal(new Set(run).size, 90, 'each trial has one worker');
      for (const number of run) assert.equal(trials[number].state, 'COMPLETE', `trial ${number}`);
      await checkStudies(storage, parseWords(await optuna('read', url)));
      await storage.close();
    });
  });
}

test('Optuna reads our journal, goes on with it, and we read that', { skip: skipOptuna }, async () => {
  const memory = new MemoryStorage();
  await fill(memory);
  const file = join(folder, 'ours.journal');
  assert.equal(await exportJournal(memory, file), 2);
  await checkStudies(memory, parseWords(await optuna('read', file)));
  const { before, trials } = await work(file, 'ours', '5');
  assert.deepEqual(before, { trials: 13, best: 0.5 });
  const again = new MemoryStorage();
  await importJournal(file, again);
  const words = parseWords(await optuna('read', file));
  assert.equal(words.ours.trials.length, trials);
  await checkStudies(again, words);
  // a writer of ours was killed in its last line; we add a study, and Optuna reads it all
  writeFileSync(file, '{"op_code":4,"wor', { flag: 'a' });
  const more = new MemoryStorage();
  await more.createStudy('more', ['maximize']);
  await exportJournal(more, file, { append: true });
  const { more: added, ...others } = parseWords(await optuna('read', file));
  assert.deepEqual(added.directions, ['maximize']);
  assert.deepEqual(others, words);
});
