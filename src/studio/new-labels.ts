/** Labelling texts without a label: which to look at next, and the file that keeps the labels. */
import { basename, dirname, extname, join } from 'node:path';
import { type Override, overrideLayer } from '../config/overrides.ts';
import { resolveConfig } from '../config/resolve.ts';
import { DataError } from '../core/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import { readDataset, streamRows } from '../data/read.ts';
import { csvLine } from '../data/to-csv.ts';
import { writeFileAtomic, type TextClassifier } from '../run/index.ts';
import { nextToLabel, uncertainty } from './next-to-label.ts';
import { isThere } from './own-file.ts';
import { SHOWN_CHARACTERS } from './runs.ts';

/** A text to label. */
export interface TextToLabel {
  /** Record number in the file, from 0. */
  readonly row: number;
  readonly text: string;
  /** The classes with their probabilities, the most probable first. */
  readonly scores: readonly { readonly label: string; readonly score: number }[];
  /** 1 minus the margin between the first two, in [0, 1]. */
  readonly uncertainty: number;
}

/** The texts to label. */
export interface LabellingQueue {
  readonly labels: readonly string[];
  readonly next: readonly TextToLabel[];
  /** Texts of the file that have no label yet. */
  readonly left: number;
  readonly labelled: number;
  /** Name of the file that keeps the labels. */
  readonly file: string;
}

/** Most texts of a file that are scored. */
const MOST_TEXTS = 20_000;
/** Texts per call. */
const CHUNK = 256;

/** The file of labels that belongs to texts: `inbox.new-labels.csv` to `inbox.csv`. */
export function newLabelsFile(file: string): string {
  return join(dirname(file), `${basename(file, extname(file))}.new-labels.csv`);
}

interface NewLabel {
  readonly row: number;
  readonly text: string;
  readonly label: string;
}

/** The labels given so far. @throws DataError where their file is damaged or a link */
export async function newLabelsOf(file: string): Promise<readonly NewLabel[]> {
  const path = newLabelsFile(file);
  if (!isThere(path)) return [];
  const found: NewLabel[] = [];
  const options = { format: 'csv', header: 'yes', text_col: 'text', label_col: 'label', keep: ['row'], labelled: true } as const; // prettier-ignore
  for await (const { text, label = '', kept } of streamRows(path, options)) {
    const row = Number(kept?.[0]);
    if (!Number.isInteger(row)) {
      throw new DataError(`[${basename(path)}] each line must have the row of its text, but one has "${kept?.[0]}". Correct or remove the file.`); // prettier-ignore
    }
    found.push({ row, text, label });
  }
  return found;
}

/** The texts of a file, read as the data of the classifier was where the overrides say nothing else. */
async function textsOf(
  file: string,
  { readAs }: TextClassifier,
  overrides: readonly Override[],
): Promise<{ row: number; text: string }[]> {
  const { text_col, format, encoding, header } = resolveConfig(overrideLayer(overrides)).data;
  const texts: { row: number; text: string }[] = [];
  const options = { text_col, format, encoding, header, like: readAs ?? null };
  for await (const { row, text } of streamRows(file, options)) {
    if (text.trim() !== '') texts.push({ row, text });
    if (texts.length >= MOST_TEXTS) break;
  }
  return texts;
}

/**
 * Refuses labels whose rows have other texts now: read in another way, say with the first line as a document, the rows
 * of a file are others.
 * @throws DataError
 */
function requireSameTexts(
  file: string,
  given: readonly NewLabel[],
  texts: readonly { readonly row: number; readonly text: string }[],
): void {
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim();
  const short = (text: string) => JSON.stringify(plain(text).slice(0, 60));
  const now = new Map(texts.map(({ row, text }) => [row, text]));
  const other = given.find(({ row, text }) => plain(now.get(row) ?? '') !== plain(text));
  if (other === undefined) return;
  const { row, text } = other;
  const found = now.has(row) ? `is ${short(now.get(row)!)} now` : 'is not there now';
  throw new DataError(
    `[${basename(newLabelsFile(file))}] each label must belong to the text of its row in ${basename(file)}, but row ${row} was ${short(text)} when it was labelled, and ${found}. ` +
      `The file has changed, or is read in another way (data.header, data.text_col, data.format). Read it as before, or rename ${basename(newLabelsFile(file))} to start anew.`,
  );
}

