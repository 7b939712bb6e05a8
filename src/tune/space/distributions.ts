/**
 * Distributions of parameters: an interval of floats, a range of integers, or a choice among values. Names,
 * attributes and the JSON are Optuna's, so that studies can be exchanged with it.
 *
 * A parameter has two forms. *External* is what the objective sees: the number or the choice. *Internal* is one
 * number: the number itself (never its logarithm), or the index of the choice. Storages, samplers and pruners work on
 * internal values.
 */
import { ConfigError } from '../../core/errors.ts';
import { maxOf } from '../../core/lists.ts';

/** A value among choices. */
export type Choice = string | number | boolean | null;

/** The value of a parameter as an objective sees it. */
export type ParamValue = Choice;

/** Floats in [low, high], on the grid low, low + step, … where there is a step; `log`: uniform in the logarithm. */
export interface FloatDistribution {
  /** Discriminator of the kinds. */
  readonly type: 'float';
  /** Finite, at most `high`; above 0 with `log`. */
  readonly low: number;
  /** Included. */
  readonly high: number;
  /** Whether it is uniform in the logarithm of the value. */
  readonly log: boolean;
  /** Width of the grid, above 0; null without one. */
  readonly step: number | null;
}

/** Integers low, low + step, …, high. */
export interface IntDistribution {
  /** Discriminator of the kinds. */
  readonly type: 'int';
  /** An integer, at most `high`; at least 1 with `log`. */
  readonly low: number;
  /** Included. */
  readonly high: number;
  /** Whether it is uniform in the logarithm of the value; `step` is then 1. */
  readonly log: boolean;
  /** Distance of two neighbours, an integer from 1. */
  readonly step: number;
}

/** One of a list of values, in this order. */
export interface CategoricalDistribution {
  /** Discriminator of the kinds. */
  readonly type: 'categorical';
  /** At least one, each once; a NaN equals itself. */
  readonly choices: readonly Choice[];
}

/** A distribution of a parameter. */
export type Distribution = FloatDistribution | IntDistribution | CategoricalDistribution;

/** Scale and grid of a range. */
export interface RangeOptions {
  /** Uniform in the logarithm of the value; needs low > 0 (integers: low ≥ 1) and no step. Default false. */
  readonly log?: boolean;
  /** Distance of two neighbours, above 0. Default none for floats, 1 for integers. */
  readonly step?: number | null;
}

const where = (name: string | undefined) => `[${name ?? 'distribution'}]`;

/**
 * Floats in [low, high].
 * @param name The parameter, for messages.
 * @throws ConfigError where low > high, a bound is not finite, or log goes with low ≤ 0 or a step
 */
export function floatDistribution(
  low: number,
  high: number,
  { log = false, step = null }: RangeOptions = {},
  name?: string,
): FloatDistribution {
  checkRange(low, high, name);
  if (log && step !== null) {
    throw new ConfigError(
      `${where(name)} must have a step or log, not both, but got step ${step} with log. Remove one.`,
    );
  }
  if (log && low <= 0) {
    throw new ConfigError(
      `${where(name)} low must be above 0 with log, but got ${low}. Raise low, or drop log.`,
    );
  }
  if (step !== null && !(step > 0 && Number.isFinite(step))) {
    throw new ConfigError(
      `${where(name)} step must be above 0, but got ${step}. Give the distance between neighbouring values.`,
    );
  }
  // the last point of the grid, counted in decimals: 0.3 is a point of 0, 0.1, … although 3 · 0.1 > 0.3 in binary
  return { type: 'float', low, high: step === null ? high : decimalFloor(low, high, step), log, step };
}

/**
 * Integers from low to high, both included.
 * @param name The parameter, for messages.
 * @throws ConfigError where low > high, a bound or the step is no integer, or log goes with low < 1 or a step
 */
export function intDistribution(
  low: number,
  high: number,
  { log = false, step }: RangeOptions = {},
  name?: string,
): IntDistribution {
  checkRange(low, high, name);
  const by = step ?? 1;
  for (const [key, value] of [
    ['low', low],
    ['high', high],
    ['step', by],
  ] as const) {
    if (!Number.isSafeInteger(value)) {
      throw new ConfigError(
        `${where(name)} ${key} must be an integer, but got ${value}. Use a float range for fractions.`,
      );
    }
  }
  if (by < 1)
    throw new ConfigError(
      `${where(name)} step must be at least 1, but got ${by}. Give the distance between neighbouring values.`,
    );
  if (log && by !== 1) {
    throw new ConfigError(
      `${where(name)} must have a step or log, not both, but got step ${by} with log. Remove one.`,
    );
  }
  if (log && low < 1) {
    throw new ConfigError(
      `${where(name)} low must be at least 1 with log, but got ${low}. Raise low, or drop log.`,
    );
  }
  return { type: 'int', low, high: low + Math.floor((high - low) / by) * by, log, step: by };
}

/**
 * One of `choices`.
 * @param name The parameter, for messages.
 * @throws ConfigError where there is no choice, or the same one twice
 */
