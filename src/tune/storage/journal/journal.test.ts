import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../../../../test/support/temporary.ts';
import { ConfigError, CorruptFileError, FileError } from '../../../core/errors.ts';
import { categoricalDistribution, type Distribution, floatDistribution } from '../../space/distributions.ts';
import type { FrozenTrial } from '../../trial/frozen-trial.ts';
import type { StudyStorage, TrialTemplate } from '../contract.ts';
import { MemoryStorage } from '../memory.ts';
import { exportJournal } from './export.ts';
import { importJournal } from './import.ts';
import { withJournalLock } from './lock.ts';
import { replayJournal } from './replay.ts';

const folder = temporaryFolder();
let count = 0;
const fresh = () => join(folder, `${++count}.journal`);
const bytes = (text: string) => new TextEncoder().encode(text);

const full: TrialTemplate = {
  state: 'COMPLETE',
  values: [Infinity],
  internalParams: new Map([
    ['z', 0.5],
    ['a', 1],
  ]),
  distributions: new Map<string, Distribution>([
    ['z', floatDistribution(0, 1)],
    ['a', categoricalDistribution(['x', NaN, null])],
  ]),
  intermediateValues: new Map([
    [3, NaN],
    [0, -Infinity],
  ]),
  userAttrs: { 'ü\n': [NaN, { deep: '\u2028\ud800' }] },
  systemAttrs: { fixed_params: { z: 0.5 } },
};

async function studies(...names: string[]): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  for (const name of names) {
    const { id } = await storage.createStudy(name, ['maximize']);
    await storage.setStudyAttr(id, 'user', 'u', NaN);
    await storage.setStudyAttr(id, 'system', 's', [1]);
    await storage.createTrial(id, full);
    await storage.createTrial(id, { state: 'WAITING' });
    await storage.createTrial(id);
    await storage.createTrial(id, { state: 'FAIL' });
  }
  const { id } = await storage.createStudy(`${names[0]} two`, ['minimize', 'maximize']);
  await storage.createTrial(id, { state: 'COMPLETE', values: [1, -Infinity] });
  return storage;
}

const withoutId = ({ id: _, ...trial }: FrozenTrial) => trial;

async function everything(storage: StudyStorage) {
  return Promise.all(
    (await storage.studies()).map(async ({ id, ...study }) => ({
      ...study,
      trials: (await storage.trials(id)).map(withoutId),
    })),
  );
}

test('what is exported is imported again', async () => {
  const storage = await studies('one', 'other');
  const file = fresh();
  assert.equal(await exportJournal(storage, file), 3);
  const back = new MemoryStorage();
  assert.equal((await importJournal(file, back)).torn, false);
  assert.deepEqual(await everything(back), await everything(storage));
  const some = new MemoryStorage();
  await importJournal(file, some, { studies: ['other'] });
  assert.deepEqual(
    (await some.studies()).map(({ name }) => name),
    ['other'],
  );
  await assert.rejects(
    importJournal(file, some, { studies: ['none'] }),
    /must have a study "none", but got one, other, one two/,
  );
  await assert.rejects(importJournal(file, some, { studies: ['other'] }), /\[study name\] must be new/);
});

test('a line is one compact object, in ASCII', async () => {
  const file = fresh();
  await exportJournal(await studies('one'), file, { studies: ['one'] });
  const lines = readFileSync(file, 'latin1').split('\n');
  assert.equal(lines.pop(), '');
  assert.match(lines[0], /^\{"op_code":0,"worker_id":"[\w-]+","study_name":"one","directions":\[2\]\}$/);
  assert.match(lines[1], /"study_id":0,"user_attr":\{"u":NaN\}\}$/);
  assert.match(
    lines[3],
    /"datetime_start":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00","state":1,"value":Infinity,"values":null/,
  );
  for (const line of lines) assert.match(line, /^[\x20-\x7e]+$/);
});

