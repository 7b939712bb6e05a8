import * as z from 'zod';

/** Keys of the `data` section that say how documents are split, wherever they come from. */
export const splitOptions = z.strictObject({
  split: z
    .enum(['stratified', 'random'])
    .default('stratified')
    .describe('stratified: every part has the same proportions of the classes; random: regardless of them'),
  fractions: z
    .array(z.number().min(0).max(1))
    .length(3, 'must be three numbers: train, val, test')
    .refine((fractions) => Math.abs(fractions.reduce((sum, f) => sum + f, 0) - 1) < 1e-6, 'must add up to 1')
    .refine((fractions) => fractions[0] > 0, 'must have a training part above 0')
    .default([0.8, 0.1, 0.1])
    .describe('proportions of the training, validation and test part; they add up to 1'),
  allow_leakage: z
    .boolean()
    .default(false)
    .describe('allow copies of a document in several parts of the split: test metrics become optimistic'),
  near_duplicates: z
    .number()
    .gt(0)
    .max(1)
    .default(0.9)
    .describe(
      'Jaccard similarity of word triples from which two documents count as copies; 1: only with the same triples',
    ),
  seed: z
    .int()
    .min(0)
    .max(4294967295)
    .nullable()
    .default(null)
    .describe('seed of the split, in [0, 2^32); null: that of train.seed'),
});
