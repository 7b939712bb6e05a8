/** The pretrained vectors that settings name, for training texts. */
import { asRecurrent, type ModelOptions } from '../models/family.ts';
import type { TextOptions } from '../text/options.ts';
import { namedVectors } from './named/index.ts';
import { type GivenVectors, vectorRequest } from './place.ts';
import { readVectors, type VectorContext } from './read.ts';

/** What `model.vectors` may name beside files and folders. */
export const vectorNames: readonly string[] = namedVectors.names;

/** The vectors that the settings name; undefined where they name none. Errors as `readVectors`. */
export async function vectorsFor(
  texts: readonly string[],
  { model, text }: { readonly model: ModelOptions; readonly text: TextOptions },
  context: VectorContext,
): Promise<GivenVectors | undefined> {
  const options = asRecurrent(model);
  if (!options || options.vectors === null) return undefined;
  const { vectors: source, vectors_freeze, vectors_others } = options;
  const vectors = await readVectors(source, vectorRequest(texts, text, vectors_others), context);
  return { vectors, freeze: vectors_freeze === true };
}
