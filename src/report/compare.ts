/**
 * Runs side by side, from their folders alone: grouped by setting (what differs only in the seed), and tested against each
 * other on the test documents they share.
 */
import { fittedAtOnce } from '../models/family.ts';
import { headlineMetrics, intervalOf, type Interval } from '../evaluate/index.ts';
import { holm, verdictOf } from '../evaluate/paired.ts';
import { meanOverSeeds } from '../evaluate/paired-seeds.ts';
import { listing } from '../figures/chart/format.ts';
import { baselineVerdict, besideBaseline, comparedBaseline } from './baseline.ts';
import { rightOn, sharedRows, type TestedPair, testPair } from './compare-pairs.ts';
import { pairSentence, verdictSentences } from './compare-sentences.ts';
import { differencesOf, type Setting, settingsOf } from './compare-settings.ts';
import type {
  ComparedRun,
  ComparedSetting,
  Comparison,
  OnTest,
  PairedRuns,
  PairedSettings,
} from './compare-types.ts';
import {
  bestEpoch,
  direction,
  errorPatterns,
  optimisation,
  parameterCount,
  regularisation,
  scheduleOf,
  pooling,
  sequenceModelling,
  trainingSeconds,
  validation,
} from './describe.ts';
import type { RunFacts } from './run-facts.ts';
import { spreadOf } from './spread.ts';

export type * from './compare-types.ts';

/** How runs are compared. */
export interface CompareOptions {
  /** Resamples of the paired bootstrap. Default 2000. */
  readonly bootstrap_samples?: number;
  /** Confidence of the intervals; verdicts need p below 1 less this. Default 0.95. */
  readonly confidence?: number;
  /** Of the resamples. Default 0. */
  readonly seed?: number;
}

/** Compares runs: their settings, and every two of these against each other. */
export function compareRuns(facts: readonly RunFacts[], options: CompareOptions = {}): Comparison {
  const { bootstrap_samples = 2000, confidence = 0.95, seed = 0 } = options;
  const groups = settingsOf(facts);
  const nameOf = (one: RunFacts) => groups.find(({ runs }) => runs.includes(one))?.name ?? one.name;
  const runs = facts.map((one) => comparedRun(one, nameOf(one)));
  const settings = groups.map((group) =>
    comparedSetting(
      group,
      runs.filter(({ setting }) => setting === group.name),
      confidence,
    ),
  );
  const score = (i: number) => [
    settings[i].metrics.accuracy?.mean ?? -1,
    settings[i].metrics.macro_f1?.mean ?? -1,
  ];
  const order = groups.map((_, i) => i);
  order.sort((i, j) => score(j)[0] - score(i)[0] || score(j)[1] - score(i)[1]);
  const ranked = order.map((i) => groups[i]);
  const apart = differentData(facts);
  const best =
    apart === undefined ? order.find((i) => settings[i].metrics.accuracy !== undefined) : undefined;
  const warnings = [...facts.flatMap(warningsOf), ...leakage(facts)];
  const tested = ranked.flatMap((a, i) =>
    ranked.slice(i + 1).flatMap((b) => {
      const found = testPair(a, b, { bootstrap_samples, confidence, seed });
      if (typeof found === 'string') {
        warnings.push(found);
        return [];
      }
      if (found.warning !== undefined) warnings.push(found.warning);
      return [{ a, b, ...found }];
    }),
  );
  const pairs = correctedPairs(tested, confidence);
  const bestName = best === undefined ? null : groups[best].name;
  return {
    runs,
    settings,
    baseline: apart === undefined ? comparedBaseline(facts) : null,
    differences: differencesOf(groups),
    best: bestName,
    pairs,
    verdict:
      apart === undefined
        ? [...verdictSentences(pairs, settings, bestName), ...baselineVerdict(groups, bestName)]
        : [`${apart}${pairs.length > 0 ? '; the tests are of those with the same data' : ''}.`],
    warnings: [...new Set(warnings)],
  };
}

/** A sentence where runs were trained on different data, so that the best of them is not the best; else undefined. */
export function differentData(facts: readonly RunFacts[]): string | undefined {
  const data = facts.flatMap(({ description }) => description?.data ?? []);
  if (new Set(data.map(({ hash }) => hash)).size < 2) return undefined;
  const names = [...new Set(data.map(({ name }) => name))];
  const which = names.length > 1 ? listing(names) : `${names[0]}, with other texts or labels`;
  return `the runs were trained on different data (${which}): their results do not compare`;
}

type Tested = TestedPair & { readonly a: Setting; readonly b: Setting };

