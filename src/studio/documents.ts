/** The documents of a file, for its page: read once, searched, corrected. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { resolveConfig } from '../config/resolve.ts';
import { type Override, overrideLayer } from '../config/overrides.ts';
import { DataError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { Correction } from '../data/corrections.ts';
import type { Dataset } from '../data/dataset.ts';
import { listNames } from '../data/names.ts';
import { beginJob } from '../jobs/context.ts';
import { readLabelled } from '../jobs/read-data.ts';
import { correct, correctionsFile, correctionsOf } from './corrections-beside.ts';
import { SHOWN_CHARACTERS } from './runs.ts';

/** A document in the list. */
export interface ListedDocument {
  /** Record number in the file, from 0. */
  readonly row: number;
  readonly text: string;
  /** Label in the data. */
  readonly label: string;
  /** Corrected label; null if not corrected. */
  readonly corrected: string | null;
}

/** Which documents to list. */
export interface DocumentsQuery {
  /** Only of this class, after corrections. */
  readonly label?: string | undefined;
  /** Only texts that contain these words, regardless of case. */
  readonly words?: string | undefined;
  /** Only corrected ones. */
  readonly corrected?: boolean;
  /** Only these rows. */
  readonly rows?: readonly number[] | undefined;
  readonly from: number;
}

/** A page of documents. */
export interface DocumentsPage {
  readonly labels: readonly string[];
  /** Documents that the query finds. */
  readonly found: number;
  readonly documents: readonly ListedDocument[];
  readonly corrections: number;
  /** The name of the file of corrections. */
  readonly file: string;
}

/** How many documents a page has. */
const PAGE = 20;

/** Cache of the last used data sets. */
export interface DocumentStore {
  /** The documents of a file. Errors as `readDataset`. */
  read(file: string, overrides?: readonly Override[]): Promise<Dataset>;
}

const MOST_FILES = 3;

/** Opens a store. */
export function openDocuments(): DocumentStore {
  const kept = new Map<string, Promise<Dataset>>();
  return {
    read(file, overrides = []) {
      const { mtimeMs, size } = statSync(file);
      const key = JSON.stringify([file, mtimeMs, size, overrides]);
      const found = kept.get(key) ?? readLabelled(file, resolveConfig(overrideLayer(overrides)), beginJob());
      kept.delete(key);
      kept.set(key, found);
      found.catch(() => kept.delete(key));
      for (const old of kept.keys()) if (kept.size > MOST_FILES) kept.delete(old);
      return found;
    },
  };
}

/** Lists documents of a data set. */
export function listDocuments(dataset: Dataset, file: string, query: DocumentsQuery): DocumentsPage {
  const corrections = correctionsOf(file);
  const next = new Map(corrections.map((one) => [one.row, one.new]));
  const words = query.words?.toLowerCase().trim() ?? '';
  const rows = query.rows && new Set(query.rows);
  const found: number[] = [];
  for (let i = 0; i < dataset.texts.length; i++) {
    const row = dataset.rowIds[i];
    const label = next.get(row) ?? dataset.labelNames[dataset.labels[i]];
    if (rows && !rows.has(row)) continue;
    if (query.corrected === true && !next.has(row)) continue;
    if (query.label !== undefined && label !== query.label) continue;
    if (words !== '' && !dataset.texts[i].toLowerCase().includes(words)) continue;
    found.push(i);
  }
  return {
    labels: dataset.labelNames,
    found: found.length,
    documents: found.slice(query.from, query.from + PAGE).map((i) => ({
      row: dataset.rowIds[i],
      text: dataset.texts[i].slice(0, SHOWN_CHARACTERS),
      label: dataset.labelNames[dataset.labels[i]],
      corrected: next.get(dataset.rowIds[i]) ?? null,
    })),
    corrections: corrections.length,
    file: basename(correctionsFile(file)),
  };
}

/** Corrects the label of a row. @throws DataError for a row or class that is not in the data */
export function correctRow(
  dataset: Dataset,
  file: string,
  { row, label }: { readonly row: number; readonly label: string },
): readonly Correction[] {
  const i = dataset.rowIds.indexOf(row);
  if (i < 0)
    throw new DataError(
      `[${basename(file)}] the row must be of a document, but ${row} is not. Reload the page: the file may have changed.`,
    );
  if (!dataset.labelNames.includes(label)) {
    const guess = nearest(label, dataset.labelNames);
    throw new DataError(
      `[${basename(file)}] the label must be a class of the data (${listNames(dataset.labelNames)}), but is ${JSON.stringify(label)}.` +
        (guess === undefined ? '' : ` Is it meant to be ${JSON.stringify(guess)}?`),
    );
  }
  return correct(file, { row, old: dataset.labelNames[dataset.labels[i]], new: label });
}