test('an export is a new file, whole or not at all', async () => {
  const storage = await studies('one');
  const file = fresh();
  await assert.rejects(
    exportJournal(storage, file, { studies: ['nothing'] }),
    /must be one of one, one two, but got "nothing"/,
  );
  assert.ok(!existsSync(file));
  await exportJournal(storage, file);
  const before = readFileSync(file);
  await assert.rejects(exportJournal(storage, file), (error: Error) => {
    assert.ok(error instanceof FileError);
    assert.match(error.message, /must be a new file, but got one that is there/);
    return true;
  });
  assert.deepEqual(readFileSync(file), before);
  await assert.rejects(
    exportJournal(storage, join(folder, 'none', 'x')),
    /must be a file that can be written, but got: ENOENT/,
  );
  assert.deepEqual(
    readdirSync(dirname(file)).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('studies are added to a journal with the ids that follow', async () => {
  const file = fresh();
  await exportJournal(await studies('one'), file);
  await exportJournal(await studies('other'), file, { append: true });
  const back = new MemoryStorage();
  await importJournal(file, back);
  const [one, other] = [await everything(await studies('one')), await everything(await studies('other'))];
  const undated = (all: typeof one) =>
    all.map((study) => ({
      ...study,
      trials: study.trials.map((trial) => ({ ...trial, datetimeStart: null, datetimeComplete: null })),
    }));
  assert.deepEqual(undated(await everything(back)), undated([...one, ...other]));
  await assert.rejects(exportJournal(await studies('one'), file, { append: true }), (error: Error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /must not have a study "one" yet/);
    return true;
  });
  assert.ok(!existsSync(`${file}.lock`));
});

test('a torn last line is left out, and cut off before anything is added', async () => {
  const file = fresh();
  await exportJournal(await studies('one'), file);
  const whole = readFileSync(file);
  const first = whole.indexOf(10) + 1;
  for (let size = first; size <= whole.length; size += 7) {
    const cut = whole.subarray(0, size);
    const journal = replayJournal(cut, 'x');
    assert.equal(journal.torn, cut.at(-1) !== 10);
    assert.equal(journal.size, cut.lastIndexOf(10) + 1);
  }
  appendFileSync(file, '{"op_code":4,"stu');
  const back = new MemoryStorage();
  assert.equal((await importJournal(file, back)).torn, true);
  assert.equal((await back.studies()).length, 2);
  await exportJournal(await studies('other'), file, { append: true });
  const more = new MemoryStorage();
  assert.equal((await importJournal(file, more)).torn, false);
  assert.equal((await more.studies()).length, 4);
});

test('damage in the middle is named with its line', () => {
  const study = '{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}\n';
  const cases: [string, RegExp][] = [
    ['{"op_code":4,"st\n', /\[x line 2\] must hold JSON/],
    ['[]\n', /\[x line 2\] must hold an operation of Optuna's journal/],
    ['{"op_code":77}\n', /but got operation 77/],
    ['{"op_code":4,"study_id":"0"}\n', /but got study_id: /],
    ['{"op_code":4,"study_id":0,"datetime_start":"soon"}\n', /but got datetime_start: no datetime/],
    ['{"op_code":0,"study_name":"t","directions":[0]}\n', /but got directions\.0/],
  ];
  for (const [line, expected] of cases) {
    assert.throws(
      () => replayJournal(bytes(study + line + study), 'x'),
      (error: Error) => {
        assert.ok(error instanceof CorruptFileError);
        assert.match(error.message, expected);
        return true;
      },
    );
  }
});

test('operations that are not allowed are skipped, as Optuna skips them', () => {
  const w = '"worker_id":"w"';
  const at = (second: number) => `"2026-01-01T00:00:0${second}.000000+00:00"`;
  const json = (distribution: string) => JSON.stringify(distribution);
  const float = json(
    '{"name": "FloatDistribution", "attributes": {"low": 0.0, "high": 1.0, "log": false, "step": null}}',
  );
  const int = json(
    '{"name": "IntDistribution", "attributes": {"low": 0, "high": 1, "log": false, "step": 1}}',
  );
  const journal = replayJournal(
    bytes(
      [
        `{"op_code":0,${w},"study_name":"gone","directions":[1]}`,
        `{"op_code":4,${w},"study_id":0,"datetime_start":${at(0)}}`,
        `{"op_code":1,${w},"study_id":0}`,
        `{"op_code":0,${w},"study_name":"s","directions":[1]}`,
        // taken
        `{"op_code":0,${w},"study_name":"s","directions":[2]}`,
        // of a study that is gone, and so without an id
        `{"op_code":4,${w},"study_id":0,"datetime_start":${at(0)}}`,
        // trial 1: claimed twice, the first counts
        `{"op_code":4,${w},"study_id":1,"datetime_start":null,"state":4}`,
        `{"op_code":6,${w},"trial_id":1,"state":0,"values":null,"datetime_start":${at(1)}}`,
        `{"op_code":6,${w},"trial_id":1,"state":0,"values":null,"datetime_start":${at(2)}}`,
        `{"op_code":5,${w},"trial_id":1,"param_name":"p","param_value_internal":0.5,"distribution":${float}}`,
        `{"op_code":7,${w},"trial_id":1,"step":0,"intermediate_value":NaN}`,
        `{"op_code":8,${w},"trial_id":1,"user_attr":{"k":1}}`,
        `{"op_code":6,${w},"trial_id":1,"state":1,"values":[2.5],"datetime_complete":${at(3)}}`,
        // finished
        `{"op_code":8,${w},"trial_id":1,"user_attr":{"k":2}}`,
        `{"op_code":6,${w},"trial_id":1,"state":3,"values":null,"datetime_complete":${at(4)}}`,
        // trial 2: a parameter of another kind; unknown ids; an operation that Python does not know
        `{"op_code":4,${w},"study_id":1,"datetime_start":${at(5)}}`,
        `{"op_code":5,${w},"trial_id":2,"param_name":"p","param_value_internal":1,"distribution":${int}}`,
        `{"op_code":9,${w},"trial_id":2,"system_attr":{"k":3}}`,
        `{"op_code":9,${w},"trial_id":99,"system_attr":{"k":4}}`,
        `{"op_code":2,${w},"study_id":99,"user_attr":{"k":5}}`,
        `{"op_code":10,${w},"trial_ids":[1]}`,
      ]
        .map((line) => `${line}\r\n`)
        .join(''),
    ),
    'x',
  );
  assert.deepEqual([journal.madeStudies, journal.madeTrials], [2, 3]);
  const [study, ...others] = journal.studies;
  assert.equal(others.length, 0);
  assert.deepEqual([study.id, study.name, study.directions, study.userAttrs], [1, 's', ['minimize'], {}]);
  const [first, second] = study.trials;
  assert.deepEqual(
    [first.state, first.values, first.datetimeStart?.getSeconds(), first.datetimeComplete?.getSeconds()],
    ['COMPLETE', [2.5], 1, 3],
  );
  assert.deepEqual([...first.internalParams], [['p', 0.5]]);
  assert.deepEqual([...first.intermediateValues], [[0, NaN]]);
  assert.deepEqual(first.userAttrs, { k: 1 });
  assert.deepEqual([second.state, second.internalParams.size, second.systemAttrs], ['RUNNING', 0, { k: 3 }]);
});

test('a file that is none is refused', async () => {
  await assert.rejects(
    importJournal(join(folder, 'none'), new MemoryStorage()),
    /must be a journal that can be read, but got: ENOENT/,
  );
  const file = fresh();
  writeFileSync(file, 'Text,Label\nhello,1\n');
  await assert.rejects(importJournal(file, new MemoryStorage()), /line 1\] must hold JSON/);
});

test('the lock is a symbolic link to the journal, and held by one at a time', async () => {
  const file = fresh();
  writeFileSync(file, '');
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 5 }, () =>
      withJournalLock(file, async () => {
        assert.ok(lstatSync(`${file}.lock`).isSymbolicLink());
        assert.equal(readlinkSync(`${file}.lock`), file);
        most = Math.max(most, ++inside);
        await sleep(10);
        inside--;
      }),
    ),
  );
  assert.equal(most, 1);
  await assert.rejects(
    withJournalLock(file, () => {
      throw new Error('mine');
    }),
    /mine/,
  );
  assert.deepEqual(
    readdirSync(folder).filter((name) => /lock/.test(name)),
    [],
  );
});

test('the lock of a killed process is taken away, one of a living is waited for', async () => {
  const file = fresh();
  writeFileSync(file, '');
  symlinkSync(file, `${file}.lock`);
  const from = performance.now();
  await withJournalLock(file, () => undefined, { graceSeconds: 0.2 });
  assert.ok(performance.now() - from > 200);
  symlinkSync(file, `${file}.lock`);
  let writing = true;
  // a journal that grows has a living owner
  const writer = (async () => {
    for (let i = 0; i < 20; i++) {
      appendFileSync(file, 'x');
      await sleep(50);
    }
    writing = false;
  })();
  await withJournalLock(file, () => assert.equal(writing, false), { graceSeconds: 0.5 });
  await writer;
});
