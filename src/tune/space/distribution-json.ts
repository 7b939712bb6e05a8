/** Distributions as JSON, as Optuna writes them. */
import * as z from 'zod';
import { CorruptFileError } from '../../core/errors.ts';
import { pythonFloat } from '../storage/python-json.ts';
import type { Choice, Distribution } from './distributions.ts';

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
