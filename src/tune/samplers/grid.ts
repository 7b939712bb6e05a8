/**
 * Grid search: every combination of listed values once. The order of the points, their numbers (`grid_id`) and the
 * attributes of a trial are those of Optuna's GridSampler with the same seed, so that workers of both can share one
 * grid.
 */
import { ConfigError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { boolean, either, list, map, nothing, number, text } from '../../core/options.ts';
import { distributionToJson } from '../space/distribution-json.ts';
import { type Choice, contains, type Distribution, toInternal } from '../space/distributions.ts';
import type { SamplingView, StudyView } from '../study/view.ts';
import { type Attribute, type FrozenTrial, isFinished } from '../trial/frozen-trial.ts';
import type { SamplerContext } from './context.ts';
import { mersenneOrder } from './mersenne.ts';
import { NO_RELATIVE, type Sampler } from './sampler.ts';
import { gridPoint, gridSize } from './uniform.ts';

/** A larger grid would be useless, and not fit into memory. */
const LARGEST = 10_000_000;

const choice = either([text(), number(), boolean(), nothing()]);

/** Values by parameter, by name. */
type Axes = readonly (readonly [string, readonly Choice[]])[];

/** Every value of a distribution. @throws ConfigError for floats without a step */
function allValues(name: string, distribution: Distribution): readonly Choice[] {
  if (distribution.type === 'categorical') return distribution.choices;
  const count = gridSize(distribution);
  if (count === Infinity) {
    throw new ConfigError(
      `[sampler grid] ${name} must have finitely many values, but got a float range without a step. Give it a step, or list its values in search_space.`,
    );
  }
  if (count > LARGEST) throw tooLarge(count);
  return Array.from({ length: count }, (_, k) => gridPoint(distribution, k));
}

function tooLarge(points: number): ConfigError {
  return new ConfigError(
    `[sampler grid] the grid must have at most ${LARGEST} points, but got ${points}. List fewer values, or search with random.`,
  );
}

/** A grid: its axes, and its points in the order in which they are tried. */
function makeGrid(axes: Axes, seed: number) {
  const size = axes.reduce((product, [, values]) => product * values.length, 1);
  if (size > LARGEST) throw tooLarge(size);
  const order = mersenneOrder(size, seed);
  const searchSpace: Attribute = Object.fromEntries(axes);
  /** The value of a parameter at point `id`; undefined if it is not in the grid. */
  const valueAt = (id: number, name: string): Choice | undefined => {
    let place = order[id];
    for (const [axis, values] of axes.toReversed()) {
      if (axis === name) return values[place % values.length];
      place = Math.floor(place / values.length);
    }
    return undefined;
  };
  /** The point of a trial; undefined for a trial of another grid, or without one. */
  const pointOf = ({ systemAttrs: { grid_id: id, search_space: space } }: FrozenTrial): number | undefined =>
    typeof id === 'number' && id < size && sameSpace(space, axes) ? id : undefined;
  return { size, searchSpace, valueAt, pointOf };
}

type Grid = ReturnType<typeof makeGrid>;

function sameSpace(space: Attribute | undefined, axes: Axes): boolean {
  if (typeof space !== 'object' || space === null) return false;
  const stored = new Map<string, Attribute>(Object.entries(space));
  return (
    stored.size === axes.length &&
    axes.every(([name, values]) => {
      const other = stored.get(name);
      return (
        Array.isArray(other) &&
        other.length === values.length &&
        values.every((value, i) => value === other[i])
      );
    })
  );
}

/** Points of finished trials and, unless `shared`, of running and waiting ones. */
function takenPoints(grid: Grid, { trials }: StudyView, shared: boolean): ReadonlySet<number> {
  return new Set(
    trials.flatMap((trial) => (isFinished(trial.state) || !shared ? (grid.pointOf(trial) ?? []) : [])),
  );
}

function freePoints(grid: Grid, study: StudyView, shared: boolean): number[] {
  const taken = takenPoints(grid, study, shared);
  return Array.from({ length: grid.size }, (_, id) => id).filter((id) => !taken.has(id));
}

/**
 * Trial n takes point n; later trials take the points that were left out. Once nothing is left, points are repeated.
 */
function choosePoint(grid: Grid, study: SamplingView, trial: FrozenTrial): number {
  const others = { ...study, trials: study.trials.filter(({ number }) => number !== trial.number) };
  // another trial may have this point, since Optuna counts trials that are run again in its numbering
  const isFree = others.trials.every(
    (other) => other.systemAttrs.grid_id !== trial.number || grid.pointOf(other) === undefined,
  );
  if (trial.number < grid.size && isFree) return trial.number;
  const [free, unfinished] = [freePoints(grid, others, false), freePoints(grid, others, true)];
  const rng = study.rng.fork('grid');
  const from = free.length > 0 ? free : unfinished;
  return from.length > 0 ? from[rng.int(from.length)] : rng.int(grid.size);
}

/** The point of a trial: as stored with it, or as chosen when the trial began. */
function pointFor(grid: Grid, study: SamplingView, trial: FrozenTrial, name: string): number {
  const kept = grid.pointOf(trial);
  if (kept !== undefined) return kept;
  if ('fixed_params' in trial.systemAttrs) {
    throw new ConfigError(
      `[sampler grid] an enqueued trial must be given every parameter, but got none for ${name}. Enqueue it as well.`,
    );
  }
  return choosePoint(grid, study, trial);
}

/** Grid search. */
export const grid = member({
  type: 'grid',
  summary: 'Every combination of listed values once; the search ends when they are used up.',
  options: {
    search_space: map(list(choice, { min: 1 }), {
      nullable: true,
      default: null,
      doc: 'values by parameter; null: all values of the declared ranges, which need steps',
    }),
  },
  create(o, { seed, space }: SamplerContext): Sampler {
    if (o.search_space === null && space === undefined) {
      throw new ConfigError(
        '[sampler grid] search_space must be given where no space is declared, but got none. List the values of each parameter.',
      );
    }
    const listed = o.search_space
      ? Object.entries(o.search_space)
      : [...(space ?? [])].map(([name, distribution]) => [name, allValues(name, distribution)] as const);
    const points = makeGrid(listed.sort(([a], [b]) => (a < b ? -1 : 1)), seed); // prettier-ignore
    return {
      type: 'grid',
      seed,
      sampleRelative(study, trial) {
        if ('fixed_params' in trial.systemAttrs || 'grid_id' in trial.systemAttrs) return NO_RELATIVE;
        const systemAttrs = { search_space: points.searchSpace, grid_id: choosePoint(points, study, trial) };
        return { ...NO_RELATIVE, systemAttrs };
      },
      sampleIndependent(study, trial, name, distribution) {
        const value = points.valueAt(pointFor(points, study, trial, name), name);
        if (value === undefined) {
          throw new ConfigError(
            `[sampler grid] ${name} must be a parameter of the grid, but it has ${listed.map(([axis]) => axis).join(', ')}. List its values.`,
          );
        }
        return checkValue(name, distribution, value);
      },
      isUsedUp: (study) =>
        study.trials.length >= points.size && takenPoints(points, study, false).size === points.size,
    };
  },
});

/** The internal value. @throws ConfigError where `value` is not one of the distribution's */
function checkValue(name: string, distribution: Distribution, value: Choice): number {
  const internal = toInternal(distribution, value);
  const fits =
    internal !== undefined &&
    contains(distribution, internal) &&
    (distribution.type === 'categorical' || internal === value);
  if (fits) return internal;
  throw new ConfigError(
    `[sampler grid] the values of ${name} must be of ${distributionToJson(distribution)}, but got ${JSON.stringify(value)}. Change the grid or the range.`,
  );
}
