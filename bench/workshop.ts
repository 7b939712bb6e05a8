/** Accuracy in the workshop's setting, over several seeds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { maxOf } from '../src/core/lists.ts';
import { bbcFile, skipWithoutBbc } from '../test/support/bbc.ts';
import type { Bench, BenchCase } from './bench.ts';
import { mean, round, standardDeviation } from './support/statistics.ts';
import { runUnroll } from './support/unroll.ts';

interface Entry {
  readonly preset: string;
  readonly seeds: readonly number[];
  /** Test accuracies of PyTorch with the same parameters, one a seed, and the mean that we ask of ourselves. */
  readonly against?: { readonly pytorch: readonly number[]; readonly atLeast: number };
}

const entries: readonly Entry[] = [
  {
    preset: 'bilstm-workshop',
    seeds: [0, 1, 2, 3, 4],
    against: { pytorch: [0.951, 0.919, 0.87], atLeast: 0.91 },
  },
  { preset: 'rnn-workshop', seeds: [0] },
];

/** What the bench needs of the object that `unroll train --json` ends with. */
export interface TrainSummary {
  readonly epochs: number;
  readonly best_epoch: number;
  readonly seconds: number;
  readonly threads: number;
  readonly val: { readonly accuracy: number };
  readonly test: {
    readonly accuracy: number;
    readonly macro_f1: number;
    readonly accuracy_ci95: readonly [number, number];
  };
}

interface TrainJob {
  readonly preset: string;
  readonly seed: number;
  readonly threads: number;
  readonly epochs: number | undefined;
}

/** Trains as a user does: the command, in a process of its own, whose progress goes to standard error. */
async function train({ preset, seed, threads, epochs }: TrainJob): Promise<TrainSummary> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  const args = [
    ...['train', bbcFile, '-c', preset, '--json', '-o', join(folder, 'run')],
    ...['--seed', String(seed), '--threads', String(threads)],
    ...(epochs === undefined ? [] : ['--train.epochs', String(epochs)]),
  ];
  try {
    return JSON.parse(await runUnroll(args)) as TrainSummary;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first keys of every case; this bench judges what is learnt, so that nothing is timed against a peer. */
const untimed = { ours_ms: null, peer: null, peer_ms: null, ratio: null } as const;

/** The case of one training. */
export function seedCase(
  { preset, seed }: Pick<TrainJob, 'preset' | 'seed'>,
  { epochs, best_epoch, seconds, threads, val, test }: TrainSummary,
): BenchCase {
  return {
    case: `${preset}, seed ${seed}`,
    threads,
    ...untimed,
    seeds: [seed],
    epochs,
    best_epoch,
    val_accuracy: round(val.accuracy),
    test_accuracy: round(test.accuracy),
    test_accuracy_ci95: [round(test.accuracy_ci95[0]), round(test.accuracy_ci95[1])],
    test_macro_f1: round(test.macro_f1),
    seconds: round(seconds),
  };
}

/** The case of all trainings of a preset: means, and the standard deviation (n − 1) of the test accuracy. */
export function meanCase(
  preset: string,
  summaries: readonly { readonly seed: number; readonly summary: TrainSummary }[],
  against: Entry['against'],
): BenchCase {
  const of = (figure: (summary: TrainSummary) => number) => summaries.map(({ summary }) => figure(summary));
  const accuracies = of(({ test }) => test.accuracy);
  const seeds = summaries.map(({ seed }) => seed);
  return {
    case: `${preset}, mean of ${seeds.length} seeds`,
    threads: summaries[0].summary.threads,
    ...untimed,
    seeds,
    val_accuracy: round(mean(of(({ val }) => val.accuracy))),
    test_accuracy: round(mean(accuracies)),
    test_accuracy_sd: round(standardDeviation(accuracies)),
    test_macro_f1: round(mean(of(({ test }) => test.macro_f1))),
    seconds: round(mean(of(({ seconds }) => seconds))),
    ...(against && {
      peer: 'PyTorch',
      peer_test_accuracies: against.pytorch,
      peer_test_accuracy: round(mean(against.pytorch)),
      peer_test_accuracy_sd: round(standardDeviation(against.pytorch)),
      least_test_accuracy: against.atLeast,
      note:
        `PyTorch with the same parameters, ${against.pytorch.length} seeds: ` +
        `${against.pytorch.map((accuracy) => accuracy.toFixed(3)).join(', ')} (figures given, not measured here)`,
    }),
  };
}

/** The case with the note that its training was cut short, where it was. */
function cutShort(one: BenchCase, epochs: number | undefined): BenchCase {
  if (epochs === undefined) return one;
  const note = `${epochs} epoch(s) at most, which is not the preset's number`;
  return { ...one, note: one.note === undefined ? note : `${note}; ${one.note}` };
}

/** Test accuracy of the workshop's two networks on the workshop's file. */
export const workshop: Bench = {
  name: 'workshop',
  claim:
    "With the workshop's parameters the BiLSTM's mean test accuracy is near that of PyTorch's; the bar is 91 %.",
  method:
    "`unroll train` with the presets `bilstm-workshop` (seeds 0 to 4) and `rnn-workshop` (seed 0) on the workshop's 2,225 BBC articles: " +
    'the first 50 whitespace tokens, 5,000 words, a plain random split 80/10/10 by the seed, in which copies of a text may stand on both sides. ' +
    'Test accuracy is that of the epoch with the best validation accuracy, its interval a bootstrap over the test documents; ± is the standard deviation over the seeds. ' +
    'The articles are for research and not part of the project: `UNROLL_BBC` names a CSV file with the columns Text and Label. ' +
    '`--seeds` and `--epochs` make a quick check of it.',
  skip: () => skipWithoutBbc,
  async run({ threads, seeds: wanted, epochs, peers, only, say }) {
    const cases: BenchCase[] = [];
    for (const { preset, seeds, against } of entries) {
      const done: { seed: number; summary: TrainSummary }[] = [];
      for (const seed of wanted ?? seeds) {
        if (!`${preset}, seed ${seed}`.includes(only)) continue;
        say(`${preset}, seed ${seed}`);
        // the weights have the same bits whatever the number of threads
        const summary = await train({ preset, seed, threads: maxOf(threads), epochs });
        done.push({ seed, summary });
        cases.push(cutShort(seedCase({ preset, seed }, summary), epochs));
      }
      if (done.length > 1) cases.push(cutShort(meanCase(preset, done, peers ? against : undefined), epochs));
    }
    return cases;
  },
};
