import { DataError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { createSha256 } from '../core/sha256.ts';
import { count, groupDigits } from '../core/words.ts';
import type { ReadAs } from './read-as.ts';

export { count, groupDigits };

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
  /** Class names; in the order of the labels in the source, numbers by value and other labels by code units. */
  readonly labelNames: readonly string[];
  /** 0-based record number of each document in the source, counted before rows were dropped. */
  readonly rowIds: Int32Array<ArrayBuffer>;
  /** Rows left out, by reason. */
  readonly dropped: { readonly emptyText: number; readonly emptyLabel: number };
  /** What was detected or left out, one sentence each. */
  readonly notices: readonly string[];
  /** How the source was read; undefined for known data sets and for records that did not come from a file. */
  readonly readAs?: ReadAs | undefined;
  /** SHA-256 (hexadecimal) over the rows (text, label name) in order: the same on every machine. */
  readonly hash: string;
}

/** One record of a source. */
export interface Row {
  /** The raw text; empty where the record has none. */
  readonly text: string;
  /** Undefined or empty where the record has none. */
  readonly label: string | undefined;
  /** 0-based record number in the source. */
  readonly row: number;
}

/** Options of {@link createDataset}. */
export interface DatasetOptions {
  /** What to call it. */
  readonly name?: string;
  /** Path, URL or package that the records came from. */
  readonly source?: string;
  /** Class name for each label of the source, such as `{ 0: 'Politics' }`; it must then name every label. */
  readonly labelMap?: Readonly<Record<string, string>> | null;
  /** Sentences that the user should see, such as what was detected. */
  readonly notices?: readonly string[];
  /** How the source was read. */
  readonly readAs?: ReadAs | undefined;
}

/**
 * Makes a data set from records. Those with an empty text or label are left out and counted; white space around a
 * label does not count.
 * @throws DataError where no record is left, or the label map lacks a label.
 */
export function createDataset(rows: Iterable<Row>, options: DatasetOptions = {}): Dataset {
  const { name = 'data', source = name, labelMap = null, notices = [], readAs } = options;
  const kept: { text: string; label: string; row: number }[] = [];
  const dropped = { emptyText: 0, emptyLabel: 0 };
  for (const { text, label, row } of rows) {
    const trimmed = label?.trim() ?? '';
    if (text.trim() === '') dropped.emptyText++;
    else if (trimmed === '') dropped.emptyLabel++;
    else kept.push({ text, label: trimmed, row });
  }
  if (kept.length === 0) throw new DataError(noRows(source, dropped));
  const found = sortLabels(new Set(kept.map((row) => row.label)));
  const rename = labelNamer(found, labelMap, source);
  const labelNames = [...new Set(found.map(rename))];
  const idOfName = new Map(labelNames.map((label, id) => [label, id]));
  const idOf = new Map(found.map((label) => [label, idOfName.get(rename(label)) ?? 0]));
  const labels = Int32Array.from(kept, (row) => idOf.get(row.label) ?? 0);
  const texts = kept.map((row) => row.text);
  return {
    name,
    source,
    texts,
    labels,
    labelNames,
    rowIds: Int32Array.from(kept, (row) => row.row),
    dropped,
    notices: [...notices, ...droppedNotices(dropped), ...lookAlikeNotices(labelNames)],
    hash: hashRows(texts, labels, labelNames),
    ...(readAs === undefined ? {} : { readAs }),
  };
}

/** Documents per class, in the order of `labelNames`. */
export function classCounts(dataset: Pick<Dataset, 'labels' | 'labelNames'>): number[] {
  const counts = dataset.labelNames.map(() => 0);
  for (const label of dataset.labels) counts[label]++;
  return counts;
}

/**
 * The same documents with class ids of a model: indices into `labelNames`.
 * @throws DataError where the data has a class that the model never saw.
 */
export function alignLabels(dataset: Dataset, labelNames: readonly string[]): Dataset {
  const strangers = dataset.labelNames.filter((name) => !labelNames.includes(name));
  if (strangers.length > 0) {
    const guess = nearest(strangers[0], labelNames);
    throw new DataError(
      `[${dataset.source}] labels must be among those that the model was trained on (${listNames(labelNames)}), but got ` +
        `${listNames(strangers)}.${guess ? ` Is "${strangers[0]}" meant to be "${guess}"?` : ''} ` +
        'Rename them with data.label_map, or leave these rows out.',
    );
  }
  const ids = dataset.labelNames.map((name) => labelNames.indexOf(name));
  return { ...dataset, labels: dataset.labels.map((label) => ids[label]), labelNames };
}

/** Names in quotes, the first ten of them. */
export function listNames(names: readonly string[]): string {
  const shown = names
    .slice(0, 10)
    .map((name) => JSON.stringify(name.length > 60 ? `${name.slice(0, 57)}...` : name));
  return names.length > 10 ? `${shown.join(', ')} and ${names.length - 10} more` : shown.join(', ');
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

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

function sortLabels(labels: ReadonlySet<string>): string[] {
  const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const list = [...labels];
  if (!list.every((label) => NUMBER.test(label))) return list.sort(byCodeUnits);
  return list.sort((a, b) => Number(a) - Number(b) || byCodeUnits(a, b));
}

function labelNamer(found: readonly string[], labelMap: DatasetOptions['labelMap'], source: string) {
  if (!labelMap) return (label: string) => label;
  const names = new Map(Object.entries(labelMap).map(([label, name]) => [label.trim(), name]));
  const missing = found.filter((label) => !names.has(label));
  if (missing.length > 0) {
    throw new DataError(
      `[data.label_map] must name every label of ${source}, but lacks ${listNames(missing)}; it has ` +
        `${listNames([...names.keys()])}. Add the missing ones.`,
    );
  }
  return (label: string) => names.get(label) ?? label;
}

function droppedNotices({ emptyText, emptyLabel }: Dataset['dropped']): string[] {
  const notices: string[] = [];
  if (emptyText > 0) notices.push(`${count(emptyText, 'row')} without text left out`);
  if (emptyLabel > 0) notices.push(`${count(emptyLabel, 'row')} without a label left out`);
  return notices;
}

/** Classes whose names differ in case or white space alone are most often one class, written in two ways. */
function lookAlikeNotices(names: readonly string[]): string[] {
  const byFolded = Map.groupBy(names, (name) => name.normalize('NFKC').toLowerCase().replace(/\s/g, ''));
  return [...byFolded.values()]
    .filter((group) => group.length > 1)
    .map(
      (group) =>
        `the classes ${listNames(group)} differ in spelling alone: merge them with data.label_map if they are one`,
    );
}

function hashRows(texts: readonly string[], labels: Int32Array, labelNames: readonly string[]): string {
  const sha = createSha256();
  for (const [i, text] of texts.entries()) sha.update(`${JSON.stringify([text, labelNames[labels[i]]])}\n`);
  return sha.hex();
}
