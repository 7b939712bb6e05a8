/** Named vectors that need not be asked for: they are installed, and know the words of the texts. */
import { DataError } from '../core/errors.ts';
import { createTokenizer } from '../text/pipeline.ts';
import { normalise } from '../text/normalise.ts';
import type { TextOptions } from '../text/options.ts';
import { namedVectors } from './named/index.ts';
import { vectorRequest } from './place.ts';
import { readVectors, type VectorContext } from './read.ts';

/** Vectors and how well they fit some texts. */
export interface VectorsAtHand {
  /** As in `model.vectors`. */
  readonly name: string;
  /** Proportion of the tokens that have one, in [0, 1]. */
  readonly coverage: number;
}

/** Proportion of the tokens below which vectors are of another language, or of other words. */
const KNOWN = 0.8;
/** Texts that are looked at; more would change nothing. */
const LOOKED_AT = 2000;

/** The first that fits; undefined where none is installed or fits, or where tokens are not whole words. */
export async function vectorsAtHand(
  texts: readonly string[],
  options: TextOptions,
  context: VectorContext,
): Promise<VectorsAtHand | undefined> {
  const { split } = createTokenizer(options);
  if (!split) return undefined;
  const step = Math.max(1, Math.ceil(texts.length / LOOKED_AT));
  const some = texts.filter((_, n) => n % step === 0);
  const tokens = some.flatMap((text) => [...split(normalise(text, options))]);
  for (const name of namedVectors.names) {
    try {
      const { words } = await readVectors(name, vectorRequest(some, options, 0), context);
      const known = new Set(words);
      const coverage = tokens.filter((token) => known.has(token)).length / Math.max(1, tokens.length);
      if (coverage >= KNOWN) return { name, coverage };
    } catch (error) {
      // who has not installed them, or only in part, has not asked for them either
      if (!(error instanceof DataError)) throw error;
    }
  }
  return undefined;
}
