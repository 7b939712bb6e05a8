/** Constraints of trials: numbers that must be at most 0. They are kept as system attributes, in Optuna's two forms. */
import type { FrozenTrial } from './frozen-trial.ts';

const LIST = 'constraints';

/** Prefix of the key of a named constraint. */
export const CONSTRAINT_PREFIX = 'constraints:';

/** Constraints by name; those of the older form, a list, are called `0`, `1`, … */
export function constraintsOf(trial: FrozenTrial): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const list = trial.systemAttrs[LIST];
  if (Array.isArray(list)) list.forEach((value, i) => found.set(String(i), Number(value)));
  for (const [key, value] of Object.entries(trial.systemAttrs)) {
    if (key.startsWith(CONSTRAINT_PREFIX)) found.set(key.slice(CONSTRAINT_PREFIX.length), Number(value));
  }
  return found;
}

/** Whether every constraint holds; true where there is none. */
export function isFeasible(trial: FrozenTrial): boolean {
  return [...constraintsOf(trial).values()].every((value) => value <= 0);
}

/** The sum of the positive values: 0 if every constraint holds. */
export function violation(trial: FrozenTrial): number {
  let sum = 0;
  for (const value of constraintsOf(trial).values()) if (value > 0) sum += value;
  return sum;
}
