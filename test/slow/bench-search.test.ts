/** The benchmarks of whole searches, on tiny networks; their figures are not judged here. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BenchCase } from '../../bench/bench.ts';
import { shapesOf, sumCase } from '../../bench/search.ts';
import {
  keptStudy,
  readStudyFile,
  readTrials,
  recordStudy,
  type RecordedTrial,
  writeStudyFile,
} from '../../bench/support/study.ts';
import { renderMarkdown } from '../../bench/support/table.ts';
import { workersCase } from '../../bench/workers.ts';
import { root } from '../../scripts/house.ts';
import {
  categoricalDistribution,
  type Distribution,
  intDistribution,
  type TrialState,
  type TrialTemplate,
} from '../../src/tune/index.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv } from '../support/tiny.ts';

const bench = (args: readonly string[], env: Record<string, string> = {}) =>
  runProgram(process.execPath, [join(root, 'bench/main.ts'), ...args], { env });

const poolings = ['last', 'mean', 'max', 'last+mean+max'];
const distributions = new Map<string, Distribution>([
  ['train.batch_size', intDistribution(2, 64)],
  ['model.embedding_dim', intDistribution(4, 192)],
  ['model.hidden_size', intDistribution(4, 192)],
  ['model.num_layers', intDistribution(1, 2)],
  ['model.bidirectional', categoricalDistribution([true, false])],
  ['model.pooling', categoricalDistribution(poolings)],
]);

/** A trial of sizes in the order of `distributions` that ran from one second to another. */
function trial(
  sizes: readonly number[],
  [start, end]: readonly [number, number],
  { state = 'COMPLETE', epochs }: { state?: TrialState; epochs?: readonly number[] } = {},
): TrialTemplate {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000);
  return {
    state,
    values: [0.5],
    internalParams: new Map([...distributions.keys()].map((name, i) => [name, sizes[i]])),
    distributions: new Map(distributions),
    intermediateValues: new Map([
      [1, 0.4],
      [2, 0.5],
    ]),
    userAttrs: epochs ? { epochs } : {},
    datetimeStart: at(start),
    datetimeComplete: at(end),
  };
}

/** A study of five trials: three of one size, one of another, and one that runs. */
async function makeStudy() {
  const url = `sqlite:///${join(temporaryFolder(), 'studies.db')}`;
  const storage = await openStorage(url);
  const small = [16, 8, 8, 1, 1, 2];
  await storage.importStudy({ name: 'small', directions: ['maximize'], userAttrs: {}, systemAttrs: {} }, [
    trial(small, [0, 10], { epochs: [3] }),
    trial([64, 12, 8, 2, 0, 3], [0, 4], { epochs: [1, 2] }),
    trial(small, [4, 12], { state: 'PRUNED' }),
    trial(small, [10, 20.5], { epochs: [4] }),
    { ...trial(small, [21, 22]), state: 'RUNNING', values: null, datetimeComplete: null },
  ]);
  await storage.close();
  return { url, name: 'small' };
}

test('a study is kept with what its trials were, how long they trained, and side by side with how many', async () => {
  const study = recordStudy(await readTrials(await makeStudy()));
  assert.deepEqual([study.workers, study.seconds], [2, 20.5]);
  assert.deepEqual(
    study.trials.map(({ number, state, epochs, seconds }) => [number, state, epochs, seconds]),
    [
      [0, 'COMPLETE', 3, 10],
      [1, 'COMPLETE', 3, 4],
      // no note of its epochs: those of its reports
      [2, 'PRUNED', 2, 8],
      [3, 'COMPLETE', 4, 10.5],
    ],
  );
  assert.deepEqual(study.trials[1].params, {
    'train.batch_size': 64,
    'model.embedding_dim': 12,
    'model.hidden_size': 8,
    'model.num_layers': 2,
    'model.bidirectional': true,
    'model.pooling': 'last+mean+max',
  });
  const path = join(temporaryFolder(), 'new', 'study.json');
  writeStudyFile(path, study);
  assert.deepEqual(readStudyFile(path), study);

  const [first, second] = shapesOf(study.trials);
  assert.deepEqual(
    [first.name, first.trials, first.epochs, first.steps],
    ['batch 16, 8/8, 1 layer, forward only, max', 3, 9, 9 * 112],
  );
  assert.deepEqual(
    [second.name, second.trials, second.epochs, second.steps],
    ['batch 64, 12/8, 2 layers, both directions, last+mean+max', 1, 3, 3 * 28],
  );
  assert.deepEqual([second.spec.lengths.length, second.spec.pooling], [64, ['last', 'mean', 'max']]);
});

test('bench search measures each size once and adds up the steps', async () => {
  const { url, name } = await makeStudy();
  const { code, stdout, stderr } = await bench([
    ...['search', '--study', `${url}#${name}`, '--rounds', '1', '--no-peers', '--json'],
  ]);
  assert.equal(code, 0, stderr);
  const { cases } = JSON.parse(stdout) as { cases: (BenchCase & { ours_ms: number; steps: number })[] };
  assert.deepEqual(
    cases.map((one) => [one.case, one.threads, one.trials, one.epochs, one.steps, one.peer, one.ratio]),
    [
      ['batch 16, 8/8, 1 layer, forward only, max', 1, 3, 9, 1008, null, null],
      ['batch 64, 12/8, 2 layers, both directions, last+mean+max', 1, 1, 3, 84, null, null],
      ['all 4 trials, 2 workers', 1, 4, 12, 1092, null, null],
    ],
  );
  const [first, second, sum] = cases;
  const expected = (first.ours_ms * 1008 + second.ours_ms * 84) / 2;
  assert.ok(Math.abs(sum.ours_ms / expected - 1) < 1e-2, `${sum.ours_ms} ms, ${expected} ms`);
});

