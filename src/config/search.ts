/** A configuration in which some values are ranges: what `unroll tune` reads. */
import { ConfigError } from '../core/errors.ts';
import { fittedAtOnce, modelTypes } from '../models/family.ts';
import type { TuneOptions } from '../tune/options.ts';
import type { Choice, Distribution } from '../tune/space/distributions.ts';
import { configOf, parseSpace, type SearchSpace, type SpaceParam } from '../tune/space/search-space.ts';
import { NOT_SEARCHABLE, SEARCHABLE } from './json-schema.ts';
import { configKeys } from './keys.ts';
import { type ConfigLayer, merge, type PathStep, valueAt } from './layer.ts';
import { defaults, originOf, resolveConfig, resolveSection } from './resolve.ts';
import { type Config, searchSchema } from './schema.ts';

/** A resolved search. */
export interface SearchConfig {
  /** How to search. */
  readonly tune: TuneOptions;
  /** What is searched. */
  readonly space: SearchSpace;
  /** A configuration of the space: that of the first value of each range. */
  readonly example: Config;
  /** The configuration of a trial, from its parameters. */
  configOf(params: Readonly<Record<string, Choice>>): Config;
}

/**
 * The search of defaults and layers, each over the ones before it.
 * @throws ConfigError that names the first key that cannot be used, searched, or take a value of its range, and where it
 *   was written
 */
export function resolveSearch(...layers: readonly ConfigLayer[]): SearchConfig {
  const { tune: given, ...merged } = layers.reduce<unknown>(
    (lower, layer) => merge(lower, layer.values),
    defaults,
  ) as Record<string, unknown>;
  const values = withoutSize(merged);
  const tune = resolveSection(searchSchema.shape.tune, 'tune', given, layers);
  const where = (path: readonly PathStep[]) => originOf(layers, path) ?? 'the defaults';
  const space = locating(layers, () => parseSpace(values));
  const type = where(['model', 'type']);
  requireSteps(valueAt(values, ['model', 'type']), type);
  const resolve = (params: Readonly<Record<string, Choice>>) => {
    const config = resolveConfig({ values: configOf(space, params), where });
    requireSteps(config.model.type, type);
    return config;
  };
  for (const param of space.params) checkSearchable(param, where(param.path));
  for (const param of space.params) {
    for (const value of endsOf(param.distribution)) resolve(exampleWith(space, param, value));
  }
  const example = resolve(exampleWith(space));
  if (space.params.length === 0) {
    throw new ConfigError(
      '[config] a search must have at least one range, as in train.lr: {type: float, low: 1.0e-4, high: 1.0e-2, log: true}, but got none. ' +
        'Give a file with ranges with -c, or a preset that has them.',
    );
  }
  return { tune, space, example, configOf: resolve };
}

/** The values without a range of `model.embedding_dim` where word vectors decide it in every trial. */
function withoutSize(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const vectors = valueAt(values, ['model', 'vectors']);
  const size = valueAt(values, ['model', 'embedding_dim']);
  if (typeof vectors !== 'string' || typeof size === 'number') return values;
  const { embedding_dim: _, ...model } = values['model'] as Record<string, unknown>;
  return { ...values, model };
}

/** A trial reports epochs, and is pruned after them. Said before a key that such a model does not know. */
function requireSteps(type: unknown, where: string): void {
  if (typeof type !== 'string' || !modelTypes.includes(type) || !fittedAtOnce({ type })) return;
  throw new ConfigError(
    `[config] model.type must be a model that learns in steps in a search, but got ${type} (${where}), which is fitted at once and chooses its own parameters. Use unroll train --model ${type}.`,
    { key: 'model.type' },
  );
}

function checkSearchable({ name, path }: SpaceParam, where: string): void {
  const key = path.slice(0, 2).join('.');
  if (!configKeys.some((known) => known.path === key)) return; // an unknown key is refused as such
  if (SEARCHABLE.includes(String(path[0])) && !NOT_SEARCHABLE.includes(key)) return;
  throw new ConfigError(
    `[config] ${name} must be the same in every trial, but got a range (${where}). Ranges may stand in ${SEARCHABLE.join(', ')}, other than ${NOT_SEARCHABLE.join(', ')}.`,
    { key: name },
  );
}

/** The values of a range that imply the validity of all others. */
function endsOf(distribution: Distribution): readonly Choice[] {
  return distribution.type === 'categorical' ? distribution.choices : [distribution.low, distribution.high];
}

/** Parameters in which `param` has this value, with conditions that make it exist; others have their first values. */
function exampleWith(
  { params }: SearchSpace,
  param?: SpaceParam,
  value?: Choice,
): Readonly<Record<string, Choice>> {
  const wanted = new Map<string, Choice>();
  const want = (one: SpaceParam, to: Choice) => {
    wanted.set(one.name, to);
    for (const [other, allowed] of one.when) {
      const needed = params.find(({ name }) => name === other);
      if (needed && !wanted.has(other)) want(needed, allowed[0]);
    }
  };
  if (param && value !== undefined) want(param, value);
  const made: Record<string, Choice> = {};
  for (const one of params) {
    const holds = [...one.when].every(
      ([other, allowed]) => !(other in made) || allowed.includes(made[other]),
    );
    if (holds || wanted.has(one.name)) made[one.name] = wanted.get(one.name) ?? endsOf(one.distribution)[0];
  }
  return made;
}

/** Adds to errors in ranges where the range was written. */
function locating<T>(layers: readonly ConfigLayer[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ConfigError) || error.key === undefined) throw error;
    const layer = layers.findLast(({ values }) => valueAt(values, error.key?.split('.') ?? []) !== undefined);
    if (!layer) throw error;
    throw new ConfigError(`${error.message} (${layer.where(error.key.split('.'))})`, {
      key: error.key,
      cause: error,
    });
  }
}
