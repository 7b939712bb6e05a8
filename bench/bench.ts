/** What a benchmark is: a claim, the cases that show it, and options of all benchmarks. */

import type { Machine } from './support/machine.ts';
import type { Spread } from './support/statistics.ts';
import type { StudyAddress } from './support/study.ts';

/** Options of every benchmark. */
export interface BenchOptions {
  /** Rounds; in each, every contestant runs once. Left out: the benchmark's own number. */
  readonly rounds: number | undefined;
  /** Numbers of threads to measure. */
  readonly threads: readonly number[];
  /** Engines of ours to measure side by side; empty = the fastest. */
  readonly engines: readonly string[];
  /** Measure the peers too. */
  readonly peers: boolean;
  /** Measure PyTorch as it is installed, even where its MKL leaves AVX-512 unused. */
  readonly asInstalled: boolean;
  /** Seeds to train with, epochs at most; left out: the benchmark's own. For benchmarks that judge what is learnt. */
  readonly seeds: readonly number[] | undefined;
  readonly epochs: number | undefined;
  /** Folds to test, from 0, and the file where trainings are kept; left out: the benchmark's own. For accuracy. */
  readonly folds: readonly number[] | undefined;
  readonly results: string | undefined;
  /** After which no training begins; left out: never. For accuracy. */
  readonly minutes: number | undefined;
  /** A study to measure instead of the one that is kept. For the benchmark of searches. */
  readonly study: StudyAddress | undefined;
  /** Keep what was measured. */
  readonly keep: boolean;
  /** Only cases whose name contains this; '' = all. */
  readonly only: string;
  /** Says what is going on, on standard error. */
  readonly say: (message: string) => void;
}

/** One measured case. The first six keys are the contract of `--json`. */
export interface BenchCase {
  readonly case: string;
  readonly threads: number;
  /** Which engine of ours, where several were measured. */
  readonly engine?: string;
  /** Median over the rounds, ms; null where we have nothing to time. */
  readonly ours_ms: number | null;
  /** Name and version of the peer, with the variant that was fastest; null without one. */
  readonly peer: string | null;
  readonly peer_ms: number | null;
  /** ours_ms / peer_ms: below 1, we are faster. */
  readonly ratio: number | null;
  /** Median of ours/theirs over the rounds, pair by pair: what drifts slowly cancels. */
  readonly ratio_pairwise?: number;
  readonly rounds?: number;
  readonly ours_spread?: Spread;
  readonly peer_spread?: Spread;
  /** Median ms of each way in which the peer can do the work. */
  readonly peer_variants?: Readonly<Record<string, number>>;
  /** Largest ratio that this project asks of itself. */
  readonly bar?: number;
  /** Arithmetic of matrix products in one step, 10⁹ operations, and its rate. */
  readonly gflop?: number;
  readonly ours_gflops?: number;
  readonly peer_gflops?: number;
  /** What so many threads can do at most, 10⁹ operations a second, and the rates as a proportion of that. */
  readonly peak_gflops?: number;
  readonly ours_proportion_of_peak?: number;
  readonly peer_proportion_of_peak?: number;
  /** Documents a second. */
  readonly ours_per_second?: number;
  readonly peer_per_second?: number;
  /** Resident memory after each epoch, MiB, its growth (last against first third) and slope. */
  readonly rss_mib?: readonly number[];
  readonly growth?: number;
  /** The most resident memory that the process held, MiB. */
  readonly peak_rss_mib?: number;
  readonly slope_mib_per_epoch?: number;
  /** Seeds of the trainings behind the figures below, each of which is a mean where there are several. */
  readonly seeds?: readonly number[];
  readonly epochs?: number;
  readonly best_epoch?: number;
  readonly val_accuracy?: number;
  readonly test_accuracy?: number;
  /** Bootstrap interval over the test documents. */
  readonly test_accuracy_ci95?: readonly [number, number];
  /** Standard deviation over the seeds. */
  readonly test_accuracy_sd?: number;
  readonly test_macro_f1?: number;
  /** Folds of a cross-validation behind the figures. */
  readonly folds?: readonly number[];
  /** Expected calibration error, 15 bins of equal mass, over all folds; and after a temperature from the other folds. */
  readonly ece?: number;
  readonly ece_scaled?: number;
  /** Of the documents of unseen folds that a promise of precision 0.99 labels: how many are right, and their proportion. */
  readonly precision_at_promise?: number;
  readonly coverage_at_promise?: number;
  /** Time of a whole training. */
  readonly seconds?: number;
  /** Test accuracies of the peer, one a seed, their mean and standard deviation. */
  readonly peer_test_accuracies?: readonly number[];
  readonly peer_test_accuracy?: number;
  readonly peer_test_accuracy_sd?: number;
  /** Lowest mean test accuracy that this project asks of itself. */
  readonly least_test_accuracy?: number;
  /** Trials of searches that the case stands for, and their steps; with `epochs`, the epochs of all of them. */
  readonly trials?: number;
  readonly steps?: number;
  readonly trials_per_hour?: number;
  /** Trials an hour as a multiple of those of one worker: of the medians, and the median of the rounds. */
  readonly gain?: number;
  readonly gain_pairwise?: number;
  /** The same for a loop of arithmetic on as many threads: what the machine gives. */
  readonly peak_gain?: number;
  /** Least gain that this project asks of itself. */
  readonly least_gain?: number;
  /** What the reader must know, such as why there is no peer. */
  readonly note?: string;
}

/** A benchmark: one file, one claim. */
export interface Bench {
  /** As on the command line. */
  readonly name: string;
  /** What it shows, one sentence. */
  readonly claim: string;
  /** How the numbers are taken, for the page; a sentence or two. */
  readonly method: string;
  /** Why it cannot run on this machine; false where it can. */
  skip?(): string | false;
  run(options: BenchOptions): Promise<BenchCase[]>;
}

/** What `--json` prints and `bench/results/KIND/` keeps. */
export interface BenchResult {
  readonly name: string;
  readonly machine: Machine;
  readonly cases: readonly BenchCase[];
  /** Why nothing was measured; there are no cases then. */
  readonly skipped?: string;
}
