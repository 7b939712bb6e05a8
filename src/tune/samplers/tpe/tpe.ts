/**
 * Tree-structured Parzen estimator (Bergstra et al., 2011), as in Optuna 5.0.0: it searches where good trials are
 * dense and bad ones are not.
 *
 * Trials are split into good and bad ones; a Parzen estimator of each gives the densities l and g; of some points
 * drawn from l, the first one with the largest ln l - ln g is taken. Parameters that every trial has are sampled
 * jointly, the others independently. Equal studies and seeds give equal points, but not those of Optuna, whose random
 * numbers differ.
 */
import { member } from '../../../core/family.ts';
import { boolean, integer, type OptionsOf } from '../../../core/options.ts';
import type { Rng } from '../../../core/rng.ts';
import { type Distribution, isSingle } from '../../space/distributions.ts';
import { createIntersection, groupSpaces, isObserved, type JointSpace } from '../../space/joint-space.ts';
import type { SamplingView, StudyView } from '../../study/view.ts';
import type { FrozenTrial } from '../../trial/frozen-trial.ts';
import type { SamplerContext } from '../context.ts';
import { NO_RELATIVE, type Sampler } from '../sampler.ts';
import { fromUnit, gridPoint } from '../uniform.ts';
import { createSorter, type Sorter } from './order.ts';
import { type ParzenEstimator, parzenEstimator } from './parzen.ts';
import { plannedAttrs } from './planned.ts';
import { countBelow, createSplitter } from './split.ts';
import { createTable, type Observations } from './table.ts';
import { ageWeights, equalWeights } from './weights.ts';

const options = {
  n_startup_trials: integer({
    min: 0,
    default: 10,
    doc: 'random trials before the first sampled one; complete and pruned trials count',
  }),
  n_ei_candidates: integer({ min: 1, default: 24, doc: 'candidates drawn, of which the best is taken' }),
  multivariate: boolean({
    nullable: true,
    default: null,
    doc: 'sample parameters together; null: with one objective, or with group',
  }),
  group: boolean({
    default: false,
    doc: 'for conditional parameters: sample together those that trials have together',
  }),
  constant_liar: boolean({ default: true, doc: 'keep away from the points that running trials are trying' }),
};

type Options = OptionsOf<typeof options>;

/** Tree-structured Parzen estimator. */
export const tpe = member({
  type: 'tpe',
  summary: 'Tree-structured Parzen estimator: searches where good trials are dense and bad ones are not.',
  method: {
    name: 'the tree-structured Parzen estimator',
    works: {
      bergstra2011:
        'J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl. Algorithms for hyper-parameter optimization. NIPS, 2011.',
    },
  },
  options,
  create: (given: Options, { seed }: SamplerContext): Sampler => createTpe(given, seed),
});

function createTpe(given: Options, seed: number): Sampler {
  const { group, n_startup_trials: startup } = given;
  // these cache their last results; what they return depends only on their arguments
  const split = createSplitter();
  const sort = createSorter();
  const table = createTable();
  const intersection = createIntersection();
  const together = ({ directions }: StudyView) => given.multivariate ?? (group || directions.length === 1);
  const mayBegin = ({ trials }: StudyView) => trials.filter(isObserved).length >= startup;

  /** Internal values for a space of several parameters. */
  const sample = (study: SamplingView, trial: FrozenTrial, space: JointSpace, rng: Rng) => {
    const { trials, directions } = study;
    const counted = trials.filter(
      (other) =>
        isObserved(other) ||
        (given.constant_liar && other.state === 'RUNNING' && other.number !== trial.number),
    );
    const finished = counted.reduce((n, { state }) => n + (state === 'RUNNING' ? 0 : 1), 0);
    const { below, above } = split(counted, directions, countBelow(finished, directions.length));
    const withPlans = together(study);
    const good = estimator(table(below, space, false), space, { equal: directions.length > 1 });
    const bad = estimator(table(above, space, withPlans), space, { equal: false, sort });
    return mostPromising(good, bad, rng, given.n_ei_candidates);
  };

  return {
    type: 'tpe',
    seed,
    sampleRelative(study, trial) {
      if (!together(study) || !mayBegin(study)) return NO_RELATIVE;
      const spaces = group ? groupSpaces(study.trials) : [intersection(study.trials)];
      const params = new Map<string, number>();
      const distributions = new Map<string, Distribution>();
      for (const whole of spaces) {
        const space = new Map([...whole].filter(([, distribution]) => !isSingle(distribution)));
        if (space.size === 0) continue;
        const point = sample(study, trial, space, study.rng.fork('together', ...space.keys()));
        [...space].forEach(([name, distribution], d) => {
          params.set(name, onGrid(distribution, point[d]));
          distributions.set(name, distribution);
        });
      }
      if (params.size === 0) return NO_RELATIVE;
      return {
        params,
        distributions,
        ...(given.constant_liar && { systemAttrs: plannedAttrs(params, distributions) }),
      };
    },
    sampleIndependent(study, trial, name, distribution) {
      if (!mayBegin(study)) return fromUnit(distribution, study.rng.fork('independent', name).float());
      const space = new Map([[name, distribution]]);
      return onGrid(distribution, sample(study, trial, space, study.rng.fork('alone', name))[0]);
    },
  };
}

function estimator(
  { columns, numbers }: Observations,
  space: JointSpace,
  { equal, sort }: { equal: boolean; sort?: Sorter },
): ParzenEstimator {
  const n = numbers.length;
  const names = [...space.keys()];
  const orders = sort && columns.map((column, d) => sort(names[d], column, numbers));
  return parzenEstimator([...space.values()], columns, equal ? equalWeights(n) : ageWeights(n), orders);
}

/** Among some points from `good`, the first with the largest ratio of densities of `good` to `bad`. */
function mostPromising(
  good: ParzenEstimator,
  bad: ParzenEstimator,
  rng: Rng,
  candidates: number,
): Float64Array {
  let best = good.draw(rng);
  let highest = candidates === 1 ? 0 : good.logDensity(best) - bad.logDensity(best);
  for (let c = 1; c < candidates; c++) {
    const point = good.draw(rng);
    const gain = good.logDensity(point) - bad.logDensity(point);
    if (gain > highest) [best, highest] = [point, gain];
  }
  return best;
}

/** The point of a float grid as a decimal: 0.3, not 0.30000000000000004. */
function onGrid(distribution: Distribution, value: number): number {
  if (distribution.type !== 'float' || distribution.step === null) return value;
  return gridPoint(distribution, Math.round((value - distribution.low) / distribution.step));
}
