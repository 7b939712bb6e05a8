import { DataError } from '../core/errors.ts';
import { tally } from '../core/lists.ts';
import { nearest } from '../core/nearest.ts';
import { createSha256 } from '../core/sha256.ts';
import { count, groupDigits } from '../core/words.ts';
import {
  createLabelReader,
  looksMissing,
  matchLabels,
  matchNotices,
  questionLabels,
  sortLabels,
  wholeNumbers,
} from './labels.ts';
import type { ReadAs } from './read-as.ts';
import { listNames } from './names.ts';
import { mostProbable } from './soft-labels.ts';

export { count, groupDigits, listNames };

/** Labelled texts, each with one class. */
export interface Dataset {
  /** `spam`, `bbc-news` or the file's base name. */
  readonly name: string;
  /** The path, URL or package that the texts came from. */
  readonly source: string;
  /** One per document, as read. */
  readonly texts: readonly string[];
  /** Class ids, one per document: indices into `labelNames`. */
  readonly labels: Int32Array<ArrayBuffer>;
  /**
   * Soft labels: `[N × C]` row-major, the probabilities of the classes, each row of sum 1; `labels` are then the most probable ones.
   * Left out for labels that are classes.
   */
  readonly targets?: Float64Array<ArrayBuffer> | undefined;
  /** Class names; in the order of the labels in the source, numbers by value and other labels by code units. */
  readonly labelNames: readonly string[];
  /** 0-based record number of each document in the source, counted before rows were dropped. */
  readonly rowIds: Int32Array<ArrayBuffer>;
  /** Rows left out, by reason. */
  readonly dropped: { readonly emptyText: number; readonly emptyLabel: number };
  /** Notices on what was detected or left out, one sentence each. */
  readonly notices: readonly string[];
  /**
   * Per document, whether it comes from the data itself (0), the validation file (1) or the test file (2); undefined
   * where all come from the data.
   */
  readonly origins?: Uint8Array<ArrayBuffer> | undefined;
  /** How the source was read; undefined for known data sets and for records that did not come from a file. */
  readonly readAs?: ReadAs | undefined;
  /** SHA-256 (hexadecimal) over the rows (text, label name, soft label) in order: the same on every machine. */
  readonly hash: string;
}

/** One record of a source. */
export interface Row {
  /** The raw text; empty where the record has none. */
  readonly text: string;
  /** Undefined or empty where the record has none. */
  readonly label: string | undefined;
  /** Its soft label, in place of `label`: a probability for each of `DatasetOptions.softClasses`. */
  readonly distribution?: readonly number[] | undefined;
  /** 0-based record number in the source. */
  readonly row: number;
  /** Values of additional requested columns, as in the source; empty where the record has none. */
  readonly kept?: readonly string[] | undefined;
}

/** Options of {@link createDataset}. */
export interface DatasetOptions {
  /** What to call it. */
  readonly name?: string;
  /** Path, URL or package that the records came from. */
  readonly source?: string;
  /**
   * Class name for each label of the source, such as `{ 0: 'Politics' }`; it must then name every label. A star in a label
   * stands for any characters, and in its name for these: `{ 'DESC:*': 'DESC' }`, `{ '*': '*' }`.
   */
  readonly labelMap?: Readonly<Record<string, string>> | null;
  /** Names of the classes of soft labels, if the rows have them. */
  readonly softClasses?: readonly string[] | undefined;
  /** Notices for the user, such as what was detected. */
  readonly notices?: readonly string[];
  /** How the source was read. */
  readonly readAs?: ReadAs | undefined;
}

/**
 * Makes a data set from records. Labels are cleaned by the label reader; records with an empty text or without
 * a label are left out and counted.
 * @throws DataError where no record is left, or the label map lacks a label.
 */
