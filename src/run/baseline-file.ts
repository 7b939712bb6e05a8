/** `baseline.json`: the linear classifier that a run was measured against, on the same split. */
import * as z from 'zod';
import { readJson, writeJson } from './json-file.ts';
import { strongestSchema } from './strongest-file.ts';

const FORMAT = { format: 'unroll.baseline', version: 1 } as const;

const share = z.number().min(0).max(1);
const interval = z.tuple([share, share]).nullable();
const measured = z.object({
  accuracy: share,
  macro_f1: share,
  /** Wall time of the training. */
  seconds: z.number().min(0),
  parameters: z.int().min(0),
});

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  /** What the baseline is, in a sentence, and what was decided while it was fitted. */
  model: z.string(),
  decisions: z.array(z.string()),
  /** The part that both were measured on. */
  part: z.enum(['val', 'test']),
  documents: z.int().min(1),
  /** Confidence level of the interval and the verdict. */
  confidence: z.number().gt(0).lt(1),
  baseline: measured,
  /** Intervals of the baseline, by the bootstrap; null where no resamples were asked for. */
  intervals: z.object({ accuracy: interval, macro_f1: interval }),
  /** What was measured beside it, where that is more than the network: the average of both. */
  subject: z.string().optional(),
  network: measured,
  /** Most tokens that the network reads of a document, and their proportion of all of the training part; left out where that is nearly all. */
  network_reads: z.object({ max_length: z.int().min(1), share }).optional(),
  /** McNemar's test: a is the network. */
  mcnemar: z.object({
    only_a: z.int().min(0),
    only_b: z.int().min(0),
    p: share,
    method: z.enum(['exact', 'chi-squared']),
  }),
  /** Of the network against the baseline. */
  verdict: z.enum(['better', 'worse', 'not distinguishable']),
  /** For each class, the n-grams with the largest weights. */
  strongest: strongestSchema,
});

/** A run beside the linear classifier. */
export type BaselineResults = Omit<z.output<typeof schema>, 'format' | 'version'>;

/** Writes the comparison. */
export function writeBaseline(path: string, results: BaselineResults): void {
  writeJson(path, { ...FORMAT, ...results });
}

/** Reads the comparison. Errors as `readJson`. */
export function readBaseline(path: string): BaselineResults {
  const { format: _format, version: _version, ...results } = readJson(path, schema, FORMAT);
  return results;
}
