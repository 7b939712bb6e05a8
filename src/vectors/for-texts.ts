/** The pretrained vectors that settings name, for training texts. */
import { createHash } from 'node:crypto';
import { createTokenize } from '../text/pipeline.ts';
import { networkOptionsOf, type ModelOptions } from '../models/family.ts';
import type { TextOptions } from '../text/options.ts';
import { learnVectors } from './learn/learn.ts';
import { namedVectors } from './named/index.ts';
import { type GivenVectors, type SourcedVectors, vectorRequest } from './place.ts';
import { readVectors, type VectorContext } from './read.ts';

/** What `model.vectors` says for vectors learned from the training texts. */
const LEARN = 'learn';

/** What `model.vectors` may name beside files and folders. */
export const vectorNames: readonly string[] = [...namedVectors.names, LEARN];

/** The vectors that the settings name; undefined where they name none. Errors as `readVectors`. */
export async function vectorsFor(
  texts: readonly string[],
  { model, text }: { readonly model: ModelOptions; readonly text: TextOptions },
  context: VectorContext,
): Promise<GivenVectors | undefined> {
  const options = networkOptionsOf(model);
  if (!options || options.vectors === null) return undefined;
  const { vectors: source, vectors_freeze, vectors_others } = options;
  const vectors =
    source === LEARN
      ? learnFrom(texts, text, context)
      : await readVectors(source, vectorRequest(texts, text, vectors_others), context);
  return { vectors, freeze: vectors_freeze === true };
}

/** SHA-256 of the vectors that a model names; undefined where it names none, or learns them. Errors as `readVectors`. */
export async function hashOfVectors(
  model: ModelOptions,
  context: VectorContext,
): Promise<string | undefined> {
  const source = networkOptionsOf(model)?.vectors ?? null;
  if (source === null || source === LEARN) return undefined;
  const { sha256 } = await readVectors(source, { wanted: new Set(), others: 0 }, context);
  return sha256;
}

/** Vectors learned from whole texts, also where the model reads a part of them. */
export function learnFrom(
  texts: readonly string[],
  text: TextOptions,
  { notice = () => undefined }: VectorContext,
  dim?: number,
): SourcedVectors {
  notice('learning word vectors from the training texts');
  const { tokenize } = createTokenize(text, texts);
  const vectors = learnVectors(texts.map(tokenize), {
    minCount: Math.max(2, text.min_count),
    ...(dim !== undefined && { dim }),
  });
  const hash = createHash('sha256');
  hash.update(vectors.words.join('\n')).update(new Uint8Array(vectors.data.buffer));
  return {
    ...vectors,
    name: LEARN,
    source: 'the training texts',
    sha256: hash.digest('hex'),
    total: vectors.words.length,
  };
}