export function createDataset(rows: Iterable<Row>, options: DatasetOptions = {}): Dataset {
  const { name = 'data', source = name, labelMap = null, notices = [], readAs, softClasses } = options;
  const kept: { text: string; label: string; row: number; soft?: readonly number[] }[] = [];
  const dropped = { emptyText: 0, emptyLabel: 0 };
  const reader = createLabelReader();
  for (const { text, label, distribution: soft, row } of rows) {
    if (text.trim() === '') {
      dropped.emptyText++;
      continue;
    }
    const clean = softClasses ? ((soft && softClasses[mostProbable(soft)]) ?? '') : reader.read(label);
    if (softClasses && soft) kept.push({ text, label: clean, row, soft });
    else if (clean === '') dropped.emptyLabel++;
    else kept.push({ text, label: clean, row });
  }
  if (kept.length === 0) throw new DataError(noRows(source, dropped));
  const distinct = new Set(softClasses ?? kept.map((row) => row.label));
  // a label map already merges labels
  const folded = labelMap || softClasses ? new Map<string, string>() : wholeNumbers(distinct);
  for (const label of folded.keys()) distinct.delete(label);
  const found = sortLabels(distinct);
  const rename = labelNamer(found, labelMap, source);
  const labelNames = [...new Set(found.map(rename))];
  const idOfName = new Map(labelNames.map((label, id) => [label, id]));
  const idOf = new Map(found.map((label) => [label, idOfName.get(rename(label)) ?? 0]));
  for (const [label, whole] of folded) idOf.set(label, idOf.get(whole) ?? 0);
  const idsOf = softClasses?.map((label) => idOf.get(label) ?? 0);
  const targets = idsOf && joinSoft(kept, idsOf, labelNames.length);
  const C = labelNames.length;
  // if a label map joins classes, their probabilities are added
  const labels = Int32Array.from(kept, (row, i) =>
    targets ? mostProbable(targets.subarray(i * C, (i + 1) * C)) : (idOf.get(row.label) ?? 0),
  );
  const texts = kept.map((row) => row.text);
  const counts = classCounts({ labels, labelNames });
  return {
    name,
    source,
    texts,
    labels,
    ...(targets && { targets }),
    labelNames,
    rowIds: Int32Array.from(kept, (row) => row.row),
    dropped,
    notices: [
      ...notices,
      ...reader.notices(),
      ...foldedNotices(folded),
      ...droppedNotices(dropped),
      ...questionLabels(labelNames, counts, labelMap === null),
      ...missingTexts(texts),
    ],
    hash: hashRows(texts, labels, labelNames, targets),
    ...(readAs === undefined ? {} : { readAs }),
  };
}

/** [N × C] the soft labels, added where several of them are of one class. */
function joinSoft(rows: readonly { readonly soft?: readonly number[] }[], ids: readonly number[], C: number) {
  const targets = new Float64Array(rows.length * C);
  for (const [i, { soft = [] }] of rows.entries())
    for (const [k, p] of soft.entries()) targets[i * C + ids[k]] += p;
  return targets;
}

function foldedNotices(folded: ReadonlyMap<string, string>): string[] {
  if (folded.size === 0) return [];
  const pairs = [...folded].slice(0, 5).map(([label, whole]) => `${label} as ${whole}`);
  return [`labels of equal value read as one class: ${pairs.join(', ')}${folded.size > 5 ? ', ...' : ''}`];
}

function missingTexts(texts: readonly string[]): string[] {
  const found = texts.filter(looksMissing);
  if (found.length === 0) return [];
  return [
    `warning: ${count(found.length, 'text')} (${listNames([...new Set(found)])}) ${found.length === 1 ? 'looks like a missing value' : 'look like missing values'}: leave these rows out of the file`,
  ];
}

/** The documents with the given row ids, in this order; unknown ids are left out. */
export function rowsOf(dataset: Dataset, rowIds: Int32Array): Dataset {
  const indexOf = new Map(Array.from(dataset.rowIds, (row, i) => [row, i]));
  const indices = Int32Array.from(rowIds, (row) => indexOf.get(row) ?? -1).filter((i) => i >= 0);
  return {
    ...dataset,
    texts: Array.from(indices, (i) => dataset.texts[i]),
    labels: indices.map((i) => dataset.labels[i]),
    rowIds: indices.map((i) => dataset.rowIds[i]),
  };
}

/** Documents per class, in the order of `labelNames`. */
export function classCounts({ labels, labelNames }: Pick<Dataset, 'labels' | 'labelNames'>): number[] {
  return tally(labels, labelNames.length);
}

/** Options of {@link alignLabels}. */
export interface AlignOptions {
  /** What happens to documents of a class that the model never saw. Default `refuse`. */
  readonly unseen?: 'refuse' | 'leave-out';
}

/**
 * The same documents with class ids of a model: indices into `labelNames`. Numbers of equal value are the same class,
 * as are labels that differ in their Unicode form alone; `notices` report such matches and what was left out.
 * @throws DataError where the data has a class that the model never saw, unless these are left out; and where none is left
 */
