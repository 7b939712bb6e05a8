/** Runs side by side, from their folders alone: the workshop's table, and paired tests on the test documents they share. */
import { createRng } from '../core/rng.ts';
import { comparePaired, holm, type PairedComparison, type Verdict, verdictOf } from '../evaluate/paired.ts';
import { headlineMetrics, intervalOf, type Interval, type MetricName } from '../evaluate/index.ts';
import { formatCount, formatNumber, formatPercent, listing, plural } from '../figures/chart/format.ts';
import { poolingName } from '../nn/pooling/index.ts';
import type { Block, Table } from './content.ts';
import {
  bestEpoch,
  direction,
  errorPatterns,
  formatDuration,
  formatP,
  metricWithInterval,
  optimisation,
  parameterCount,
  points,
  regularisation,
  scheduleOf,
  sequenceModelling,
  shareWithInterval,
  trainingSeconds,
  validation,
} from './describe.ts';
import type { Prediction, RunFacts } from './run-facts.ts';

type OnTest = `test_${MetricName}`;

/** A run's column of the table. Null where its folder does not tell. Of the metrics it has the headlines. */
export interface ComparedRun
  extends
    Readonly<Partial<Record<OnTest, number | null>>>,
    Readonly<Partial<Record<`${OnTest}_interval`, Interval | null>>> {
  /** Short name, unlike any other here. */
  readonly name: string;
  /** Its folder. */
  readonly path: string;
  /** Cell, layers and sizes in words. */
  readonly sequence_modelling: string | null;
  /** `both directions` or `forward`. */
  readonly direction: string | null;
  /** How the states become one vector. */
  readonly pooling: string | null;
  /** All that holds the network back from learning by heart. */
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
  /** Of this run's intervals. */
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
  /** Of all random choices. */
  readonly seed: number | null;
}

/** Two runs on the test documents that both have. */
export interface PairedRuns {
  /** Name of run A. */
  readonly a: string;
  /** Name of run B. */
  readonly b: string;
  /** Test documents that both have: those that the tests are on. */
  readonly shared_documents: number;
  /** Test documents of each. */
  readonly test_documents: { readonly a: number; readonly b: number };
  /** McNemar's test and the paired bootstrap on the shared documents. */
  readonly comparison: PairedComparison;
  /** McNemar's p after Holm's correction over all pairs. */
  readonly p_corrected: number;
  /** Of A against B. */
  readonly verdict: Verdict;
  /** The verdict with its numbers. */
  readonly sentence: string;
}

/** Runs compared. */
export interface Comparison {
  /** In the order in which they were given. */
  readonly runs: readonly ComparedRun[];
  /** The one with the highest test accuracy. */
  readonly best: string | null;
  /** Every pair that shares test documents, those with the best first; the best is A. */
  readonly pairs: readonly PairedRuns[];
  /** What it comes to, in a sentence or a few. */
  readonly verdict: readonly string[];
  /** What weakens the comparison, a sentence each. */
  readonly warnings: readonly string[];
}

/** How runs are compared. */
export interface CompareOptions {
  /** Resamples of the paired bootstrap. Default 2000. */
  readonly bootstrap_samples?: number;
  /** Confidence of the intervals; verdicts need p below 1 less this. Default 0.95. */
  readonly confidence?: number;
  /** Of the resamples. Default 0. */
  readonly seed?: number;
}

