/**
 * The definition of an optimiser: a rule that updates parameters by their gradients, with state arrays of the same
 * layout.
 */
import type { DescribedMember } from '../../core/family.ts';
import type { OptionsByName } from '../../core/options.ts';
import type { Kernels } from '../../engine/contract.ts';
import type { NamedSetting } from '../description.ts';

/** One update of one contiguous range. Offsets are word offsets of the memory. */
export interface OptimizerUpdate {
  /** Offset of the parameters p. */
  readonly parameters: number;
  /** Offset of the gradients g. */
  readonly gradients: number;
  /** Offset of each state array, in the order of {@link Optimizer.slots}. */
  readonly slots: readonly number[];
  /** Length of the range, a multiple of 8. */
  readonly words: number;
  /** Learning rate of this step, positive. */
  readonly lr: number;
  /** Factor on the gradients, from `clipFactor`; 1 = as they are. */
  readonly clip: number;
  /** This step, from 1. */
  readonly step: number;
}

/**
 * An optimiser. It has no state outside its slots, and each parameter is updated by itself, so any cut of a range
 * into sub-ranges (one a thread) gives the same bits.
 */
export interface Optimizer {
  /** Names of the state arrays, as PyTorch calls them. All start as zeros. */
  readonly slots: readonly string[];
  /** Updates a range of parameters and of their state. */
  update(k: Pick<Kernels, 'adam' | 'sgd'>, update: OptimizerUpdate): void;
}

/** The description of an optimiser. */
export interface OptimizerDescription {
  /** As papers write it: `AdamW`. */
  readonly title: string;
  /** Options that are in use, such as `momentum`, 0.9. */
  readonly settings: readonly NamedSetting[];
}

/** An optimiser's definition: a member of the optimiser family. */
export type OptimizerDefinition<Type extends string, Options extends OptionsByName> = DescribedMember<
  Type,
  Options,
  readonly [],
  Optimizer,
  OptimizerDescription
>;

/** Declares an optimiser. */
export function optimizerDefinition<Type extends string, Options extends OptionsByName>(
  definition: OptimizerDefinition<Type, Options>,
): OptimizerDefinition<Type, Options> {
  return definition;
}

/**
 * xⁿ for an integer n >= 0 by squaring: only multiplications, so every engine returns the same bits (`Math.pow` need
 * not). Relative error at most n · 2⁻⁵³.
 */
export function integerPower(x: number, n: number): number {
  let power = 1;
  for (let square = x; n > 0; n = Math.floor(n / 2), square *= square) if (n % 2 === 1) power *= square;
  return power;
}