export function alignLabels(
  dataset: Dataset,
  labelNames: readonly string[],
  { unseen = 'refuse' }: AlignOptions = {},
): Dataset {
  const ids = matchLabels(dataset.labelNames, labelNames);
  const strangers = dataset.labelNames.filter((_, i) => ids[i] === -1);
  const keep = dataset.labels.map((label) => (ids[label] === -1 ? 0 : 1));
  const left = keep.filter((kept) => kept === 0).length;
  if (strangers.length > 0 && (unseen === 'refuse' || left === keep.length)) {
    throw unseenLabels(dataset, labelNames, strangers);
  }
  const notices = [
    ...dataset.notices,
    ...matchNotices(dataset.labelNames, labelNames, ids),
    ...(left > 0
      ? [
          `${count(left, 'document')} of classes that the model does not know left out: ${listNames(strangers)}`,
        ]
      : []),
  ];
  const isKept = (_: unknown, i: number) => keep[i] === 1;
  // a document that is measured has one class
  const { targets: _soft, ...hard } = dataset;
  return {
    ...hard,
    texts: dataset.texts.filter(isKept),
    rowIds: dataset.rowIds.filter(isKept),
    labels: dataset.labels.filter(isKept).map((label) => ids[label]),
    labelNames,
    notices,
  };
}

function unseenLabels(
  dataset: Dataset,
  labelNames: readonly string[],
  strangers: readonly string[],
): DataError {
  // 2 is not a misspelt 0
  const guess = /^.{0,2}$|^[-+\d.]+$/.test(strangers[0]) ? undefined : nearest(strangers[0], labelNames);
  return new DataError(
    `[${dataset.source}] labels must be among those that the model was trained on (${listNames(labelNames)}), but got ` +
      `${listNames(strangers)}.${guess ? ` Is "${strangers[0]}" meant to be "${guess}"?` : ''} ` +
      'Rename them with data.label_map, or leave their rows out with --skip-unseen.',
  );
}

function noRows(source: string, dropped: Dataset['dropped']): string {
  const { emptyText, emptyLabel } = dropped;
  if (emptyText + emptyLabel === 0) {
    return `[${source}] must hold labelled texts, but it has no record. Check that this is the file you mean.`;
  }
  return (
    `[${source}] must hold labelled texts, but of ${emptyText + emptyLabel} records ${emptyText} have no text and ` +
    `${emptyLabel} have no label. Name the columns with --text-col and --label-col.`
  );
}

function labelNamer(found: readonly string[], labelMap: DatasetOptions['labelMap'], source: string) {
  if (!labelMap) return (label: string) => label;
  const names = new Map(Object.entries(labelMap).map(([label, name]) => [label.trim(), name]));
  const patterns = [...names].filter(([label]) => label.includes('*'));
  const rename = (label: string) =>
    names.get(label) ?? patterns.map(([pattern, name]) => starred(pattern, name, label)).find(Boolean);
  const missing = found.filter((label) => rename(label) === undefined);
  if (missing.length > 0) {
    throw new DataError(
      `[data.label_map] must name every label of ${source}, but lacks ${listNames(missing)}; it has ` +
        `${listNames([...names.keys()])}. Add the missing ones, or "*": "*" to keep all others as they are.`,
    );
  }
  return (label: string) => rename(label) ?? label;
}

/** The name that a pattern gives a label: each star in it is what that star of the pattern stands for. Undefined where it does not match. */
function starred(pattern: string, name: string, label: string): string | undefined {
  const plain = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`));
  const match = new RegExp(`^${plain.join('([^]*)')}$`).exec(label);
  let star = 0;
  return match ? name.replaceAll('*', (s) => match.at(++star) ?? s) : undefined;
}

function droppedNotices({ emptyText, emptyLabel }: Dataset['dropped']): string[] {
  const notices: string[] = [];
  if (emptyText > 0) notices.push(`${count(emptyText, 'row')} without text left out`);
  if (emptyLabel > 0) notices.push(`${count(emptyLabel, 'row')} without a label left out`);
  return notices;
}

/** SHA-256 (hexadecimal) over the rows (text, label name, soft label) in order. */
export function hashRows(
  texts: readonly string[],
  labels: Int32Array,
  labelNames: readonly string[],
  targets?: Float64Array,
): string {
  const C = labelNames.length;
  const sha = createSha256();
  for (const [i, text] of texts.entries()) {
    const soft = targets ? [Array.from(targets.subarray(i * C, (i + 1) * C))] : [];
    sha.update(`${JSON.stringify([text, labelNames[labels[i]], ...soft])}\n`);
  }
  return sha.hex();
}
