/** How the linear model reads a text: normalised and cut into words as the `text` section says, and whole. */
import { normalise } from '../../text/normalise.ts';
import { completeTextOptions } from '../../text/options.ts';
import { createTokenizer, type TextOptions } from '../../text/pipeline.ts';
import type { TokenizedText } from './ngrams.ts';

/**
 * Reads texts. A tokenizer that must learn its tokens first has no words to offer: those of `word` then stand in.
 * @param maxTokens Words that are read of each text, the first ones; null: all.
 */
export function textReader(text: TextOptions, maxTokens: number | null): (text: string) => TokenizedText {
  const words = createTokenizer(completeTextOptions({ tokenizer: 'word' })).split;
  const split = createTokenizer(text).split ?? words;
  return (given) => {
    const normalised = normalise(given, text);
    const tokens = split?.(normalised) ?? [];
    if (maxTokens === null || tokens.length <= maxTokens) return { text: normalised, tokens };
    const first = tokens.slice(0, maxTokens);
    return { text: first.join(' '), tokens: first };
  };
}