/** Compares two runs or more. */
export function compareRuns(facts: readonly RunFacts[], options: CompareOptions = {}): Comparison {
  const { confidence = 0.95 } = options;
  const runs = facts.map(comparedRun);
  const ranked = facts
    .map((one, i) => ({ one, accuracy: runs[i].test_accuracy ?? -1, macro: runs[i].test_macro_f1 ?? -1 }))
    .sort((a, b) => b.accuracy - a.accuracy || b.macro - a.macro)
    .map(({ one }) => one);
  const best = ranked.find((one) => one.sources.evaluation !== undefined)?.name ?? null;
  const warnings = [...facts.flatMap(warningsOf), ...leakage(facts)];
  const tested = ranked.flatMap((a, i) =>
    ranked.slice(i + 1).flatMap((b) => {
      const shared = sharedTest(a, b);
      if (typeof shared === 'string') {
        warnings.push(shared);
        return [];
      }
      if (shared.warning !== undefined) warnings.push(shared.warning);
      return [{ a, b, shared, comparison: compareShared(a, b, shared.rows, options) }];
    }),
  );
  const corrected = holm(tested.map(({ comparison }) => comparison.mcnemar.p));
  const pairs = tested.map(({ a, b, shared, comparison }, i) => {
    const named = { a: a.name, b: b.name, comparison, p_corrected: corrected[i] };
    const verdict = verdictOf({ ...comparison.mcnemar, p: corrected[i] }, 1 - confidence);
    return {
      ...named,
      shared_documents: shared.rows.length,
      test_documents: { a: a.predictions?.length ?? 0, b: b.predictions?.length ?? 0 },
      verdict,
      sentence: pairSentence(named, verdict, tested.length),
    };
  });
  return { runs, best, pairs, verdict: verdictSentences(pairs, best), warnings: [...new Set(warnings)] };
}

function comparedRun(facts: RunFacts): ComparedRun {
  const { config, sources, description, name, run, summary } = facts;
  const { evaluation, history } = sources;
  const val = validation(facts);
  const tested = headlineMetrics.flatMap(({ type }) => [
    [`test_${type}`, evaluation?.[type] ?? null],
    [`test_${type}_interval`, (evaluation && intervalOf(evaluation, type, evaluation.confidence)) ?? null],
  ]);
  return {
    name,
    path: run.path,
    sequence_modelling: config ? sequenceModelling(config, sources.model) : null,
    direction: config ? direction(config) : null,
    pooling: config ? config.model.pooling.map(poolingName).join(' + ') : null,
    regularisation: config ? regularisation(config) : null,
    optimisation: config ? optimisation(config) : null,
    schedule: config ? scheduleOf(config) : null,
    val_accuracy: val?.accuracy ?? null,
    val_accuracy_interval: val?.interval ?? null,
    test_documents: evaluation?.documents ?? null,
    confidence: evaluation?.confidence ?? config?.evaluate.confidence ?? null,
    ...(Object.fromEntries(tested) as Pick<ComparedRun, OnTest | `${OnTest}_interval`>),
    error_patterns: evaluation ? errorPatterns(evaluation) : null,
    parameters: parameterCount(facts),
    seconds: trainingSeconds(facts),
    epochs: history?.epochs.at(-1)?.epoch ?? summary?.epochs ?? null,
    best_epoch: bestEpoch(facts)?.epoch ?? summary?.best_epoch ?? null,
    steps: history?.epochs.at(-1)?.step ?? null,
    seed: description?.seed ?? null,
  };
}

function warningsOf({ name, description, predictions, sources }: RunFacts): string[] {
  const said: string[] = [];
  if (description && description.status !== 'finished') {
    said.push(`${name} is not finished (${description.status}): its figures are those so far.`);
  }
  if (sources.evaluation === undefined) said.push(`${name} has no test results.`);
  if (predictions === undefined)
    said.push(`${name} has no predictions.csv, so that it is left out of the tests.`);
  return said;
}

function leakage(facts: readonly RunFacts[]): string[] {
  const names = facts.filter(({ config }) => config?.data.allow_leakage === true).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `${listing(names)} ${names.length === 1 ? 'was' : 'were'} split with data.allow_leakage: test documents may have copies in training, and then the test figures are too good.`,
  ];
}

interface Shared {
  /** Record numbers of documents that are in both test parts. */
  readonly rows: readonly number[];
  readonly warning?: string;
}

/** The test documents that both have, or why there are none. */
function sharedTest(a: RunFacts, b: RunFacts): Shared | string {
  const [one, other] = [a.predictions, b.predictions];
  const pair = `${a.name} and ${b.name}`;
  if (!one || !other) return `${pair} cannot be tested against each other: predictions are missing.`;
  const hashes = [a.description?.data.hash, b.description?.data.hash];
  if (hashes[0] === undefined || hashes[0] !== hashes[1]) {
    return `${pair} cannot be tested against each other: they are not of the same data (texts or labels differ).`;
  }
  const labels = new Map(other.map(({ row, label }) => [row, label]));
  const rows = one.filter(({ row, label }) => labels.get(row) === label).map(({ row }) => row);
  if (rows.length === 0) {
    return `${pair} cannot be tested against each other: they share no test document. Train both with the same data.seed, or data.split_ids.`;
  }
  if (rows.length === one.length && rows.length === other.length) return { rows };
  return {
    rows,
    warning:
      `${pair} have different test parts: ${rows.length === 1 ? 'one document is' : `${formatCount(rows.length)} documents are`} in both ` +
      `(of ${formatCount(one.length)} and ${formatCount(other.length)}), and the tests use these alone.`,
  };
}

