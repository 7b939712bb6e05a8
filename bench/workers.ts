/** What a second worker brings: trials an hour of the same search. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bbcFile, skipWithoutBbc } from '../test/support/bbc.ts';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { preparePeak } from './support/against-pytorch.ts';
import { type Entry, interleave, type Limit } from './support/compare.ts';
import type { Contestant } from './support/contestant.ts';
import { startOurs } from './support/contestants.ts';
import { median, round, spread } from './support/statistics.ts';
import { readTrials, spanOf } from './support/study.ts';
import { runUnroll } from './support/unroll.ts';

const TRIALS = 8;
const EPOCHS = 8;
const ROUNDS = 3;
/** Least trials an hour with two workers, as a multiple of those with one. */
const BAR = 1.9;
/** What a turn of the arithmetic loop lasts, ms. */
const PEAK_TURN = 1000;

/** A search whose trials all do the same arithmetic: only the learning rate differs, and nothing ends one early. */
const searchOf = (epochs: number) => ({
  data: { allow_leakage: true },
  text: { vocabulary_size: 5000, max_length: 50 },
  model: { type: 'bilstm', embedding_dim: 64, hidden_size: 64, pooling: ['last', 'mean', 'max'] },
  train: {
    epochs,
    batch_size: 24,
    patience: null,
    lr: { type: 'float', low: 1e-3, high: 2e-3, log: true },
  },
  evaluate: { bootstrap_samples: 50 },
  tune: { trials: TRIALS, sampler: 'random', pruner: 'none' },
});

/** How long a search took, seconds. */
export interface SearchTime {
  /** From the start of the first trial to the end of the last one. */
  readonly trials: number;
  /** The whole process: reading, encoding, the trials, training the best one again. */
  readonly process: number;
}

