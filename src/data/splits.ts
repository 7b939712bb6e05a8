import { DataError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import type { Group } from './assign.ts';
import { assignGroups, groupsOf } from './assign.ts';
import { apportion, apportionClasses } from './apportion.ts';
import type { Dataset } from './dataset.ts';
import { classCounts, count, groupDigits, listNames } from './dataset.ts';
import type { Duplicates } from './duplicates.ts';
import { findDuplicates } from './duplicates.ts';
import { ORIGINS } from './join-parts.ts';
import type { DataOptions } from './options.ts';
import { waysAround } from './rare-classes.ts';

/** The training, validation and test part: indices into the data set, ascending. */
export interface Splits {
  /** Indices into the data set of the training part, ascending. */
  readonly train: Int32Array<ArrayBuffer>;
  /** Indices of the validation part, ascending. */
  readonly val: Int32Array<ArrayBuffer>;
  /** Indices of the test part, ascending. */
  readonly test: Int32Array<ArrayBuffer>;
  /** Notices, one sentence each. */
  readonly notices: readonly string[];
  /** Copies that were found, and how they were split. */
  readonly duplicates: SplitDuplicates;
}

/** Copies in a data set, and whether a split separates them. */
export interface SplitDuplicates {
  /** Documents that repeat an earlier one to the character. */
  readonly exact: number;
  /** The same after case and punctuation are removed. */
  readonly normalised: number;
  /** The same or nearly (`data.near_duplicates`). */
  readonly near: number;
  /** Whether copies were kept on one side. */
  readonly grouped: boolean;
  /** Documents of `val` with a copy in `train`. */
  readonly leakedVal: number;
  /** Documents of `test` with a copy in `train` or `val`. */
  readonly leakedTest: number;
}

/** More classes than this mean that the wrong column was read. */
const MOST_CLASSES = 10_000;

/** The names of the parts, in order. */
export const partNames = ['train', 'val', 'test'] as const;

/** Row ids of each part: what `splits.json` of a run holds and `data.split_ids` takes. */
export interface SplitIds {
  /** Row ids of the training part. */
  readonly train: readonly number[];
  /** Row ids of the validation part. */
  readonly val: readonly number[];
  /** Row ids of the test part. */
  readonly test: readonly number[];
}

/** Options of {@link splitDataset}; those of the `data` section. */
export type SplitOptions = Partial<
  Pick<DataOptions, 'split' | 'allow_leakage' | 'near_duplicates'> & {
    fractions: readonly number[];
    seed: number | null;
  }
> & {
  /** Row ids that fix the parts; the fractions and the seed then do not count. */
  readonly ids?: SplitIds;
  /** The copies in the data set, if already known. */
  readonly duplicates?: Duplicates;
};

/**
 * Splits a data set into training, validation and test documents. Copies stay on one side unless `allow_leakage`;
 * the same seed gives the same parts on every machine.
 * @throws DataError where there is one class only, or a class with one document
 */
export function splitDataset(dataset: Dataset, options: SplitOptions = {}): Splits {
  const { allow_leakage = false, near_duplicates = 0.9, ids } = options;
  requireClasses(dataset);
  const duplicates = options.duplicates ?? findDuplicates(dataset.texts, { threshold: near_duplicates });
  const parts = ids ? partsFromIds(dataset, ids) : drawParts(dataset, duplicates, options);
  const [train, val, test] = [0, 1, 2].map((part) => indicesOf(parts, part));
  if (train.length === 0) {
    throw new DataError(
      `[data] training must have at least one document, but the split leaves none of the ${dataset.texts.length} for it. Raise the first of data.fractions.`,
    );
  }
  const leakedVal = leaked(duplicates.groupOf, val, [train]);
  const leakedTest = leaked(duplicates.groupOf, test, [train, val]);
  const grouped = !allow_leakage && !ids && !dataset.origins;
  const { exact, normalised, near } = duplicates;
  const counts = { exact, normalised, near, grouped, leakedVal, leakedTest };
  const left = dataset.texts.length - train.length - val.length - test.length;
  const notices = [
    ...(left > 0 ? [`${count(left, 'document')} in no part of data.split_ids`] : []),
    ...duplicateNotices(counts),
    ...emptyNotices(dataset, { val, test }, options),
    ...absenceNotices(dataset, { train, val, test }),
  ];
  return { train, val, test, notices, duplicates: counts };
}

/** The row ids of each part, for `splits.json`. */
export function splitIds(
  dataset: Pick<Dataset, 'rowIds'>,
  splits: Pick<Splits, 'train' | 'val' | 'test'>,
): SplitIds {
  const ids = (part: Int32Array) => Array.from(part, (i) => dataset.rowIds[i]);
  return { train: ids(splits.train), val: ids(splits.val), test: ids(splits.test) };
}

/** Checks the requirements of every training on its data. @throws DataError */
export function requireClasses(dataset: Dataset): void {
  requireContrast(dataset);
  const counts = classCounts(dataset);
  const lonely = dataset.labelNames.filter((_, label) => counts[label] === 1);
  if (lonely.length > 0) {
    const many = lonely.length > 1;
    throw new DataError(
      `[${dataset.source}] every class must have at least two documents, one to train on and one to test on, but ` +
        `${listNames(lonely)} ${many ? 'have' : 'has'} one${many ? ' each' : ''}` +
        `${lonely.length > counts.length / 2 ? ': is this the right label column (--label-col)? Otherwise add' : '. Add'} ` +
        `documents, ${waysAround(dataset, lonely.length, 2)}.`,
    );
  }
}

/** Checks that there are classes and texts to tell apart. @throws DataError */
export function requireContrast(dataset: Dataset): void {
  const counts = classCounts(dataset);
  if (counts.length < 2) {
    throw new DataError(
      `[${dataset.source}] a classifier must have at least two classes to tell apart, but ` +
        `${dataset.texts.length === 1 ? 'the only document has' : `all ${count(dataset.texts.length, 'document')} have`} the label ${listNames(dataset.labelNames)}. ` +
        'Check the label column (--label-col), or add documents of another class.',
    );
  }
  const [first] = dataset.texts;
  if (dataset.texts.length > 1 && dataset.texts.every((text) => text === first)) {
    throw new DataError(
      `[${dataset.source}] the texts must differ, but all ${groupDigits(dataset.texts.length)} are ${listNames([first])}. Check the text column (--text-col).`,
    );
  }
  if (counts.length > MOST_CLASSES) {
    throw new DataError(
      `[${dataset.source}] a classifier can have at most ${groupDigits(MOST_CLASSES)} classes, but the data has ` +
        `${groupDigits(counts.length)}. Is this the right label column (--label-col)?`,
    );
  }
}

/** Documents of `part` that have a copy in one of `others`. */
export function leaked(
  groupOf: ArrayLike<number>,
  part: ArrayLike<number>,
  others: readonly ArrayLike<number>[],
): number {
  const seen = new Set<number>();
  for (const other of others) for (let k = 0; k < other.length; k++) seen.add(groupOf[other[k]]);
  let documents = 0;
  for (let k = 0; k < part.length; k++) if (seen.has(groupOf[part[k]])) documents++;
  return documents;
}

/** The parts of documents that come from files of their own are given; the others are drawn. */
function drawParts(dataset: Dataset, duplicates: Duplicates, options: SplitOptions): Int32Array {
  const { origins } = dataset;
  if (!origins) return drawAll(dataset, duplicates, options);
  const own = indicesOf(origins, ORIGINS.data);
  const given = new Set<number>(origins);
  const asked = options.fractions ?? [0.8, 0.1, 0.1];
  const kept = asked.map((fraction, part) => (part > 0 && given.has(part) ? 0 : fraction));
  const total = kept.reduce((sum, fraction) => sum + fraction, 0);
  const rest: Dataset = {
    ...dataset,
    texts: Array.from(own, (i) => dataset.texts[i]),
    labels: own.map((i) => dataset.labels[i]),
    rowIds: own.map((i) => dataset.rowIds[i]),
    origins: undefined,
  };
  const fractions = kept.map((fraction) => fraction / total);
  const drawn = drawAll(
    rest,
    { ...duplicates, groupOf: own.map((i) => duplicates.groupOf[i]) },
    { ...options, fractions },
  );
  const parts = Int32Array.from(origins);
  for (const [k, i] of own.entries()) parts[i] = drawn[k];
  return parts;
}

function drawAll(dataset: Dataset, duplicates: Duplicates, options: SplitOptions): Int32Array {
  const { split = 'stratified', fractions = [0.8, 0.1, 0.1], allow_leakage = false, seed } = options;
  const size = dataset.texts.length;
  const stratified = split === 'stratified';
  const strata = stratified ? dataset.labels : new Int32Array(size);
  const targets = stratified
    ? apportionClasses(classCounts(dataset), fractions)
    : [apportion(size, fractions)];
  const groups: Group[] = allow_leakage
    ? Array.from({ length: size }, (_, i) => [i])
    : groupsOf(duplicates.groupOf);
  return assignGroups(groups, strata, targets, createRng(seed ?? 0).fork('split'));
}

function partsFromIds(dataset: Dataset, ids: SplitIds): Int32Array {
  const indexOf = new Map(Array.from(dataset.rowIds, (row, i) => [row, i]));
  const parts = new Int32Array(dataset.texts.length).fill(-1);
  partNames.forEach((name, part) => {
    for (const row of ids[name]) {
      const i = indexOf.get(row);
      if (i === undefined) {
        const last = dataset.rowIds.at(-1) ?? 0;
        throw new DataError(
          `[data.split_ids] ids must be row numbers of ${dataset.source} (0 to ${last}, without rows that were left out), ` +
            `but ${name} has ${row}. Is this the split of another file?`,
        );
      }
      if (parts[i] !== -1) {
        throw new DataError(
          `[data.split_ids] a row must be in one part, but row ${row} is in ${partNames[parts[i]]} and ${name}. Remove one.`,
        );
      }
      parts[i] = part;
    }
  });
  return parts;
}

function indicesOf(parts: ArrayLike<number>, part: number): Int32Array<ArrayBuffer> {
  const indices: number[] = [];
  for (let i = 0; i < parts.length; i++) if (parts[i] === part) indices.push(i);
  return Int32Array.from(indices);
}

function duplicateNotices({
  exact,
  normalised,
  near,
  grouped,
  leakedVal,
  leakedTest,
}: SplitDuplicates): string[] {
  if (near === 0) return [];
  const found =
    `${count(near, 'document')} ${near === 1 ? 'repeats' : 'repeat'} another ` +
    `(${exact} exact, ${normalised - exact} but for case and punctuation, ${near - normalised} nearly)`;
  if (grouped && leakedVal + leakedTest === 0) {
    return [`${found}: copies are kept in the same part; --allow-leakage ignores copies when splitting`];
  }
  if (leakedVal + leakedTest === 0) return [`${found}: none of them is in two parts of this split`];
  return [
    `${found}: ${leakedVal} of the validation and ${leakedTest} of the test documents have a copy in an earlier part, ` +
      'so that their metrics are optimistic',
  ];
}

/** Parts that should have documents and have none, as in small data of many copies. */
function emptyNotices(
  { origins }: Dataset,
  splits: Pick<Splits, 'val' | 'test'>,
  { ids, fractions = [0.8, 0.1, 0.1] }: SplitOptions,
): string[] {
  const uses = { val: 'chooses the model or the epoch', test: 'measures the model' };
  return (['val', 'test'] as const).flatMap((part, i) => {
    const wanted = !ids && fractions[i + 1] > 0 && !origins?.includes(ORIGINS[part]);
    if (!wanted || splits[part].length > 0) return [];
    return [
      `warning: no document is left for the ${part === 'val' ? 'validation' : part} part, since copies stay together or there are few: nothing ${uses[part]}. ` +
        `Add documents, or name a file of them with --${part}`,
    ];
  });
}

function absenceNotices(dataset: Dataset, splits: Pick<Splits, 'train' | 'val' | 'test'>): string[] {
  return partNames.flatMap((part) => {
    if (splits[part].length === 0) return [];
    const present = new Set(Array.from(splits[part], (i) => dataset.labels[i]));
    const absent = dataset.labelNames.filter((_, label) => !present.has(label));
    return absent.length === 0 ? [] : [`no document of ${listNames(absent)} is in the ${part} part`];
  });
}