test('the sum stands beside PyTorch and the time that the search took', () => {
  const one = {
    case: 'a',
    threads: 1,
    ours_ms: 60,
    peer: 'PyTorch 2, packed, native',
    peer_ms: 120,
    ratio: 0.5,
  };
  const cases = [
    { ...one, epochs: 10, steps: 1000, trials: 1 },
    { ...one, ours_ms: 30, peer_ms: 90, epochs: 20, steps: 2000, trials: 2 },
  ];
  const trials = [1, 2, 3].map(() => ({}) as RecordedTrial);
  const study = { workers: 2, seconds: 90, command_seconds: 120, trials };
  const { note, ...sum } = sumCase(study, cases);
  assert.deepEqual(sum, {
    case: 'all 3 trials, 2 workers',
    threads: 1,
    ours_ms: 60_000,
    peer: 'PyTorch 2, the fastest way of each',
    peer_ms: 150_000,
    ratio: 0.4,
    trials: 3,
    epochs: 30,
    steps: 3000,
  });
  assert.match(String(note), /1\.0 min here and 2\.5 min in PyTorch.*took 1\.5 min.*, 2\.0 min with/);
  assert.deepEqual(
    [sumCase(study, [cases[0], { ...cases[1], peer: null, peer_ms: null }]).peer_ms],
    [null],
    'a sum without one of its parts is none',
  );
});

test('the study that is kept is the 40 trials of the preset', () => {
  const { trials, workers } = readStudyFile(keptStudy);
  assert.deepEqual([workers, trials.length, trials.every(({ epochs }) => epochs > 0)], [2, 40, true]);
  const shapes = shapesOf(trials);
  assert.equal(shapes.reduce((sum, shape) => sum + shape.trials, 0), 40); // prettier-ignore
  for (const { spec } of shapes) assert.ok([64, 128, 192].includes(spec.hidden), String(spec.hidden));
});

test('a study that cannot be measured is refused', async () => {
  const { url } = await makeStudy();
  for (const [address, code, message] of [
    ['studies.db', 2, /^\[bench\] --study must be like/],
    [`${url}#large`, 1, /which holds small, but got "large"/],
  ] as const) {
    const ended = await bench(['search', '--study', address, '--json']);
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, message);
    assert.equal(ended.stdout, '');
  }
  const [other] = recordStudy(await readTrials({ url, name: 'small' })).trials;
  const { 'model.pooling': _, ...params } = other.params;
  assert.throws(() => shapesOf([{ ...other, params }]), /must be one of unroll tune -c bilstm-workshop/);
});

test('bench workers runs the same search with one worker and with two, in turns', async () => {
  const file = writeFiles(temporaryFolder(), { 'tiny.csv': tinyCsv(60) })('tiny.csv');
  const args = ['workers', '--rounds', '1', '--epochs', '1', '--threads', '1,2', '--json'];
  const { code, stdout, stderr } = await bench(args, { UNROLL_BBC: file });
  assert.equal(code, 0, stderr);
  const { cases, skipped } = JSON.parse(stdout) as { cases: BenchCase[]; skipped?: string };
  if (skipped !== undefined) return assert.match(skipped, /second processor/);
  const [one, two] = cases;
  assert.deepEqual(
    cases.map(({ case: name, threads, rounds }) => [name, threads, rounds]),
    [
      ['8 trials, 1 worker', 1, 1],
      ['8 trials, 2 workers', 2, 1],
    ],
  );
  for (const { ours_ms: ms, seconds, trials_per_hour: rate, note } of cases) {
    assert.ok(Number(ms) / 1000 < Number(seconds), 'the process takes longer than its trials');
    assert.ok(Math.abs((Number(rate) * Number(ms)) / (8 * 3_600_000) - 1) < 1e-2);
    assert.match(String(note), /^1 epoch\(s\) a trial/);
  }
  assert.equal(one.gain, undefined);
  assert.ok(Math.abs(two.gain! / (Number(two.trials_per_hour) / Number(one.trials_per_hour)) - 1) < 1e-2);
  // what the second processor brings depends on what else the machine does
  assert.ok(two.peak_gain! > 0 && Number.isFinite(two.peak_gain), String(two.peak_gain));
});

test('the gain of a second worker is that of the medians, beside the rounds and the arithmetic alone', () => {
  const times = (workers: number, seconds: readonly number[], peaks: readonly number[]) => ({
    workers,
    searches: seconds.map((trials) => ({ trials, process: trials + 5 })),
    peaks,
  });
  const one = times(1, [40, 60, 80], [50, 60, 40]);
  const cases = [workersCase(one, one), workersCase(times(2, [20, 40, 40], [100, 90, 60]), one)];
  assert.deepEqual(
    cases.map((c) => [c.trials_per_hour, c.seconds, c.gain, c.gain_pairwise, c.peak_gain, c.least_gain]),
    [
      [480, 65, undefined, undefined, undefined, undefined],
      [720, 45, 1.5, 2, 1.5, 1.9],
    ],
  );
  const page = renderMarkdown({
    name: 'workers',
    machine: { line: 'm', load: 0, date: '2026-01-01' },
    cases,
  });
  assert.ok(
    page.includes(
      '| 8 trials, 2 workers | 2 | 40,000 | 30,000–40,000 | 90.0 | 45.0 | 720 | 1.50 | 2.00 | 1.50 | 1.90 |',
    ),
    page,
  );
});
