import { DataError, invariant } from '../core/errors.ts';

/** The token at index 0, for programs that pad their batches; Unroll does not, and no text holds it. */
export const PAD = '<PAD>';
/** The token at index 1: stands for every token that the vocabulary does not hold. */
export const UNK = '<UNK>';
/** Index of `<PAD>`. */
export const PAD_ID = 0;
/** Index of `<UNK>`. */
export const UNK_ID = 1;

/** How much of its training texts a vocabulary covers. */
export interface Coverage {
  /** Distinct tokens seen. */
  readonly distinct: number;
  /** Distinct tokens kept: the vocabulary's size without `<PAD>` and `<UNK>`. */
  readonly kept: number;
  /** kept / distinct, in [0, 1]. */
  readonly typeCoverage: number;
  /** Proportion of the running text whose token was kept, in [0, 1]. */
  readonly tokenCoverage: number;
}

/** The tokens that a model knows, by index. */
export interface Vocabulary {
  /**
   * All entries; [0] is `<PAD>`, [1] is `<UNK>`, the others by falling frequency. With pretrained vectors, words with
   * a vector follow those without.
   */
  readonly tokens: readonly string[];
  /** Number of entries, `<PAD>` and `<UNK>` included. */
  readonly size: number;
  /** Index of a token of a text; 1 (`<UNK>`) where it is not known. A text's own "<PAD>" is an unknown word: never 0. */
  id(token: string): number;
  /** How much of the texts it was counted from it knows. */
  readonly coverage: Coverage;
}

/** Options of {@link buildVocabulary}. */
export interface VocabularyOptions {
  /** Most entries, `<PAD>` and `<UNK>` included; at least 3. */
  readonly size: number;
  /** Tokens seen fewer times are left out. Default 1. */
  readonly minCount?: number;
}

/** Makes a vocabulary from its entries, for example those of a saved model. */
export function createVocabulary(tokens: readonly string[], coverage: Coverage): Vocabulary {
  invariant(tokens[PAD_ID] === PAD && tokens[UNK_ID] === UNK, 'a vocabulary starts with <PAD>, <UNK>');
  const ids = new Map<string, number>();
  for (let id = UNK_ID + 1; id < tokens.length; id++) ids.set(tokens[id], id);
  return { tokens, size: tokens.length, id: (token) => ids.get(token) ?? UNK_ID, coverage };
}

/** How often each token stands in a set of documents. */
export interface TokenCounts {
  /** Occurrences per distinct token, the most frequent first; equal counts by code units of the token. */
  readonly ranked: readonly (readonly [token: string, count: number])[];
  /** Running tokens. */
  readonly total: number;
}

/** Counts tokens; the result does not depend on the order of the documents. */
export function countTokens(documents: Iterable<readonly string[]>): TokenCounts {
  const places = new Map<string, number>();
  const counts: number[] = [];
  let total = 0;
  for (const tokens of documents) {
    total += tokens.length;
    for (const token of tokens) {
      const place = places.get(token);
      if (place === undefined) places.set(token, counts.push(1) - 1);
      else counts[place]++;
    }
  }
  const ranked = [...places].map(([token, place]) => [token, counts[place]] as const);
  ranked.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return { ranked, total };
}

/**
 * The most frequent tokens of the given documents.
 * @throws DataError where the documents hold no token at all.
 */
export function buildVocabulary(
  documents: Iterable<readonly string[]>,
  options: VocabularyOptions,
): Vocabulary {
  return vocabularyOf(countTokens(documents), options);
}

/** The vocabulary of counted documents. @throws DataError where there is no token at all */
export function vocabularyOf(counts: TokenCounts, options: VocabularyOptions): Vocabulary {
  if (counts.total === 0) throw noTokens();
  const kept = keptTokens(counts, options);
  // the copy is deep: a token is a slice of its document in V8, and would keep the whole document in memory
  const tokens = structuredClone([PAD, UNK, ...kept.map(([token]) => token)]);
  return createVocabulary(tokens, coverageOf(counts, options));
}

/** Nothing can be learned. */
export function noTokens(): DataError {
  return new DataError(
    '[text] at least one document must hold a token, but all are empty. Check the text column.',
  );
}

/** What a vocabulary of these options would cover of the counted documents; all zero where they have no token. */
export function coverageOf(counts: TokenCounts, options: VocabularyOptions): Coverage {
  const kept = keptTokens(counts, options);
  const covered = kept.reduce((sum, [, count]) => sum + count, 0);
  const distinct = counts.ranked.length;
  return {
    distinct,
    kept: kept.length,
    typeCoverage: distinct === 0 ? 0 : kept.length / distinct,
    tokenCoverage: distinct === 0 ? 0 : covered / counts.total,
  };
}

function keptTokens(
  { ranked }: TokenCounts,
  { size, minCount = 1 }: VocabularyOptions,
): TokenCounts['ranked'] {
  const tooRare = ranked.findIndex(([, count]) => count < minCount);
  const frequent = tooRare === -1 ? ranked : ranked.slice(0, tooRare);
  return frequent.filter(([token]) => token !== PAD && token !== UNK).slice(0, size - 2);
}
