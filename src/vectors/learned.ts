/** Word vectors learned from the training texts, for a training. */
import { createSha256 } from '../core/sha256.ts';
import { count } from '../core/words.ts';
import type { TextOptions } from '../text/options.ts';
import { createTokenize } from '../text/pipeline.ts';
import { type Corpus, createCorpus, type LearningProgress } from './learn/corpus.ts';
import { type LearnOptions, learnVectors } from './learn/learn.ts';
import type { SourcedVectors } from './place.ts';
import type { WordVectors } from './word-vectors.ts';

/** Learns vectors from encoded texts. */
export type Learner = (
  corpus: Corpus,
  options: Pick<LearnOptions, 'dim' | 'progress'>,
) => Promise<WordVectors>;

/** A way to learn vectors, and what of. */
export interface LearnedFrom {
  /** As in `model.vectors`. Default `learn`: co-occurrence. */
  readonly name?: string;
  readonly learner?: Learner;
  /** The file that some of the texts come from, without its path. */
  readonly also?: string | undefined;
  /** Numbers in a vector. Default 128. */
  readonly dim?: number | undefined;
  /** Told how far it is. */
  readonly progress?: LearningProgress | undefined;
  /** Told what is learned from. */
  readonly notice?: ((text: string) => void) | undefined;
}

/** The proportion of the time that counting and encoding take. */
const READING = 0.1;

/** Most words that get a vector. */
const MOST = 30_000;

/**
 * Learns vectors from whole texts, even if the model truncates them. From the training texts alone, only for words of a
 * vocabulary of `text.vocabulary_size`; with texts of a file, which bring words from outside it, for up to 30,000.
 * @throws DataError where too few words are seen twice
 */
export async function learnFromTexts(
  texts: readonly string[],
  text: TextOptions,
  {
    name = 'learn',
    learner = learnVectors,
    also,
    dim,
    progress = () => undefined,
    notice = () => undefined,
  }: LearnedFrom = {},
): Promise<SourcedVectors> {
  const source = `the training texts${also === undefined ? '' : ` and ${also}`}`;
  notice(`learning word vectors from ${source}`);
  const { tokenize } = createTokenize(text, texts);
  const corpus = await createCorpus(texts, tokenize, {
    minCount: Math.max(2, text.min_count),
    most: also === undefined ? Math.min(MOST, wordsOf(text)) : MOST,
    progress: (done) => progress(READING * done),
  });
  if (corpus.documents.length < texts.length)
    notice(`of so many tokens, those of ${count(corpus.documents.length, 'text')} are learned from`);
  const vectors = await learner(corpus, {
    ...(dim !== undefined && { dim }),
    progress: (done) => progress(READING + (1 - READING) * done),
  });
  const hash = createSha256();
  hash.update(vectors.words.join('\n'));
  hash.update(new Uint8Array(vectors.data.buffer));
  return { ...vectors, name, source, sha256: hash.hex(), total: vectors.words.length };
}

/** Most words of the vocabulary, without `<PAD>` and `<UNK>`; at least the two of which vectors can be learned. */
function wordsOf({ vocabulary_size: size }: TextOptions): number {
  return Math.max(2, size - 2);
}