/** The verdicts, each by its p after the correction for the number of pairs. */
function correctedPairs(tested: readonly Tested[], confidence: number): (PairedRuns | PairedSettings)[] {
  const corrected = holm(tested.map(({ comparison, seeds }) => comparison?.mcnemar.p ?? seeds?.p ?? 1));
  return tested.flatMap(
    ({ a, b, comparison, seeds, shared_documents }, i): (PairedRuns | PairedSettings)[] => {
      const named = { a: a.name, b: b.name, shared_documents, p_corrected: corrected[i] };
      const alpha = 1 - confidence;
      const tests = tested.length;
      if (comparison) {
        const verdict = verdictOf({ ...comparison.mcnemar, p: corrected[i] }, alpha);
        const pair = { ...named, test: 'runs', comparison, verdict } as const;
        return [{ ...pair, sentence: pairSentence(pair, tests) }];
      }
      if (!seeds) return [];
      const apart = corrected[i] < alpha;
      const verdict = !apart ? 'not distinguishable' : seeds.difference > 0 ? 'better' : 'worse';
      const pair = { ...named, test: 'seeds', comparison: seeds, verdict } as const;
      return [{ ...pair, sentence: pairSentence(pair, tests, [a.runs.length, b.runs.length]) }];
    },
  );
}

function comparedSetting(
  { name, runs }: Setting,
  compared: readonly ComparedRun[],
  confidence: number,
): ComparedSetting {
  const metrics = headlineMetrics.flatMap(({ type }) => {
    const found = spreadOf(compared.map((run) => run[`test_${type}`] ?? null));
    return found ? [[type, found] as const] : [];
  });
  return {
    name,
    runs: runs.map((run) => run.name),
    seeds: compared.map(({ seed }) => seed),
    metrics: Object.fromEntries(metrics),
    test_accuracy_interval:
      compared.length === 1 ? compared[0].test_accuracy_interval : intervalOverSeeds(runs, confidence),
    val_accuracy: spreadOf(compared.map((run) => run.val_accuracy)) ?? null,
    parameters: compared.find(({ parameters }) => parameters !== null)?.parameters ?? null,
    seconds: spreadOf(compared.map((run) => run.seconds))?.mean ?? null,
  };
}

/** Null where the runs were tested on different documents. */
function intervalOverSeeds(runs: readonly RunFacts[], confidence: number): Interval | null {
  if (runs.some(({ predictions }) => predictions === undefined)) return null;
  const rows = sharedRows(runs);
  if (rows.length < 2 || runs.some(({ predictions }) => predictions?.length !== rows.length)) return null;
  return meanOverSeeds(
    runs.map((run) => rightOn(run, rows)),
    confidence,
  );
}

function comparedRun(facts: RunFacts, setting: string): ComparedRun {
  const { config, sources, description, name, run, summary } = facts;
  const { evaluation, history } = sources;
  const val = validation(facts);
  const atOnce = config !== undefined && fittedAtOnce(config.model);
  const tested = headlineMetrics.flatMap(({ type }) => [
    [`test_${type}`, evaluation?.[type] ?? null],
    [`test_${type}_interval`, (evaluation && intervalOf(evaluation, type, evaluation.confidence)) ?? null],
  ]);
  return {
    name,
    setting,
    path: run.path,
    sequence_modelling: config ? sequenceModelling(config) : null,
    direction: config ? direction(config) : null,
    pooling: config ? pooling(config) : null,
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
    epochs: atOnce ? null : (history?.epochs.at(-1)?.epoch ?? summary?.epochs ?? null),
    best_epoch: atOnce ? null : (bestEpoch(facts)?.epoch ?? summary?.best_epoch ?? null),
    steps: history?.epochs.at(-1)?.step ?? null,
    seed: description?.seed ?? null,
    baseline: besideBaseline(facts),
  };
}

function warningsOf({ name, description, predictions, sources }: RunFacts): string[] {
  const said: string[] = [];
  if (description && description.status !== 'finished') {
    said.push(`${name} is not finished (${description.status}): its results are those so far.`);
  }
  if (sources.evaluation === undefined) said.push(`${name} has no test results.`);
  if (predictions === undefined) said.push(`${name} has no predictions.csv and is left out of the tests.`);
  return said;
}

function leakage(facts: readonly RunFacts[]): string[] {
  const names = facts.filter(({ config }) => config?.data.allow_leakage === true).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `${listing(names)} ${names.length === 1 ? 'was' : 'were'} split with data.allow_leakage: training may have seen copies of test documents, and test metrics become optimistic.`,
  ];
}
