/** Augmentation of the training documents: random changes, different in each epoch. Other documents are never changed. */
import { ConfigError } from '../../core/errors.ts';
import { family, type TypeAndOptions } from '../../core/family.ts';
import type { Rng } from '../../core/rng.ts';
import { type ModelOptions, networkOptionsOf } from '../../models/family.ts';
import type { Augment, AugmentationContext } from './augmentation.ts';
import { deletion } from './delete.ts';
import { replacement } from './replace.ts';
import { swap } from './swap.ts';

export type { Augment, AugmentationContext } from './augmentation.ts';
export { nearestWords, type RowVectors } from './neighbours.ts';

/** The augmentations, by their names in `train.augmentation`. To add one: a file beside these and a line in this list. */
export const augmentations = family<readonly [AugmentationContext], Augment>()('augmentation', [
  swap,
  deletion,
  replacement,
]);

/** All of them in order, each with its own random stream, even if a type is given twice; undefined without any. */
export function createAugmentation(
  chosen: readonly TypeAndOptions[],
  context: AugmentationContext,
): Augment | undefined {
  if (chosen.length === 0) return undefined;
  const made = chosen.map((options, n) => {
    const before = chosen.slice(0, n).filter(({ type }) => type === options.type).length;
    return {
      stream: before === 0 ? [options.type] : [options.type, before],
      augment: augmentations.create(options, context),
    };
  });
  return (ids, rng: Rng) =>
    made.reduce((document, { stream, augment }) => augment(document, rng.fork(...stream)), ids);
}

/**
 * Refuses a network whose vectors of words follow from n-grams, which a version of a document has none of, and one without the
 * vectors that an augmentation needs.
 * @throws ConfigError
 */
export function requireAugmentable(model: ModelOptions, chosen: readonly TypeAndOptions[]): void {
  const { ngram_buckets: buckets = 0, vectors = null } = networkOptionsOf(model) ?? {};
  createAugmentation(chosen, { neighbours: vectors === null ? undefined : () => new Int32Array(0) });
  if (chosen.length === 0 || buckets === 0) return;
  throw new ConfigError(
    `[train.augmentation] must be left out with model.ngram_buckets, but is ${augmentationWords(chosen)}. Leave out one of the two.`,
    { key: 'train.augmentation' },
  );
}

/** For people: `swap 0.1, delete 0.2`. */
export function augmentationWords(chosen: readonly TypeAndOptions[]): string {
  return chosen.map(({ type, proportion }) => `${type} ${String(proportion)}`).join(', ');
}