function compareShared(
  a: RunFacts,
  b: RunFacts,
  rows: readonly number[],
  { bootstrap_samples = 2000, confidence = 0.95, seed = 0 }: CompareOptions,
): PairedComparison {
  const byRow = (facts: RunFacts) => new Map((facts.predictions ?? []).map((one) => [one.row, one]));
  const [ofA, ofB] = [byRow(a), byRow(b)];
  const both = rows.flatMap((row) => {
    const [one, other] = [ofA.get(row), ofB.get(row)];
    return one && other ? [[one, other] as const] : [];
  });
  const names = new Map<string, number>();
  const id = (name: string) => {
    const known = names.get(name) ?? names.size;
    names.set(name, known);
    return known;
  };
  const column = (pick: (pair: readonly [Prediction, Prediction]) => string) =>
    Int32Array.from(both, (pair) => id(pick(pair)));
  const labels = column(([one]) => one.label);
  const predicted = { a: column(([one]) => one.predicted), b: column(([, other]) => other.predicted) };
  const rng = createRng(seed).fork('compare', a.name, b.name);
  return comparePaired({ labels, ...predicted, classes: names.size }, { bootstrap_samples, confidence, rng });
}

type Named = Pick<PairedRuns, 'a' | 'b' | 'comparison' | 'p_corrected'>;

/** A verdict with the numbers it stands on. */
function pairSentence({ a, b, comparison, p_corrected }: Named, verdict: Verdict, tests: number): string {
  const { accuracy, mcnemar, documents, confidence } = comparison;
  const { interval, difference } = accuracy;
  const level = `${formatNumber(100 * confidence)} %`;
  const range = interval ? `, ${level} interval ${points(interval[0])} to ${points(interval[1])}` : '';
  const correction = tests > 1 ? ` after Holm's correction for ${tests} tests` : '';
  const numbers =
    `accuracy ${formatPercent(accuracy.a)} against ${formatPercent(accuracy.b)} on ${plural(documents, 'shared test document')} ` +
    `(difference ${points(difference)} points${range}); ${a} alone was right on ${formatCount(mcnemar.only_a)} of them, ` +
    `${b} alone on ${formatCount(mcnemar.only_b)} (McNemar, ${formatP(p_corrected)}${correction})`;
  switch (verdict) {
    case 'better':
    case 'worse':
      return `${a} is ${verdict} than ${b}: ${numbers}.`;
    case 'not distinguishable':
      return `${a} and ${b} are not distinguishable: ${numbers}.`;
    default:
      return verdict satisfies never;
  }
}

function verdictSentences(pairs: readonly PairedRuns[], best: string | null): string[] {
  const withBest = pairs.filter(({ a, b }) => a === best || b === best);
  const said = withBest.map(({ sentence }) => sentence);
  if (withBest.length > 1 && best !== null) {
    const other = ({ a, b }: PairedRuns) => (a === best ? b : a);
    const apart = withBest.filter(({ verdict }) => verdict !== 'not distinguishable').map(other);
    const alike = withBest.filter(({ verdict }) => verdict === 'not distinguishable').map(other);
    const first = apart.length > 0 ? ` It is better than ${listing(apart)}.` : '';
    const second = alike.length > 0 ? ` It is not distinguishable from ${listing(alike)}.` : '';
    said.unshift(`${best} has the highest test accuracy.${first}${second}`);
  }
  if (said.length > 0) {
    said.push(
      'The tests are of these trained models on documents like these; another seed or another split moves the figures too.',
    );
  }
  return said;
}

const EMPTY = '–';

