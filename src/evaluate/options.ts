/** The `evaluate` section: intervals, batch size and figures of an evaluation. */
import * as z from 'zod';

/** Options of an evaluation. */
export const evaluateOptions = z.strictObject({
  bootstrap_samples: z
    .int()
    .min(0)
    .max(100_000)
    .default(1000)
    .describe('bootstrap resamples for the intervals; 0 gives none'),
  confidence: z.number().gt(0).lt(1).default(0.95).describe('confidence level of the intervals, in (0, 1)'),
  figures: z.boolean().default(true).describe('draw the figures of a finished run into its folder'),
  batch_size: z.int().min(1).max(65_536).default(256).describe('texts predicted at once'),
});

/** Complete options of an evaluation. */
export type EvaluateOptions = z.output<typeof evaluateOptions>;
