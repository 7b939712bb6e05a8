/**
 * A search space as data: a configuration in which some values are ranges.
 *
 *     model:
 *       type: { type: categorical, choices: [lstm, rnn] }
 *       nonlinearity: { type: categorical, choices: [tanh, relu], when: { model.type: rnn } }
 *     train:
 *       lr: { type: float, low: 1.0e-4, high: 1.0e-2, log: true }
 *
 * The name of a parameter is its path, `train.lr`. With `when`, it only exists if another value is one of those given; otherwise the key is left out.
 */
import { ConfigError } from '../../core/errors.ts';
import { append } from '../../core/lists.ts';
import { didYouMean, nearest } from '../../core/nearest.ts';
import type { Trial } from '../trial/trial.ts';
import {
  categoricalDistribution,
  type Choice,
  type Distribution,
  floatDistribution,
  intDistribution,
} from './distributions.ts';

/** A range within a configuration. */
export interface SpaceParam {
  /** Dotted path, such as `train.lr`. */
  readonly name: string;
  /** The same as keys and indices. */
  readonly path: readonly (string | number)[];
  /** Its distribution. */
  readonly distribution: Distribution;
  /** Values of other keys, by dotted path, for which it exists; empty: always. */
  readonly when: ReadonlyMap<string, readonly Choice[]>;
}

/** A search space. */
export interface SearchSpace {
  /** The configuration, with the ranges in it. */
  readonly config: unknown;
  /** The parameters, each after those that it depends on. */
  readonly params: readonly SpaceParam[];
}

const keysOf = {
  float: ['type', 'low', 'high', 'log', 'step', 'when'],
  int: ['type', 'low', 'high', 'log', 'step', 'when'],
  categorical: ['type', 'choices', 'when'],
} as const;
type RangeType = keyof typeof keysOf;
const rangeTypes = Object.keys(keysOf) as RangeType[];

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value of a configuration is a range, or was meant as one. */
export function isRange(value: unknown): boolean {
  if (!isMapping(value)) return false;
  return (
    rangeTypes.includes(value.type as RangeType) ||
    Object.hasOwn(value, 'choices') ||
    (Object.hasOwn(value, 'low') && Object.hasOwn(value, 'high'))
  );
}

/**
 * Finds the ranges of a configuration.
 * @throws ConfigError where a range is none, or depends on what is not there; its `key` is the path
 */
export function parseSpace(config: unknown): SearchSpace {
  const found: SpaceParam[] = [];
  collect(config, [], found);
  for (const param of found) checkConditions(param, found, config);
  return { config, params: inOrder(found) };
}

/** The distribution of each parameter of a space, for samplers that need it in advance. */
export function spaceDistributions(space: SearchSpace): ReadonlyMap<string, Distribution> {
  return new Map(space.params.map(({ name, distribution }) => [name, distribution]));
}

/**
 * A configuration of a space: the trial suggests a value for each range. Parameters that repeat an earlier trial are
 * sampled again as often as the study allows.
 */
export function suggestFromSpace(trial: Trial, space: SearchSpace): unknown {
  let values = suggestValues(trial, space);
  while (trial.repeatsAnother() && trial.redraw()) values = suggestValues(trial, space);
  return configOf(space, values);
}

function suggestValues(trial: Trial, { params, config }: SearchSpace): ReadonlyMap<string, Choice> {
  const values = new Map<string, Choice>();
  for (const { name, distribution, when } of params) {
    const holds = [...when].every(([other, allowed]) =>
      allowed.includes((values.get(other) ?? fixedValue(config, other)) as Choice),
    );
    if (holds) values.set(name, trial.suggest(name, distribution));
  }
  return values;
}

/**
 * The configuration with values in place of its ranges; a range without a value is left out.
 * @param values By name, such as the parameters of a finished trial.
 */
export function configOf(
  { config }: SearchSpace,
  values: ReadonlyMap<string, Choice> | Readonly<Record<string, Choice>>,
): unknown {
  const byName = values instanceof Map ? values : new Map(Object.entries(values));
  const fill = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (isRange(value)) return byName.get(path.join('.'));
    if (Array.isArray(value)) return value.map((item, i) => fill(item, [...path, i]));
    if (!isMapping(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const filled = fill(item, [...path, key]);
        return filled === undefined ? [] : [[key, filled]];
      }),
    );
  };
  return fill(config, []);
}

function collect(value: unknown, path: readonly (string | number)[], found: SpaceParam[]): void {
  if (isRange(value)) found.push(readRange(value as Mapping, path));
  else if (Array.isArray(value)) value.forEach((item, i) => collect(item, [...path, i], found));
  else if (isMapping(value)) {
    for (const [key, item] of Object.entries(value)) collect(item, [...path, key], found);
  }
}

