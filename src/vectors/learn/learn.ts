/**
 * Word vectors learned from texts: positive pointwise mutual information of words that stand near each other, cut down to
 * its largest singular values (Levy, Goldberg and Dagan, 2015). For some hundred to some ten thousand documents.
 */
import { DataError } from '../../core/errors.ts';
import { fromFloat16, toFloat16 } from '../../core/float16.ts';
import { createRng } from '../../core/rng.ts';
import { countTokens } from '../../text/vocabulary.ts';
import { spreadOf, type WordVectors } from '../word-vectors.ts';
import { countPairs, positivePmi } from './cooccurrence.ts';
import { truncatedSvd } from './truncated-svd.ts';

/** How vectors are learned. */
export interface LearnOptions {
  /** D, numbers in a vector; fewer where there are fewer words. Default 128. */
  readonly dim?: number;
  /** Tokens on each side that count as near. Default 5. */
  readonly window?: number;
  /** Words seen fewer times get no vector. Default 2. */
  readonly minCount?: number;
  /** Most words, the most frequent ones. Default 30,000. */
  readonly words?: number;
  /** Told the proportion done, in [0, 1]. */
  readonly progress?: (done: number) => void;
}

/** Standard deviation of the numbers: about that of GloVe's vectors. */
const SPREAD = 0.4;

/**
 * Learns vectors; the same documents give the same bits.
 * @param documents Their tokens.
 * @throws DataError where no word is seen `minCount` times
 */
export function learnVectors(
  documents: readonly (readonly string[])[],
  { dim = 128, window = 5, minCount = 2, words: most = 30_000, progress }: LearnOptions = {},
): WordVectors {
  const { ranked } = countTokens(documents);
  const words = structuredClone(
    ranked
      .filter(([, count]) => count >= minCount)
      .slice(0, most)
      .map(([word]) => word),
  );
  if (words.length < 2) {
    throw new DataError(
      `[vectors] at least two words must stand in the texts ${minCount} times or more, but ${words.length} do. Give more texts, or a file of vectors.`,
    );
  }
  const idOf = new Map(words.map((word, id) => [word, id]));
  const encoded = documents.map((tokens) => Int32Array.from(tokens, (token) => idOf.get(token) ?? -1));
  const information = positivePmi(countPairs(encoded, words.length, window));
  const D = Math.min(dim, words.length);
  const { vectors, values } = truncatedSvd(information, D, {
    rng: createRng(0).fork('vectors'),
    ...(progress && { progress }),
  });
  // U √Σ, as Levy, Goldberg and Dagan recommend in place of U Σ
  const data = Float32Array.from(vectors, (value, i) => value * Math.sqrt(values[i % D]));
  const scale = SPREAD / spreadOf({ data });
  return { words, dim: D, data: fromFloat16(toFloat16(data.map((value) => value * scale))) };
}
