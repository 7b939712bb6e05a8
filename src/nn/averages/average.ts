/** The definition of an average of the weights: the weight of each step in it. */
import type { DescribedMember } from '../../core/family.ts';
import type { OptionsByName } from '../../core/options.ts';
import type { NamedSetting } from '../description.ts';

/**
 * An average A of the weights W over the steps of a training: A += rate · (W - A) after each step. The average is used in place of
 * the weights wherever the classifier is measured or saved; training goes on from the weights.
 */
export interface Average {
  /**
   * The weight of what `step` leaves behind, in [0, 1]: 0 before the average begins, and 1 at its first step, which copies the weights.
   * @param step From 0.
   */
  rate(step: number): number;
}

/** The properties of a run that an average depends on. */
export interface AverageContext {
  /** Optimiser steps of the whole run, at least 1. */
  readonly totalSteps: number;
}

/** The description of an average. */
export interface AverageDescription {
  /** In sentences: `exponential moving average`; null if there is none. */
  readonly title: string | null;
  /** Options that are in use, such as `decay`, 0.99. */
  readonly settings: readonly NamedSetting[];
}

/** An average's definition: a member of the family of averages. */
export type AverageDefinition<Type extends string, Options extends OptionsByName> = DescribedMember<
  Type,
  Options,
  readonly [AverageContext],
  Average,
  AverageDescription
>;

/** Declares an average. */
export function averageDefinition<Type extends string, Options extends OptionsByName>(
  definition: AverageDefinition<Type, Options>,
): AverageDefinition<Type, Options> {
  return definition;
}

/** The first step of an average that begins after a proportion of all steps: the last one at the latest. */
export function firstStep(start: number, { totalSteps }: AverageContext): number {
  return Math.min(totalSteps - 1, Math.round(start * totalSteps));
}
