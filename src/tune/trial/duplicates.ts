/** Trials that would repeat another one. */
import { type ParamValue, toExternal } from '../space/distributions.ts';
import type { Attribute, FrozenTrial } from './frozen-trial.ts';

/** Whether one of `trials`, other than number `except`, has exactly these internal values, and no parameter more. */
export function repeatsAnother(
  trials: readonly FrozenTrial[],
  params: ReadonlyMap<string, number>,
  except: number,
): boolean {
  if (params.size === 0) return false;
  return trials.some(
    ({ number, internalParams }) =>
      number !== except &&
      internalParams.size === params.size &&
      [...params].every(([name, internal]) => internalParams.get(name) === internal),
  );
}

/** Whether a trial that was enqueued with, or has, these values is among `trials`. NaN equals NaN, floats to 1e-5 of their size. */
export function isEnqueuedAlready(
  trials: readonly FrozenTrial[],
  params: Readonly<Record<string, Attribute>>,
): boolean {
  const names = Object.keys(params);
  return trials.some((trial) => {
    const others = valuesOf(trial);
    return (
      Object.keys(others).length === names.length &&
      names.every((name) => Object.hasOwn(others, name) && isSame(params[name], others[name]))
    );
  });
}

function valuesOf(trial: FrozenTrial): Readonly<Record<string, Attribute>> {
  const fixed = trial.systemAttrs.fixed_params as Record<string, Attribute> | undefined;
  if (fixed) return fixed;
  const values: Record<string, ParamValue> = {};
  for (const [name, distribution] of trial.distributions) {
    values[name] = toExternal(distribution, trial.internalParams.get(name)!);
  }
  return values;
}

function isSame(a: Attribute, b: Attribute): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-5 * Math.abs(b);
}