export function categoricalDistribution(choices: readonly Choice[], name?: string): CategoricalDistribution {
  if (choices.length === 0) {
    throw new ConfigError(
      `${where(name)} choices must hold at least one value, but got none. List what to choose from.`,
    );
  }
  choices.forEach((choice, i) => {
    if (choices.findIndex((other) => sameChoice(choice, other)) !== i) {
      throw new ConfigError(
        `${where(name)} choices must differ, but got ${JSON.stringify(choice)} twice. Drop one.`,
      );
    }
  });
  return { type: 'categorical', choices: [...choices] };
}

function checkRange(low: number, high: number, name: string | undefined) {
  for (const [key, value] of [
    ['low', low],
    ['high', high],
  ] as const) {
    if (!Number.isFinite(value)) {
      throw new ConfigError(`${where(name)} ${key} must be a finite number, but got ${value}. Give a bound.`);
    }
  }
  if (low > high) {
    throw new ConfigError(
      `${where(name)} low must be at most high, but got low ${low} and high ${high}. Swap them.`,
    );
  }
}

function sameChoice(a: unknown, b: unknown) {
  return Object.is(a, b) || a === b;
}

/** The internal form of `value`; undefined for a choice that is not in the list or a value of another type. */
export function toInternal(distribution: Distribution, value: unknown): number | undefined {
  if (distribution.type === 'categorical') {
    const index = distribution.choices.findIndex((choice) => sameChoice(choice, value));
    return index === -1 ? undefined : index;
  }
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  return distribution.type === 'int' ? Math.trunc(value) : value;
}

/** The external form of an internal value. */
export function toExternal(distribution: Distribution, internal: number): ParamValue {
  return distribution.type === 'categorical' ? distribution.choices[internal] : internal;
}

/** Whether an internal value is one of the distribution's: in its range and, with a step, on its grid (to 1e-8 steps). */
export function contains(distribution: Distribution, internal: number): boolean {
  if (distribution.type === 'categorical') {
    return Number.isInteger(internal) && internal >= 0 && internal < distribution.choices.length;
  }
  const { low, high, step } = distribution;
  if (!(low <= internal && internal <= high)) return false;
  if (step === null) return true;
  const k = (internal - low) / step;
  return Math.abs(k - Math.round(k)) < 1e-8;
}

/** Whether there is one value only; it is never sampled. */
export function isSingle(distribution: Distribution): boolean {
  if (distribution.type === 'categorical') return distribution.choices.length === 1;
  const { type, low, high, step } = distribution;
  if (low === high || step === null) return low === high;
  // in decimals: 0.1, 0.3 are two values although 0.3 - 0.1 < 0.2 in binary
  return type === 'int' ? high - low < step : decimalFloor(low, high, step) === low;
}

/** Whether both allow the same values on the same scale. */
export function equalDistributions(a: Distribution, b: Distribution): boolean {
  if (a.type === 'categorical' || b.type === 'categorical') {
    return a.type === b.type && sameChoices(a as CategoricalDistribution, b as CategoricalDistribution);
  }
  return a.type === b.type && a.low === b.low && a.high === b.high && a.log === b.log && a.step === b.step;
}

function sameChoices(a: CategoricalDistribution, b: CategoricalDistribution) {
  return (
    a.choices.length === b.choices.length && a.choices.every((choice, i) => sameChoice(choice, b.choices[i]))
  );
}

/**
 * Within a study a parameter keeps its kind, its scale and its choices; bounds and step may change.
 * @throws ConfigError where `next` breaks that
 */
export function checkCompatible(name: string, before: Distribution, next: Distribution): void {
  const text = JSON.stringify;
  if (before.type !== next.type) {
    throw new ConfigError(
      `[${name}] must stay ${before.type} within a study, but got ${next.type}. Use another name, or another study.`,
    );
  }
  if (before.type === 'categorical') {
    if (!sameChoices(before, next as CategoricalDistribution)) {
      throw new ConfigError(
        `[${name}] must keep the choices ${text(before.choices)} within a study, but got ` +
          `${text((next as CategoricalDistribution).choices)}. Use another name, or another study.`,
      );
    }
  } else if (before.log !== (next as IntDistribution).log) {
    throw new ConfigError(
      `[${name}] must stay ${before.log ? 'logarithmic' : 'linear'} within a study, but got ` +
        `${before.log ? 'linear' : 'logarithmic'}. Use another name, or another study.`,
    );
  }
}

/** A number as digits · 10^-scale. */
function parts(value: number): { digits: bigint; scale: number } {
  const [mantissa, exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** The last point of low, low + step, … that is at most high, as if all three were exact decimals. */
export function decimalFloor(low: number, high: number, step: number): number {
  const all = [low, high, step].map(parts);
  const scale = maxOf(all, (part) => part.scale);
  const [l, h, s] = all.map((part) => part.digits * 10n ** BigInt(scale - part.scale));
  const last = l + ((h - l) / s) * s;
  return last === h ? high : Number(`${last}e-${scale}`);
}