/** The table of the workshop: a row for each trait, a column for each run. */
export function comparisonTable({ runs, best }: Pick<Comparison, 'runs' | 'best'>): Table {
  const row = (name: string, cell: (run: ComparedRun) => string | null) => [
    name,
    ...runs.map((run) => cell(run) ?? EMPTY),
  ];
  const share = (value: number | null, interval: Interval | null) =>
    value === null ? null : shareWithInterval(value, interval ?? undefined);
  const counted = (value: number | null) => (value === null ? null : formatCount(value));
  const levels = new Set(runs.map(({ confidence }) => confidence));
  const [level] = levels;
  const intervals = `${levels.size === 1 && level !== null ? `${formatNumber(100 * level)} % ` : ''}intervals in brackets`;
  const highest = best === null || runs.length < 2 ? '' : `; ${best} has the highest test accuracy`;
  return {
    kind: 'table',
    caption: `${runs.length === 1 ? 'Settings and figures of the run' : 'The runs side by side'}, ${intervals}${highest}.`,
    head: ['', ...runs.map(({ name }) => name)],
    words: true,
    rows: [
      row('Sequence modelling', (run) => run.sequence_modelling),
      row('Direction', (run) => run.direction),
      row('Pooling', (run) => run.pooling),
      row('Regularisation', (run) => run.regularisation),
      row('Optimisation', (run) => run.optimisation),
      row('Schedule', (run) => run.schedule),
      row('Validation accuracy', (run) => share(run.val_accuracy, run.val_accuracy_interval)),
      ...headlineMetrics.map((metric) =>
        row(`Test ${metric.title}`, (run) => {
          const value = run[`test_${metric.type}`] ?? null;
          if (value === null) return null;
          return metricWithInterval(metric, value, run[`test_${metric.type}_interval`] ?? undefined);
        }),
      ),
      row('Test documents', (run) => counted(run.test_documents)),
      row('Most frequent errors', (run) => run.error_patterns),
      row('Parameters', (run) => counted(run.parameters)),
      row('Training time', (run) => (run.seconds === null ? null : formatDuration(run.seconds))),
      row('Epochs (best)', ({ epochs, best_epoch }) =>
        epochs === null ? null : `${epochs}${best_epoch === null ? '' : ` (${best_epoch})`}`,
      ),
      row('Steps', (run) => counted(run.steps)),
      row('Seed', (run) => (run.seed === null ? null : String(run.seed))),
    ],
  };
}

/** The pairs as a table. */
export function pairsTable({ pairs }: Comparison): Table | undefined {
  if (pairs.length === 0) return undefined;
  const [{ comparison }] = pairs;
  const range = (interval: Interval | undefined) =>
    interval ? ` (${points(interval[0])} to ${points(interval[1])})` : '';
  return {
    kind: 'table',
    caption:
      `Paired tests: differences in percentage points with ${formatNumber(100 * comparison.confidence)} % intervals of the paired bootstrap ` +
      `(${formatCount(comparison.bootstrap_samples)} resamples), McNemar's test${pairs.length > 1 ? `, p after Holm's correction for ${pairs.length} tests` : ''}.`,
    head: ['Pair', 'Shared documents', 'Accuracy', 'Macro F1', 'Right alone', 'p', 'First is'],
    words: true,
    rows: pairs.map(({ a, b, shared_documents, comparison: { accuracy, macro_f1, mcnemar }, ...rest }) => [
      `${a} against ${b}`,
      formatCount(shared_documents),
      points(accuracy.difference) + range(accuracy.interval),
      points(macro_f1.difference) + range(macro_f1.interval),
      `${formatCount(mcnemar.only_a)} against ${formatCount(mcnemar.only_b)}`,
      formatP(rest.p_corrected).replace('p = ', '').replace('p ', ''),
      rest.verdict,
    ]),
  };
}

/** A comparison as blocks of a report. */
export function comparisonBlocks(comparison: Comparison): Block[] {
  const pairs = pairsTable(comparison);
  return [
    comparisonTable(comparison),
    ...comparison.verdict.map((text): Block => ({ kind: 'paragraph', text })),
    ...(pairs ? [pairs] : []),
    ...comparison.warnings.map((text): Block => ({ kind: 'note', text })),
  ];
}
