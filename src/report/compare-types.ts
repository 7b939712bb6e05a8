/** What a comparison of runs holds. */
import type { Interval, MetricName } from '../evaluate/index.ts';
import type { PairedComparison, Verdict } from '../evaluate/paired.ts';
import type { SeedComparison } from '../evaluate/paired-seeds.ts';
import type { Difference } from './compare-settings.ts';

/** Keys of the test metrics. */
export type OnTest = `test_${MetricName}`;

/** A run's column of the table, with the headline metrics. Null where its folder lacks a value. */
export interface ComparedRun
  extends
    Readonly<Partial<Record<OnTest, number | null>>>,
    Readonly<Partial<Record<`${OnTest}_interval`, Interval | null>>> {
  /** Short name, unique in the comparison. */
  readonly name: string;
  /** Name of its setting: runs that differ only in the seed have the same one. */
  readonly setting: string;
  /** Its folder. */
  readonly path: string;
  /** Cell, layers and sizes in words. */
  readonly sequence_modelling: string | null;
  /** `both directions` or `forward`. */
  readonly direction: string | null;
  /** Pooling: how the states become one vector. */
  readonly pooling: string | null;
  /** What limits overfitting. */
  readonly regularisation: string | null;
  /** Optimiser, learning rate, batch size. */
  readonly optimisation: string | null;
  /** Learning-rate schedule with its options. */
  readonly schedule: string | null;
  /** Of the weights that were kept, on the validation documents, in [0, 1]. */
  readonly val_accuracy: number | null;
  /** Wilson's interval of it. */
  readonly val_accuracy_interval: Interval | null;
  /** Documents of the test part. */
  readonly test_documents: number | null;
  /** Confidence level of this run's intervals. */
  readonly confidence: number | null;
  /** In [0, 1]. */
  readonly test_accuracy: number | null;
  /** Bootstrap interval of it. */
  readonly test_accuracy_interval: Interval | null;
  /** In [0, 1]. */
  readonly test_macro_f1: number | null;
  /** Bootstrap interval of it. */
  readonly test_macro_f1_interval: Interval | null;
  /** The three most frequent confusions in words. */
  readonly error_patterns: string | null;
  /** Trained parameters. */
  readonly parameters: number | null;
  /** Of training. */
  readonly seconds: number | null;
  /** Epochs trained. */
  readonly epochs: number | null;
  /** The epoch whose weights were kept, from 1. */
  readonly best_epoch: number | null;
  /** Optimiser steps. */
  readonly steps: number | null;
  /** Seed of all random choices. */
  readonly seed: number | null;
  /** The linear classifier that it was measured against on its test documents. */
  readonly baseline: ComparedToBaseline | null;
}

/** A run beside its linear baseline. */
export interface ComparedToBaseline {
  /** Of the baseline, in [0, 1]. */
  readonly accuracy: number;
  /** Bootstrap interval of it. */
  readonly accuracy_interval: Interval | null;
  /** Of the network against the baseline, by McNemar's test. */
  readonly verdict: Verdict;
}

/** A value over the seeds of a setting. */
export interface Spread {
  /** Mean of the runs that have the value. */
  readonly mean: number;
  /** Standard deviation, with n − 1; null for one run. */
  readonly sd: number | null;
  /** The lowest run. */
  readonly low: number;
  /** The highest. */
  readonly high: number;
  /** How many runs have the value. */
  readonly runs: number;
}

/** A setting: one run, or several that differ only in the seed. */
export interface ComparedSetting {
  /** Unique in the comparison; for a single run, its name. */
  readonly name: string;
  /** Names of its runs. */
  readonly runs: readonly string[];
  /** The seed of each run. */
  readonly seeds: readonly (number | null)[];
  /** Headline metrics on the test documents; null where no run was evaluated. */
  readonly metrics: Readonly<Partial<Record<MetricName, Spread>>>;
  /** Interval of the test accuracy: of the run or, for several seeds with the same test documents, of their mean. */
  readonly test_accuracy_interval: Interval | null;
  /** On the validation documents. */
  readonly val_accuracy: Spread | null;
  /** Trained parameters. */
  readonly parameters: number | null;
  /** Of training, mean over the seeds. */
  readonly seconds: number | null;
}

/** The linear baselines of the runs: one, or several where the runs have different training documents. */
export interface ComparedBaseline extends Pick<
  ComparedSetting,
  'metrics' | 'test_accuracy_interval' | 'parameters' | 'seconds'
> {
  /** How many different ones. */
  readonly fits: number;
  /** Bootstrap interval of macro F1; null where there are several. */
  readonly test_macro_f1_interval: Interval | null;
}

interface Pair {
  /** Name of setting A. */
  readonly a: string;
  /** Name of setting B. */
  readonly b: string;
  /** Test documents that the test is on. */
  readonly shared_documents: number;
  /** p after Holm's correction over all pairs. */
  readonly p_corrected: number;
  /** Of A against B. */
  readonly verdict: Verdict;
  /** The verdict with its numbers; where it disagrees with the interval, why. */
  readonly sentence: string;
}

/** Two settings of one run each. */
export interface PairedRuns extends Pair {
  /** Discriminator of the pairs. */
  readonly test: 'runs';
  /** McNemar's test and the paired bootstrap on the shared documents. */
  readonly comparison: PairedComparison;
}

/** Two settings of which one has several seeds at least. */
export interface PairedSettings extends Pair {
  /** Discriminator of the pairs. */
  readonly test: 'seeds';
  /** The means over the seeds, with a t-test. */
  readonly comparison: SeedComparison;
}

/** Runs compared. */
export interface Comparison {
  /** In the order in which they were given. */
  readonly runs: readonly ComparedRun[];
  /** In the order of their first run. */
  readonly settings: readonly ComparedSetting[];
  /** The linear classifier that runs were measured against on their test documents; null where none was, or a run is that classifier. */
  readonly baseline: ComparedBaseline | null;
  /** Keys of the configuration that differ between settings, with the value of each. */
  readonly differences: readonly Difference[];
  /** The setting with the highest mean test accuracy. */
  readonly best: string | null;
  /** Every pair of settings that could be tested, those with the best setting first; A is the more accurate one. */
  readonly pairs: readonly (PairedRuns | PairedSettings)[];
  /** The conclusion, in one or a few sentences. */
  readonly verdict: readonly string[];
  /** Caveats, a sentence each. */
  readonly warnings: readonly string[];
}
