/**
 * Word vectors learned from texts: positive pointwise mutual information of neighbouring words, reduced to its
 * largest singular values (Levy, Goldberg and Dagan, 2015). For some hundred to some ten thousand documents.
 */
import { fromFloat16, toFloat16 } from '../../core/float16.ts';
import { createRng } from '../../core/rng.ts';
import { spreadOf, type WordVectors } from '../word-vectors.ts';
import { pairInformation } from './cooccurrence.ts';
import type { Corpus, LearningProgress } from './corpus.ts';
import { truncatedSvd } from './truncated-svd.ts';

/** How vectors are learned. */
export interface LearnOptions {
  /** D, numbers in a vector; fewer where there are fewer words. Default 128. */
  readonly dim?: number;
  /** Tokens on each side that count as near. Default 5. */
  readonly window?: number;
  /** Told how far it is. */
  readonly progress?: LearningProgress | undefined;
}

/** Standard deviation of the numbers: about that of GloVe's vectors. */
const SPREAD = 0.4;

/** The part of the time that counting pairs takes, roughly. */
const COUNTING = 0.3;

/** Learns vectors; the same texts give the same bits. */
export async function learnVectors(
  { words, documents }: Corpus,
  { dim = 128, window = 5, progress = () => undefined }: LearnOptions = {},
): Promise<WordVectors> {
  const information = await pairInformation(documents, words.length, {
    window,
    progress: (done) => progress(COUNTING * done),
  });
  const D = Math.min(dim, words.length);
  const { vectors, values } = await truncatedSvd(information, D, {
    rng: createRng(0).fork('vectors'),
    progress: (done) => progress(COUNTING + (1 - COUNTING) * done),
  });
  // U √Σ, as Levy, Goldberg and Dagan recommend in place of U Σ
  return scaledVectors(
    words,
    D,
    Float32Array.from(vectors, (value, i) => value * Math.sqrt(values[i % D])),
  );
}

/** Vectors at the usual spread, as half precision holds them. */
export function scaledVectors(words: readonly string[], dim: number, data: Float32Array): WordVectors {
  const scale = SPREAD / spreadOf({ data });
  return { words, dim, data: fromFloat16(toFloat16(data.map((value) => value * scale))) };
}