/**
 * The next texts to label. Errors as `streamRows`.
 * @throws DataError where the labels given so far belong to other texts
 * @param n How many, at most.
 * @param overrides Settings of how the file is read.
 */
export async function labellingQueue(
  file: string,
  classifier: TextClassifier,
  n: number,
  overrides: readonly Override[] = [],
): Promise<LabellingQueue> {
  const given = await newLabelsOf(file);
  const done = new Set(given.map(({ row }) => row));
  const all = await textsOf(file, classifier, overrides);
  requireSameTexts(file, given, all);
  const texts = all.filter(({ row }) => !done.has(row));
  const { labelNames } = classifier;
  const C = labelNames.length;
  const candidates: { text: string; probabilities: Float64Array }[] = [];
  for (let at = 0; at < texts.length; at += CHUNK) {
    const chunk = texts.slice(at, at + CHUNK).map(({ text }) => text);
    const probabilities = classifier.predictProba(chunk);
    for (const [k, text] of chunk.entries())
      candidates.push({ text, probabilities: probabilities.slice(k * C, (k + 1) * C) });
    // lets the studio answer other requests in between
    await new Promise((resolve) => setImmediate(resolve));
  }
  const next = nextToLabel(candidates, n).map((i): TextToLabel => {
    const scores = labelNames.map((label, c) => ({ label, score: candidates[i].probabilities[c] }));
    return {
      row: texts[i].row,
      text: texts[i].text.slice(0, SHOWN_CHARACTERS),
      scores: scores.sort((a, b) => b.score - a.score),
      uncertainty: uncertainty(candidates[i].probabilities),
    };
  });
  return {
    labels: labelNames,
    next,
    left: texts.length,
    labelled: given.length,
    file: basename(newLabelsFile(file)),
  };
}

/** The last write to each file: concurrent labels are written one after another. */
const writes = new Map<string, Promise<number>>();

/** Adds a label to those of a file, whichever are written meanwhile. @returns How many there are then */
async function keepLabel(file: string, given: NewLabel): Promise<number> {
  const before = writes.get(file);
  const own = (async () => {
    await before?.catch(() => undefined); // the caller of that write gets its error
    const all = [...(await newLabelsOf(file)).filter(({ row }) => row !== given.row), given];
    writeFileAtomic(newLabelsFile(file), lines(all));
    return all.length;
  })();
  writes.set(file, own);
  try {
    return await own;
  } finally {
    if (writes.get(file) === own) writes.delete(file);
  }
}

/**
 * Keeps a label.
 * @throws DataError for a row that is not in the file, a class that the model lacks, or where the labels given so far
 * belong to other texts
 */
export async function labelText(
  file: string,
  classifier: TextClassifier,
  { row, label }: { readonly row: number; readonly label: string },
  overrides: readonly Override[] = [],
): Promise<number> {
  if (!classifier.labelNames.includes(label))
    throw new DataError(
      `[label] the label must be a class of the model (${classifier.labelNames.join(', ')}), but is ${JSON.stringify(label)}.`,
    );
  const texts = await textsOf(file, classifier, overrides);
  const text = texts.find((one) => one.row === row)?.text;
  if (text === undefined)
    throw new DataError(
      `[${basename(file)}] the row must be of a text, but ${row} is not. Reload the page: the file may have changed.`,
    );
  requireSameTexts(file, await newLabelsOf(file), texts);
  return keepLabel(file, { row, text, label });
}

function* lines(labels: readonly NewLabel[]): Iterable<string> {
  yield csvLine(['row', 'text', 'label']);
  for (const { row, text, label } of labels) yield csvLine([row, text, label]);
}

/**
 * Writes a table of the documents of a run and the newly labelled ones, to train on. @returns How many documents it
 * has
 */
export async function joinLabels(file: string, dataset: Dataset, output: string): Promise<number> {
  const given = await newLabelsOf(file);
  const known = dataset.texts.map((text, i) => csvLine([text, dataset.labelNames[dataset.labels[i]]]));
  writeFileAtomic(output, [csvLine(['text', 'label']), ...known, ...given.map(({ text, label }) => csvLine([text, label]))]); // prettier-ignore
  // checks that the table can be read
  return (await readDataset(output, { text_col: 'text', label_col: 'label' })).texts.length;
}