function readRange(range: Mapping, path: readonly (string | number)[]): SpaceParam {
  const name = path.join('.');
  const fail = (text: string) => new ConfigError(`[${name}] ${text}`, { key: name });
  const type = range.type as RangeType;
  if (!rangeTypes.includes(type)) {
    const guess =
      range.type === undefined
        ? ` Add type: ${range.choices === undefined ? 'float' : 'categorical'}.`
        : didYouMean(typeof range.type === 'string' ? nearest(range.type, rangeTypes) : undefined);
    throw fail(`type must be one of ${rangeTypes.join(', ')}, but got ${shown(range.type)}.${guess}`);
  }
  const known: readonly string[] = keysOf[type];
  const unknown = Object.keys(range).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw fail(
      `a range of type ${type} must have keys among ${known.join(', ')}, but got "${unknown}".` +
        didYouMean(nearest(unknown, known)),
    );
  }
  const number = (key: string): number => {
    if (typeof range[key] === 'number') return range[key];
    throw fail(`${key} must be a number, but got ${shown(range[key])}.`);
  };
  if (range.log !== undefined && typeof range.log !== 'boolean') {
    throw fail(`log must be true or false, but got ${JSON.stringify(range.log)}.`);
  }
  const step = range.step === undefined || range.step === null ? undefined : number('step');
  const options = { log: range.log === true, ...(step !== undefined && { step }) };
  const when = readWhen(range.when, fail);
  if (when.size > 0 && path.some((part) => typeof part === 'number')) {
    throw fail(
      'a range within a list must always be there, but got one with when. Move when to the whole list.',
    );
  }
  try {
    const distribution =
      type === 'categorical'
        ? categoricalDistribution(readChoices(range.choices, fail), name)
        : (type === 'float' ? floatDistribution : intDistribution)(
            number('low'),
            number('high'),
            options,
            name,
          );
    return { name, path, distribution, when };
  } catch (error) {
    if (!(error instanceof ConfigError) || error.key !== undefined) throw error;
    throw new ConfigError(error.message, { key: name, cause: error });
  }
}

/** A value of the configuration in a message. */
function shown(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

type Fail = (text: string) => ConfigError;

function readChoices(choices: unknown, fail: Fail): readonly Choice[] {
  if (!Array.isArray(choices)) {
    throw fail(`choices must be a list, but got ${shown(choices)}.`);
  }
  const odd: unknown = choices.find((choice) => typeof choice === 'object' && choice !== null);
  if (odd === undefined) return choices as Choice[];
  throw fail(
    `choices must be text, numbers, true, false or null, but got ${JSON.stringify(odd)}. Write it in one word, as in last+mean.`,
  );
}

function readWhen(when: unknown, fail: Fail): ReadonlyMap<string, readonly Choice[]> {
  if (when === undefined) return new Map();
  if (!isMapping(when)) {
    throw fail(
      `when must name another key and its values, as in { model.type: [lstm, gru] }, but got ${JSON.stringify(when)}.`,
    );
  }
  return new Map(
    Object.entries(when).map(([name, allowed]) => [
      name,
      readChoices(Array.isArray(allowed) ? allowed : [allowed], fail),
    ]),
  );
}

/** The value of a configuration without ranges at a dotted path; undefined if there is none, or not a single value. */
function fixedValue(config: unknown, name: string): Choice | undefined {
  let value = config;
  for (const step of name.split('.'))
    value = isMapping(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return typeof value === 'object' && value !== null ? undefined : (value as Choice | undefined);
}

function checkConditions({ name, when }: SpaceParam, all: readonly SpaceParam[], config: unknown): void {
  for (const [other, allowed] of when) {
    const param = all.find((one) => one.name === other);
    if (!param && fixedValue(config, other) === undefined) {
      const guess = nearest(other, all.map((one) => one.name)); // prettier-ignore
      throw new ConfigError(
        `[${name}] when must name a key of the same file, but got "${other}".${didYouMean(guess)}`,
        { key: name },
      );
    }
    const { distribution } = param ?? {};
    const never = allowed.filter(
      (value) => distribution?.type === 'categorical' && !distribution.choices.includes(value),
    );
    if (never.length > 0) {
      throw new ConfigError(
        `[${name}] when must give values that ${other} can have, but got ${JSON.stringify(never[0])}.`,
        { key: name },
      );
    }
  }
}

/** Topological order: each range after those that it depends on, otherwise in the order of the file. */
function inOrder(params: readonly SpaceParam[]): readonly SpaceParam[] {
  const ordered: SpaceParam[] = [];
  let left = [...params];
  while (left.length > 0) {
    const ready = left.filter(
      ({ when }) => ![...when.keys()].some((other) => left.some(({ name }) => name === other)),
    );
    if (ready.length === 0) {
      const names = left.map(({ name }) => name);
      throw new ConfigError(
        `[${names[0]}] when must not lead back to itself, but ${names.join(', ')} depend on each other.`,
        { key: names[0] },
      );
    }
    append(ordered, ready);
    left = left.filter((param) => !ready.includes(param));
  }
  return ordered;
}
