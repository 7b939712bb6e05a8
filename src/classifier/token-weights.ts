/** How much each token of a text weighs in a model with attention pooling. */
import { attentionOf } from '../models/predict.ts';
import type { TrainableClassifier } from '../models/trainable.ts';
import { type TextPipeline, tokensRead } from '../text/pipeline.ts';

/** The tokens of a text that a model reads, and what they weigh. */
export interface TokenWeights {
  /** T tokens as the model reads them: normalised, and cut at `text.max_length`. */
  readonly tokens: readonly string[];
  /** Of each head the weights of the T tokens: from 0 to 1, and 1 in all. */
  readonly heads: readonly (readonly number[])[];
}

/** The weights of each text; undefined for a model without attention. */
export function tokenWeights(
  session: TrainableClassifier,
  pipeline: TextPipeline,
  texts: readonly string[],
): TokenWeights[] | undefined {
  const sequences = texts.map((text) => pipeline.encode(text).ids);
  return attentionOf(session, sequences)?.map((weights, n) => {
    const T = sequences[n].length;
    const heads = Array.from({ length: weights.length / T }, (_, r) =>
      Array.from(weights.subarray(r * T, (r + 1) * T)),
    );
    return { tokens: tokensRead(pipeline, texts[n]), heads };
  });
}
