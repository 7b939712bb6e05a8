/** The keys of `train` for what a network learns before the classes. */
import * as z from 'zod';

/** What a warm-up may predict: the names of `train.warm_up`. */
export const WARM_UPS = ['none', 'next_words', 'autoencoder'] as const;
/** See {@link WARM_UPS}. */
export type WarmUp = (typeof WARM_UPS)[number];

/** The keys, for the schema of the section. */
export const warmUpKeys = {
  warm_up: z
    .enum(WARM_UPS)
    .default('none')
    .describe(
      'before the first epoch, the network learns from the words of the training texts without their labels: next_words: it predicts the words behind a random cut from those before it, and those before it from those behind; autoencoder: it predicts the words of a text from the text; none: nothing',
    ),
  warm_up_epochs: z.int().min(1).default(15).describe('epochs of the warm-up'),
  warm_up_texts: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'file of more texts for the warm-up, with labels or without; the vocabulary knows their words too',
    ),
};
