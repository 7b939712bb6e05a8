/**
 * The `fit` of tokenizers with long learning code, separate from the tokenizers so that a page which only loads a
 * model does not include it.
 */
import { invariant } from '../../core/errors.ts';
import type { FittedTokenizer, Tokenizer } from '../tokenizers/tokenizer.ts';
import type { VocabularyOptions } from '../vocabulary.ts';
import { learnBpe } from './bpe.ts';
import { learnUnigram } from './unigram.ts';

/** Learns the tokens of the normalised training texts. */
type Learn = (texts: Iterable<string>, options: VocabularyOptions) => FittedTokenizer;

/** By the name of the tokenizer. */
const learners: Readonly<Record<string, Learn | undefined>> = {
  bpe: learnBpe,
  unigram: learnUnigram,
};

/**
 * The tokenizer called `type`, fitted to normalised texts.
 * @throws DataError where the texts hold no token at all, ConfigError where the vocabulary is too small for what it must hold
 */
export function fitTokenizer(
  type: string,
  tokenizer: Tokenizer,
  texts: Iterable<string>,
  options: VocabularyOptions,
): FittedTokenizer {
  const learn = tokenizer.fit ?? learners[type];
  invariant(learn !== undefined, `the tokenizer ${type} has no fit, neither its own nor in src/text/learn`);
  return learn(texts, options);
}
