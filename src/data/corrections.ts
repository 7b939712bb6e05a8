/**
 * Corrections of labels: a CSV file with the columns `row` (0-based record number in the data), `old` (the label as it is read)
 * and `new`. `unroll labels` writes it; a person looks through it, and training applies it.
 */
import { readFile } from 'node:fs/promises';
import { ConfigError, DataError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { Dataset } from './dataset.ts';
import { listNames } from './names.ts';
import { createTableParser } from './readers/table/parse.ts';
import type { Splits } from './splits.ts';
import { csvLine } from './to-csv.ts';

/** The new label of a document. */
export interface Correction {
  /** 0-based record number in the data. */
  readonly row: number;
  /** The label that it has. */
  readonly old: string;
  /** The corrected label. */
  readonly new: string;
}

/** Corrections by the part that the document is in. */
export interface Corrected {
  /** The documents with their new labels. */
  readonly dataset: Dataset;
  /** How many labels changed in the training and the validation part. */
  readonly changed: { readonly train: number; readonly val: number };
  /** Corrections of documents outside training and validation, such as the test part: their labels stay. */
  readonly left: readonly Correction[];
}

const COLUMNS = ['row', 'old', 'new'] as const;

/** The lines of a file of corrections, with their ends. */
export function* correctionLines(corrections: Iterable<Correction>): Iterable<string> {
  yield csvLine(COLUMNS);
  for (const { row, old, new: next } of corrections) yield csvLine([row, old, next]);
}

/**
 * Reads a file of corrections.
 * @param file What to call it, in messages.
 * @throws DataError that names the line
 */
export function parseCorrections(content: string, file: string): readonly Correction[] {
  // a person looks through the file, often in a spreadsheet, which may write it back with other delimiters
  const [first] = content.split('\n', 1);
  const delimiter = [',', ';', '\t'].find((one) => first.split(one).length >= COLUMNS.length) ?? ',';
  const parser = createTableParser({ delimiter, quoting: 'double', openQuote: 'error', lineEnd: '\n' });
  const begun = parser.push(content.startsWith('\uFEFF') ? content.slice(1) : content);
  const { records: last, open } = parser.end();
  const [head, ...records] = [...begun, ...last].filter(({ cells }) => cells.some((cell) => cell.trim() !== '')); // prettier-ignore
  const refuse = (line: number, must: string, got: string) =>
    new DataError(`[${file}] line ${line} must ${must}, but ${got}.`);
  if (open) throw refuse(last[0]?.line ?? 1, 'close its quotes', 'does not');
  const places = COLUMNS.map((name) => head?.cells.findIndex((cell) => cell.trim() === name) ?? -1); // prettier-ignore
  if (head === undefined || places.includes(-1))
    throw refuse(
      1,
      'name the columns row,old,new, as unroll labels writes them',
      `is ${JSON.stringify(head?.cells.join(',') ?? '')}`,
    );
  const seen = new Map<number, number>();
  return records.map(({ cells, line }) => {
    const [row, old, next] = places.map((place) => cells.at(place));
    if (row === undefined || old === undefined || next === undefined)
      throw refuse(line, 'have a row, an old and a new label', `has ${cells.length} fields`);
    if (!/^\d{1,15}$/.test(row.trim()))
      throw refuse(line, 'begin with a row number from 0', `has ${JSON.stringify(row)}`);
    const before = seen.get(Number(row));
    if (before !== undefined)
      throw refuse(line, 'name a row only once', `row ${row.trim()} is on line ${before} already`);
    seen.set(Number(row), line);
    return { row: Number(row), old, new: next };
  });
}

/** Reads a file of corrections. @throws ConfigError where it cannot be read, DataError as {@link parseCorrections} */
export async function readCorrections(file: string): Promise<readonly Correction[]> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(
      `[data.corrections] the file must be readable, but got ${JSON.stringify(file)}: ${(cause as Error).message}. Correct the path, or leave it out.`,
      { key: 'data.corrections', cause },
    );
  }
  return parseCorrections(content, file);
}

/**
 * The documents with corrected labels. Only those of the training and the validation part change: what a model is
 * measured on stays as it is. The classes, the split and the hash stay those of the data.
 * @param file What to call the corrections, in messages.
 * @throws DataError for a row that is not in the data, an `old` that is not its label, or a `new` that is not a class
 */
export function applyCorrections(
  dataset: Dataset,
  { train, val }: Pick<Splits, 'train' | 'val'>,
  corrections: readonly Correction[],
  file: string,
): Corrected {
  const { rowIds, labelNames } = dataset;
  const at = new Map(Array.from(rowIds, (row, i) => [row, i]));
  const parts = new Map<number, 'train' | 'val'>();
  for (const i of train) parts.set(i, 'train');
  for (const i of val) parts.set(i, 'val');
  const labels = dataset.labels.slice();
  const targets = dataset.targets?.slice();
  const C = labelNames.length;
  const changed = { train: 0, val: 0 };
  const left: Correction[] = [];
  for (const correction of corrections) {
    const { row, old, new: next } = correction;
    const refuse = (must: string, fix: string) =>
      new DataError(`[${file}] the correction of row ${row} must ${must}. ${fix}`);
    const i = at.get(row);
    if (i === undefined)
      throw refuse(`be of a document of ${dataset.name}, but it has none there`, 'Rows count from 0, without a header line: are the corrections of another file?'); // prettier-ignore
    const now = labelNames[dataset.labels[i]];
    if (now !== old)
      throw refuse(`have the label that the document has, ${JSON.stringify(now)}, as old, but has ${JSON.stringify(old)}`, 'Was the data changed since, or is it corrected already? Make the corrections again with unroll labels.'); // prettier-ignore
    const label = labelNames.indexOf(next);
    if (label < 0) {
      const guess = nearest(next, labelNames);
      throw refuse(
        `have a class of the data (${listNames(labelNames)}) as new, but has ${JSON.stringify(next)}`,
        guess === undefined ? 'Correct it.' : `Is it meant to be ${JSON.stringify(guess)}?`,
      );
    }
    const part = parts.get(i);
    if (part === undefined) left.push(correction);
    else if (labels[i] !== label) {
      labels[i] = label;
      targets?.fill(0, i * C, (i + 1) * C).fill(1, i * C + label, i * C + label + 1);
      changed[part]++;
    }
  }
  return { dataset: { ...dataset, labels, ...(targets && { targets }) }, changed, left };
}
