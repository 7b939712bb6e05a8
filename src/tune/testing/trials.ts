/** Short constructors of trials and studies for tests. Not part of the package's exports. */
import { createRng } from '../../core/rng.ts';
import type { Distribution } from '../space/distributions.ts';
import type { SamplingView } from '../study/view.ts';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.ts';

/** What `makeTrial` takes: fields of a trial, and parameters with their distributions in one. */
export type TrialParts = Partial<
  Omit<FrozenTrial, 'internalParams' | 'distributions' | 'intermediateValues'>
> & {
  /** Internal value and distribution by parameter. */
  readonly params?: Readonly<Record<string, readonly [number, Distribution]>>;
  /** Reports: a list for steps 0, 1, …, or a map. */
  readonly reports?: readonly number[] | ReadonlyMap<number, number>;
};

/** A trial: number 0, COMPLETE if it has values and RUNNING if not, id one above its number, started at 1970. */
export function makeTrial({ params = {}, reports = [], ...fields }: TrialParts = {}): FrozenTrial {
  const number = fields.number ?? 0;
  const state = fields.state ?? (fields.values ? 'COMPLETE' : 'RUNNING');
  const ended = state === 'COMPLETE' || state === 'PRUNED' || state === 'FAIL';
  return {
    id: number + 1,
    number,
    state,
    values: null,
    internalParams: new Map(Object.entries(params).map(([name, [internal]]) => [name, internal])),
    distributions: new Map(Object.entries(params).map(([name, [, distribution]]) => [name, distribution])),
    intermediateValues: 'length' in reports ? new Map(reports.entries()) : new Map(reports),
    userAttrs: {},
    systemAttrs: {},
    datetimeStart: state === 'WAITING' ? null : new Date(1000 * number),
    datetimeComplete: ended ? new Date(1000 * number + 500) : null,
    ...fields,
  };
}

/** What a sampler or pruner sees: a study named `study` that minimises, whose stream is that of trial `number`. */
export function makeView(
  trials: readonly FrozenTrial[],
  {
    name = 'study',
    directions = ['minimize'],
    seed = 0,
    number = trials.length,
  }: { name?: string; directions?: readonly Direction[]; seed?: number; number?: number } = {},
): SamplingView {
  return { name, directions, trials, rng: createRng(seed).fork('trial', number) };
}
