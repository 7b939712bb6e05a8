/** `test.json`: the evaluation of a model on held-out documents, as written by `train` and `evaluate`. */
import * as z from 'zod';
import type { Evaluation } from '../evaluate/index.ts';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.evaluation', version: 1 } as const;

const schema = z.looseObject({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  documents: z.int().min(1),
  accuracy: z.number(),
  macro_f1: z.number(),
  loss: z.number(),
  labels: z.array(z.string()),
  per_class: z.array(
    z.looseObject({
      label: z.string(),
      precision: z.number(),
      recall: z.number(),
      f1: z.number(),
      support: z.int(),
    }),
  ),
  confusion_matrix: z.array(z.array(z.int())),
});

/** An evaluation with `loss`, which is its log loss: the cross-entropy, without smoothing or class weights. */
export type TestResults = Evaluation & { readonly loss: number };

/** Writes an evaluation; `loss` is its log loss. */
export function writeTestResults(path: string, evaluation: Evaluation): void {
  writeJson(path, { ...FORMAT, loss: evaluation.log_loss, ...evaluation });
}

/** Reads an evaluation. Errors as `readJson`. */
export function readTestResults(path: string): TestResults {
  const { format: _format, version: _version, ...results } = readJson(path, schema, FORMAT);
  return results as unknown as TestResults;
}
