/** The definition of an augmentation: it changes a training document at random each time that it is read. */
import type { Member } from '../../core/family.ts';
import { number, type OptionsByName } from '../../core/options.ts';
import type { Rng } from '../../core/rng.ts';

/** Makes a new version of a document: one token or more, not more than it has. The document itself stays as it is. */
export type Augment = (ids: Int32Array, rng: Rng) => Int32Array;

/** The properties of a training that an augmentation may use. */
export interface AugmentationContext {
  /** The words nearest to a word by their vectors, the nearest first; undefined where there are no vectors. */
  readonly neighbours: ((id: number, count: number) => Int32Array) | undefined;
}

/** An augmentation's definition: a member of the family of augmentations. */
export type AugmentationDefinition<Type extends string, Options extends OptionsByName> = Member<
  Type,
  Options,
  readonly [AugmentationContext],
  Augment
>;

/** Declares an augmentation. */
export function augmentationDefinition<Type extends string, Options extends OptionsByName>(
  definition: AugmentationDefinition<Type, Options>,
): AugmentationDefinition<Type, Options> {
  return definition;
}

/** The option that all have. */
export const proportion = number({
  above: 0,
  max: 1,
  default: 0.1,
  doc: 'proportion of the tokens of a document that change, in (0, 1]',
});
