/** Two settings tested against each other on the test documents that all of their runs have. */
import { createRng } from '../core/rng.ts';
import { comparePaired, type PairedComparison } from '../evaluate/paired.ts';
import { compareSeeds, compareSplitSeeds, type SeedComparison } from '../evaluate/paired-seeds.ts';
import { formatCount } from '../figures/chart/format.ts';
import type { Setting } from './compare-settings.ts';
import type { Prediction, RunFacts } from './run-facts.ts';

/** How pairs are tested. */
export interface PairOptions {
  /** Resamples of the paired bootstrap. */
  readonly bootstrap_samples: number;
  /** Of the intervals. */
  readonly confidence: number;
  /** Of the resamples. */
  readonly seed: number;
}

/** A test of two settings. */
export interface TestedPair {
  /** Test documents that it is on. */
  readonly shared_documents: number;
  /** Where a setting has one run: McNemar's test and the paired bootstrap. */
  readonly comparison?: PairedComparison;
  /** Where one of the two has several: their means. */
  readonly seeds?: SeedComparison;
  /** Caveats. */
  readonly warning?: string;
}

/** Tests two settings; a sentence where they cannot be. */
export function testPair(a: Setting, b: Setting, options: PairOptions): TestedPair | string {
  const pair = `${a.name} and ${b.name}`;
  const refuse = (why: string) => `${pair} cannot be tested against each other: ${why}`;
  const runs = [...a.runs, ...b.runs];
  const lacking = runs.filter(({ predictions }) => predictions === undefined);
  if (lacking.length > 0) return refuse(`${lacking.map(({ name }) => name).join(', ')}: no predictions.csv.`);
  const hash = runs[0].description?.data.hash;
  if (hash === undefined || runs.some(({ description }) => description?.data.hash !== hash)) {
    return refuse('their data is not the same (texts or labels differ).');
  }
  const rows = sharedRows(runs);
  const sizes = runs.map(({ predictions = [] }) => predictions.length);
  if (a.runs.length === 1 && b.runs.length === 1) {
    if (rows.length === 0) return refuse(NONE_SHARED);
    return {
      shared_documents: rows.length,
      comparison: compareRunPair(a.runs[0], b.runs[0], rows, options),
      ...warned(pair, rows.length, sizes),
    };
  }
  const whole = sizes.every((size) => size === rows.length);
  const bySeed = whole ? [] : splitPairs(a, b);
  if (bySeed.length > 1) {
    const [{ a: first }] = bySeed;
    const testByTrain = mostTestByTrain(a);
    return {
      shared_documents: first.length,
      seeds: compareSplitSeeds(bySeed, testByTrain, options.confidence),
    };
  }
  if (rows.length < 2) return refuse(NONE_SHARED);
  const right = ({ runs: own }: Setting) => own.map((run) => rightOn(run, rows));
  return {
    shared_documents: rows.length,
    seeds: compareSeeds({ a: right(a), b: right(b) }, options.confidence),
    ...warned(pair, rows.length, sizes),
  };
}

const NONE_SHARED = 'they share no test document. Train both with the same data.seed, or data.split_ids.';

function warned(pair: string, shared: number, sizes: readonly number[]): { readonly warning?: string } {
  if (sizes.every((size) => size === shared)) return {};
  const of = [...new Set(sizes)].map(formatCount).join(' and ');
  const each = sizes.length === 2 ? sizes.map(formatCount).join(' and ') : of;
  return {
    warning: `${pair} have different test parts: ${shared === 1 ? 'one document is' : `${formatCount(shared)} documents are`} in all of them (of ${each}), and the tests use only these.`,
  };
}

/** Record numbers of documents that are in the test parts of all runs, with the same label. */
export function sharedRows(runs: readonly RunFacts[]): number[] {
  const [first, ...others] = runs.map(({ predictions = [] }) => predictions);
  const labels = others.map((list) => new Map(list.map(({ row, label }) => [row, label])));
  return first.filter(({ row, label }) => labels.every((of) => of.get(row) === label)).map(({ row }) => row);
}

/** `[rows]` 1 where the run classified the document right. */
export function rightOn({ predictions = [] }: RunFacts, rows: readonly number[]): Float64Array {
  const right = new Map(predictions.map(({ row, label, predicted }) => [row, label === predicted]));
  return Float64Array.from(rows, (row) => Number(right.get(row) ?? false));
}

/** The runs of two settings by seed, where both have the same test part for a seed. */
function splitPairs(a: Setting, b: Setting): { readonly a: Float64Array; readonly b: Float64Array }[] {
  return a.runs.flatMap((one) => {
    const other = b.runs.find(
      ({ config }) =>
        config !== undefined &&
        config.train.seed === one.config?.train.seed &&
        config.data.seed === one.config.data.seed,
    );
    const rows = other ? sharedRows([one, other]) : [];
    const same =
      rows.length > 1 &&
      rows.length === one.predictions?.length &&
      rows.length === other?.predictions?.length;
    return other && same ? [{ a: rightOn(one, rows), b: rightOn(other, rows) }] : [];
  });
}

function mostTestByTrain({ runs }: Setting): number {
  return runs.reduce((most, { splits }) => {
    if (!splits || splits.train.length === 0) return most;
    return Math.max(most, splits.test.length / splits.train.length);
  }, 0);
}

function compareRunPair(
  a: RunFacts,
  b: RunFacts,
  rows: readonly number[],
  { bootstrap_samples, confidence, seed }: PairOptions,
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
