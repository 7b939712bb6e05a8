/** A text pipeline for networks that read words and their character n-grams. */
import { ConfigError } from '../core/errors.ts';
import { idsWithNgrams, ngramsOfWord } from './ngrams.ts';
import { type TextPipeline, tokensRead } from './pipeline.ts';

/**
 * The pipeline whose ids are followed by the n-grams of their words; unchanged with 0 buckets.
 * @throws ConfigError where its tokens are not whole words
 */
export function withNgrams(pipeline: TextPipeline, buckets: number): TextPipeline {
  if (buckets === 0) return pipeline;
  if (!pipeline.tokenizer.withVocabulary) {
    throw new ConfigError(
      `[text.tokenizer] must cut texts into whole words where model.ngram_buckets is set, but is ` +
        `${pipeline.options.tokenizer}. Set it to word or whitespace, or leave model.ngram_buckets out.`,
      { key: 'text.tokenizer' },
    );
  }
  return {
    ...pipeline,
    encode(text) {
      const encoded = pipeline.encode(text);
      if (encoded.tokenCount === 0) return encoded;
      const ngrams = tokensRead(pipeline, text).map((word) => ngramsOfWord(word, buckets));
      return { ...encoded, ids: idsWithNgrams(encoded.ids, ngrams) };
    },
  };
}
