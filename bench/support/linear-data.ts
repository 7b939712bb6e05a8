/** Documents of the benchmark of linear classifiers: in a file that both sides read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDataset } from '../../src/data/node.ts';
import { splitDataset } from '../../src/data/splits.ts';

interface Part {
  readonly texts: readonly string[];
  /** Class ids. */
  readonly labels: readonly number[];
}

/** What the file holds. */
export interface LinearData {
  readonly train: Part;
  readonly test: Part;
  readonly classes: number;
}

/** Words of a short document, and how many there are. */
const SHORT = { words: 20, documents: 2000 } as const;

/** The first words of the first documents, those used again where these are few. */
export function shortTexts(texts: readonly string[]): string[] {
  const cut = texts.map((text) => text.split(/\s+/, SHORT.words).join(' '));
  return Array.from({ length: SHORT.documents }, (_, n) => cut[n % cut.length]);
}

/**
 * Splits a data set as `unroll train` does and writes it where both sides find it.
 * @param options `seed` of the split, default 0; `validation`: whether the validation part is learned from too, default false.
 */
export async function writeLinearData(
  source: string,
  { seed = 0, validation = false }: { readonly seed?: number; readonly validation?: boolean } = {},
): Promise<{ readonly path: string; remove(): void }> {
  const dataset = await readDataset(source);
  const splits = splitDataset(dataset, { seed });
  const learned = validation ? Int32Array.from([...splits.train, ...splits.val]).sort() : splits.train;
  const part = (rows: Int32Array): Part => ({
    texts: Array.from(rows, (row) => dataset.texts[row]),
    labels: Array.from(rows, (row) => dataset.labels[row]),
  });
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  const path = join(folder, 'data.json');
  const data: LinearData = {
    train: part(learned),
    test: part(splits.test),
    classes: dataset.labelNames.length,
  };
  writeFileSync(
    path,
    JSON.stringify({ ...data, short: shortTexts([...data.train.texts, ...data.test.texts]) }),
  );
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Reads the file. */
export function readLinearData(path: string): LinearData {
  return JSON.parse(readFileSync(path, 'utf8')) as LinearData;
}
