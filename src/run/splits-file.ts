/** `splits.json`: the part of each record of the source, so that the split can be reused. */
import * as z from 'zod';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.splits', version: 1 } as const;

const ids = z.array(z.int().min(0));
const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  data_hash: z.string(),
  train: ids,
  val: ids,
  test: ids,
});

/** Record numbers in the source, from 0, by part. */
export interface SplitRows {
  /** Row ids of the training documents, ascending. */
  readonly train: Int32Array;
  /** Row ids of the validation documents, ascending. */
  readonly val: Int32Array;
  /** Row ids of the test documents, ascending. */
  readonly test: Int32Array;
}

/** Writes the row ids (not the indices into the data set, which move when rows are dropped). */
export function writeSplits(
  path: string,
  { train, val, test }: SplitRows,
  { dataHash }: { dataHash: string },
): void {
  writeJson(path, { ...FORMAT, data_hash: dataHash, train: [...train], val: [...val], test: [...test] });
}

/** Reads the row ids. Errors as `readJson`. */
export function readSplits(path: string): SplitRows & { readonly dataHash: string } {
  const { train, val, test, data_hash } = readJson(path, schema, FORMAT);
  return {
    train: Int32Array.from(train),
    val: Int32Array.from(val),
    test: Int32Array.from(test),
    dataHash: data_hash,
  };
}
