/**
 * What a parameter may be: an interval of floats, a range of integers, or a choice among values. Names, attributes and
 * the JSON are Optuna's, so that studies can be exchanged with it.
 *
 * A parameter has two forms. *External* is what the objective sees: the number or the choice. *Internal* is one number:
 * the number itself (never its logarithm), or the index of the choice. Storages, samplers and pruners work on internal
 * values.
 */
import * as z from 'zod';
import { ConfigError, CorruptFileError } from '../core/errors.ts';
import { decimalFloor } from './decimal.ts';

/** A value among choices. */
export type Choice = string | number | boolean | null;

/** The value of a parameter as an objective sees it. */
export type ParamValue = Choice;

/** Floats in [low, high], on the grid low, low + step, … where there is a step; `log`: uniform in the logarithm. */
export interface FloatDistribution {
  /** Tells the kinds apart. */
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
  /** Tells the kinds apart. */
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
  /** Tells the kinds apart. */
  readonly type: 'categorical';
  /** At least one, each once; a NaN equals itself. */
  readonly choices: readonly Choice[];
}

/** What a parameter may be. */
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
      `${where(name)} must have a step or log, not both, but got step ${step} with log. Drop one.`,
    );
  }
  if (log && low <= 0) {
    throw new ConfigError(
      `${where(name)} low must be above 0 with log, but got ${low}. Raise low, or drop log.`,
    );
  }
  if (step !== null && !(step > 0 && Number.isFinite(step))) {
    throw new ConfigError(
      `${where(name)} step must be above 0, but got ${step}. Give the distance of two neighbours.`,
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
      `${where(name)} step must be at least 1, but got ${by}. Give the distance of two neighbours.`,
    );
  if (log && by !== 1) {
    throw new ConfigError(
      `${where(name)} must have a step or log, not both, but got step ${by} with log. Drop one.`,
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

/** Optuna's JSON of a distribution, in its long form. Choices may hold the tokens NaN and Infinity, as Python writes them. */
export function distributionToJson(distribution: Distribution): string {
  if (distribution.type === 'categorical') {
    return `{"name": "CategoricalDistribution", "attributes": {"choices": [${distribution.choices.map(pythonToken).join(', ')}]}}`;
  }
  const { type, low, high, log, step } = distribution;
  if (type === 'int') {
    return `{"name": "IntDistribution", "attributes": {"log": ${log}, "step": ${step}, "low": ${low}, "high": ${high}}}`;
  }
  const body = `"step": ${step === null ? 'null' : pythonFloat(step)}, "low": ${pythonFloat(low)}, "high": ${pythonFloat(high)}, "log": ${log}`;
  return `{"name": "FloatDistribution", "attributes": {${body}}}`;
}

function pythonToken(value: Choice): string {
  return typeof value === 'number' && !Number.isFinite(value) ? pythonFloat(value) : JSON.stringify(value);
}

/** A float as Python's JSON writes it: 1.0, NaN, -Infinity. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}

const number = z.number();
const attributes = {
  float: z.object({
    low: number,
    high: number,
    log: z.boolean().default(false),
    step: number.nullable().default(null),
  }),
  int: z.object({ low: number, high: number, log: z.boolean().default(false), step: number.default(1) }),
  categorical: z.object({
    choices: z.array(
      z.custom<Choice>((value) => value === null || ['string', 'number', 'boolean'].includes(typeof value)),
    ),
  }),
  discrete: z.object({ low: number, high: number, q: number }),
};
const named = z.object({ name: z.string(), attributes: z.record(z.string(), z.unknown()) });

/**
 * Reads a parsed distribution of Optuna: the long form, and the five class names of Optuna before 3.0.
 * @param source Where it stands, for messages.
 * @throws CorruptFileError where it is none of them
 */
export function distributionFromJson(value: unknown, source: string): Distribution {
  const outer = named.safeParse(value);
  const made = outer.success ? fromNamed(outer.data.name, outer.data.attributes) : undefined;
  if (made) return made;
  throw new CorruptFileError(
    source,
    `[${source}] must hold a distribution as Optuna writes it, but got ${JSON.stringify(value)}. Was the study made by something else?`,
  );
}

function fromNamed(name: string, raw: unknown): Distribution | undefined {
  const read = <T>(schema: z.ZodType<T>) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? parsed.data : undefined;
  };
  switch (name) {
    case 'FloatDistribution': {
      const a = read(attributes.float);
      return a && { type: 'float', ...a };
    }
    case 'IntDistribution':
    case 'IntUniformDistribution':
    case 'IntLogUniformDistribution': {
      const a = read(attributes.int);
      return a && { type: 'int', ...a, log: a.log || name === 'IntLogUniformDistribution' };
    }
    case 'CategoricalDistribution': {
      const a = read(attributes.categorical);
      return a && { type: 'categorical', choices: a.choices };
    }
    case 'UniformDistribution':
    case 'LogUniformDistribution': {
      const a = read(attributes.float);
      return a && { type: 'float', ...a, log: name === 'LogUniformDistribution' };
    }
    case 'DiscreteUniformDistribution': {
      const a = read(attributes.discrete);
      return a && { type: 'float', low: a.low, high: a.high, log: false, step: a.q };
    }
    default:
      return undefined;
  }
}
