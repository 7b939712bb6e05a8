/** Vectors placed in the vocabulary of a text pipeline. */
import { ConfigError } from '../core/errors.ts';
import type { PretrainedRows } from '../nn/layers/embedding.ts';
import { normalise } from '../text/normalise.ts';
import { createPipeline, createTokenizer, type TextPipeline } from '../text/pipeline.ts';
import type { TextOptions } from '../text/options.ts';
import { createVocabulary, PAD, UNK } from '../text/vocabulary.ts';
import { spreadOf, type VectorRequest, type WordVectors } from './word-vectors.ts';

/** Origin of vectors. */
export interface VectorFacts {
  /** Their name, or that of their file or folder without its path. */
  readonly name: string;
  /** Package, file or folder. */
  readonly source: string;
  /** Hash of their content. */
  readonly sha256: string;
  /** Words with a vector there. */
  readonly total: number;
}

/** Vectors, and where they come from. */
export type SourcedVectors = WordVectors & VectorFacts;

/** Pretrained vectors for the words of training texts. */
export interface GivenVectors {
  /** The vectors. */
  readonly vectors: SourcedVectors;
  /** Whether they are never trained. */
  readonly freeze: boolean;
}

/** Vectors in a vocabulary. */
export interface PlacedVectors extends VectorFacts {
  /** D */
  readonly dim: number;
  /** The rows of the embedding that they fill. */
  readonly pretrained: PretrainedRows;
  /** [rows × D], in the order of the rows. */
  readonly vectors: Float32Array;
  /** Standard deviation of their numbers, for the rows that are drawn. */
  readonly spread: number;
  /** Entries that are only in the vocabulary because they have a vector. */
  readonly others: number;
}

/**
 * What to read of a file of vectors for training texts: each of their words, and `others` additional possible tokens.
 */
export function vectorRequest(texts: readonly string[], options: TextOptions, others: number): VectorRequest {
  const { split } = createTokenizer(options);
  if (!split) throw wholeWordsOnly(options);
  const tokens = (text: string) => split(normalise(text, options));
  const wanted = new Set<string>();
  for (const text of texts) for (const token of tokens(text)) wanted.add(token);
  return {
    wanted,
    others,
    tokenOf(word) {
      // the end of a line, which fastText and word2vec list, is no word, and its letter another one
      if (word === '</s>') return undefined;
      const [token, ...more] = tokens(word);
      return more.length > 0 ? undefined : token;
    },
  };
}

/**
 * The pipeline with words with vectors moved behind those without: first those already in it, then additional ones,
 * which are never trained.
 * @throws ConfigError where its tokens are not whole words
 */
export function placeVectors(
  pipeline: TextPipeline,
  { vectors: { words, dim, data, name, source, sha256, total }, freeze }: GivenVectors,
): { readonly pipeline: TextPipeline; readonly placed: PlacedVectors } {
  const { tokenizer, options, vocabulary } = pipeline;
  if (!tokenizer.withVocabulary) throw wholeWordsOnly(options);
  const rowOf = new Map(words.map((word, row) => [word, row]));
  const own = vocabulary.tokens.slice(2);
  const known = new Set(own);
  const having = own.filter((token) => rowOf.has(token));
  const others = words.filter((word) => !known.has(word) && word !== PAD && word !== UNK);
  const filled = [...having, ...others];
  const tokens = [PAD, UNK, ...own.filter((token) => !rowOf.has(token)), ...filled];
  const vectors = new Float32Array(filled.length * dim);
  for (const [n, token] of filled.entries()) {
    const from = (rowOf.get(token) ?? 0) * dim;
    vectors.set(data.subarray(from, from + dim), n * dim);
  }
  const from = tokens.length - filled.length;
  return {
    pipeline: createPipeline(
      tokenizer.withVocabulary(createVocabulary(tokens, vocabulary.coverage)),
      options,
    ),
    placed: {
      ...{ name, source, sha256, total, dim, vectors },
      pretrained: { from, fixed: freeze ? filled.length : others.length },
      spread: spreadOf({ data: vectors }),
      others: others.length,
    },
  };
}

function wholeWordsOnly({ tokenizer }: TextOptions): ConfigError {
  return new ConfigError(
    `[text.tokenizer] must cut texts into whole words where model.vectors is set, but is ${tokenizer}. Set it to word or whitespace.`,
    { key: 'text.tokenizer' },
  );
}
