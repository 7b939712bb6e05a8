/**
 * `validation.json`: the predictions of a run's model for its validation documents, which it was not trained on.
 * Thresholds and prediction sets are learned from it.
 */
import * as z from 'zod';
import { invariant } from '../core/errors.ts';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.validation', version: 1 } as const;

const schema = z
  .object({
    format: z.literal(FORMAT.format),
    version: z.literal(FORMAT.version),
    labels: z.array(z.string()).min(1),
    row_ids: z.array(z.int().min(0)),
    classes: z.array(z.int().min(0)),
    probabilities: z.array(z.array(z.number().min(0).max(1))),
  })
  .refine(
    ({ labels, row_ids: rows, classes, probabilities }) =>
      classes.length === rows.length &&
      probabilities.length === rows.length &&
      probabilities.every((row) => row.length === labels.length) &&
      classes.every((id) => id < labels.length),
    'must have a class and a row of probabilities for each document',
  );

/** Validation documents with their predictions. */
export interface ValidationPredictions {
  /** `[C]` class names. */
  readonly labelNames: readonly string[];
  /** `[N]` record number of each document in its source, from 0. */
  readonly rowIds: Int32Array;
  /** `[N]` true class ids. */
  readonly labels: Int32Array;
  /** `[N × C]` row-major, before temperature scaling. */
  readonly probabilities: Float64Array;
}

/** Writes the file; probabilities with 9 significant digits, which tell apart those close to 1. */
export function writeValidation(
  path: string,
  { labelNames, rowIds, labels, probabilities }: ValidationPredictions,
): void {
  const C = labelNames.length;
  invariant(probabilities.length === labels.length * C, 'a row of probabilities for each document');
  writeJson(path, {
    ...FORMAT,
    labels: labelNames,
    row_ids: [...rowIds],
    classes: [...labels],
    probabilities: Array.from(labels, (_, n) =>
      Array.from(probabilities.subarray(n * C, (n + 1) * C), (p) => Number(p.toPrecision(9))),
    ),
  });
}

/** Reads the file. Errors as `readJson`. */
export function readValidation(path: string): ValidationPredictions {
  const { labels, row_ids, classes, probabilities } = readJson(path, schema, FORMAT);
  return {
    labelNames: labels,
    rowIds: Int32Array.from(row_ids),
    labels: Int32Array.from(classes),
    probabilities: Float64Array.from(probabilities.flat()),
  };
}
