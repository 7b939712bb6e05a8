/** Mean and spread of a value over several runs. */
import { maxOf, minOf } from '../core/lists.ts';
import { mean, variance } from '../evaluate/sample.ts';
import type { Spread } from './compare-types.ts';

/** A value over runs; undefined where none has it. */
export function spreadOf(values: readonly (number | null)[]): Spread | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  return {
    mean: mean(known),
    sd: known.length > 1 ? Math.sqrt(variance(known)) : null,
    low: minOf(known),
    high: maxOf(known),
    runs: known.length,
  };
}