/** Runs the search as a user does, on a new study. */
async function timeSearch(workers: number, epochs: number): Promise<SearchTime> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  const config = join(folder, 'search.json');
  const url = `sqlite:///${join(folder, 'studies.db')}`;
  try {
    writeFileSync(config, JSON.stringify(searchOf(epochs)));
    const place = ['--storage', url, '--study', 'workers', '-o', join(folder, 'run')];
    const start = performance.now();
    await runUnroll(['tune', bbcFile, '-c', config, '--workers', String(workers), '--seed', '0', ...place, '--json']); // prettier-ignore
    const process = (performance.now() - start) / 1000;
    const trials = await readTrials({ url, name: 'workers' });
    const complete = trials.filter(({ state }) => state === 'COMPLETE');
    if (complete.length !== TRIALS)
      throw new Error(`[bench] ${TRIALS} trials must be complete, but ${complete.length} are.`);
    return { trials: spanOf(trials), process };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const nameOf = (workers: number) => `${TRIALS} trials, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;

/** What was measured with so many workers, one figure a round. */
export interface WorkerTimes {
  readonly workers: number;
  readonly searches: readonly SearchTime[];
  /** Rates of the arithmetic loop on so many threads, 10⁹ operations a second. */
  readonly peaks: readonly number[];
}

/** The case of a number of workers beside that of one; `one` itself has no gain. */
export function workersCase({ workers, searches, peaks }: WorkerTimes, one: WorkerTimes): BenchCase {
  const ms = searches.map(({ trials }) => trials * 1000);
  const ratesOf = (times: WorkerTimes) => times.searches.map(({ trials }) => (3600 * TRIALS) / trials);
  const rates = ratesOf({ workers, searches, peaks });
  const single = ratesOf(one);
  const pairwise = (a: readonly number[], b: readonly number[]) => round(median(a.map((x, r) => x / b[r])));
  return {
    case: nameOf(workers),
    threads: workers,
    ours_ms: round(median(ms)),
    peer: null,
    peer_ms: null,
    ratio: null,
    rounds: ms.length,
    ours_spread: spread(ms),
    seconds: round(median(searches.map(({ process }) => process))),
    trials_per_hour: round(median(rates)),
    peak_gflops: round(median(peaks)),
    ...(workers > 1 && {
      gain: round(median(rates) / median(single)),
      gain_pairwise: pairwise(rates, single),
      peak_gain: pairwise(peaks, one.peaks),
      ...(workers === 2 && { least_gain: BAR }),
    }),
  };
}

/** A turn of the arithmetic loop; ms a step. */
async function peakEntry(key: string, { contestant, variant }: Limit): Promise<Entry> {
  const run = async (steps: number) => (await contestant.ask({ do: 'run', variant, steps })).ms;
  const steps = Math.max(1, Math.round(PEAK_TURN / (await run(100))));
  return { key, turn: () => run(steps) };
}

/** Measures searches and the arithmetic loop in turns. */
async function measure(
  counts: readonly number[],
  epochs: number,
  { rounds = ROUNDS, say }: Pick<BenchOptions, 'rounds' | 'say'>,
): Promise<WorkerTimes[]> {
  const contestants: Contestant[] = [];
  const searches = new Map<number, SearchTime[]>();
  const limits = new Map<number, Limit>();
  const entries: Entry[] = [];
  try {
    for (const workers of counts) {
      const contestant = await startOurs(workers);
      contestants.push(contestant);
      const limit = await preparePeak(contestant);
      limits.set(workers, limit);
      const done: SearchTime[] = [];
      searches.set(workers, done);
      const turn = async () => {
        say(`round ${done.length + 1} of ${rounds}, workers: ${workers}`);
        const time = await timeSearch(workers, epochs);
        done.push(time);
        return time.trials * 1000;
      };
      entries.push({ key: `search ${workers}`, turn }, await peakEntry(`peak ${workers}`, limit));
    }
    const samples = await interleave(entries, { rounds });
    return counts.map((workers) => ({
      workers,
      searches: searches.get(workers) ?? [],
      peaks: (samples.get(`peak ${workers}`) ?? []).map(
        (ms) => (limits.get(workers)?.flop ?? NaN) / ms / 1e6,
      ),
    }));
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
}

/** Trials an hour with several workers against one. */
export const workers: Bench = {
  name: 'workers',
  claim: `Two workers of a search give at least ${BAR} times the trials an hour of one.`,
  method:
    `\`unroll tune\` in a process of its own, on a new SQLite study each time: ${TRIALS} trials of ${EPOCHS} epochs that all do the same arithmetic ` +
    '(BiLSTM 64/64, batch 24, 50 tokens, the BBC articles; random sampler over the learning rate, no pruning, no early stopping). ' +
    'A round runs the search with one worker and then with two. “ours ms” is from the start of the first trial to the end of the last one, as the study has it, ' +
    '“trials/hour” follows from it, “gain” is that as a multiple of those of one worker; “seconds” is the whole process, with start, cost preview and training the best trial again. ' +
    '“Peak” is a loop of multiply-adds that touches registers only, on as many threads, after each search of the same rounds: where two threads reach no more than ' +
    'one, the machine has given them one core, and no search can gain from the second. ' +
    '`--threads` gives other numbers of workers, `--epochs` makes a quick check.',
  skip: () => skipWithoutBbc || (availableParallelism() < 2 && 'a second worker needs a second processor'),
  async run({ threads, epochs = EPOCHS, only, ...options }) {
    const counts = [1, ...new Set(threads.filter((count) => count > 1))];
    if (!counts.some((count) => nameOf(count).includes(only))) return [];
    const times = await measure(counts, epochs, options);
    const cases = times.map((one) => workersCase(one, times[0]));
    const cut =
      epochs === EPOCHS ? {} : { note: `${epochs} epoch(s) a trial, which is not the benchmark's number` };
    return cases.map((one) => ({ ...one, ...cut })).filter(({ case: name }) => name.includes(only));
  },
};
