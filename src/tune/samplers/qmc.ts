/** Quasi-random search: trial n takes point n of a Sobol sequence, so workers only need to share the seed. */
import { member } from '../../core/family.ts';
import { boolean } from '../../core/options.ts';
import { createRng } from '../../core/rng.ts';
import { type Distribution, isSingle } from '../space/distributions.ts';
import type { FrozenTrial } from '../trial/frozen-trial.ts';
import type { SamplerContext } from './context.ts';
import { NO_RELATIVE, type Sampler } from './sampler.ts';
import { sobol, SOBOL_AXES } from './sobol.ts';
import { fromUnit } from './uniform.ts';

/** The declared space, or that of the first finished trial; by name, without parameters of a single value. */
function axesOf(
  space: ReadonlyMap<string, Distribution> | undefined,
  trials: readonly FrozenTrial[],
): (readonly [string, Distribution])[] {
  const first = trials.find(({ state }) => state === 'COMPLETE' || state === 'PRUNED');
  return [...(space ?? first?.distributions ?? [])]
    .filter(([, distribution]) => !isSingle(distribution))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, SOBOL_AXES);
}

/** Quasi-random search. */
export const qmc = member({
  type: 'qmc',
  summary: `Points of a scrambled Sobol sequence, which fill the space evenly; beyond ${SOBOL_AXES} parameters the others are random.`,
  options: {
    scramble: boolean({
      default: true,
      doc: 'randomise the sequence by the seed; without it, it begins at the lowest values',
    }),
  },
  create({ scramble }, { seed, space }: SamplerContext): Sampler {
    const scrambling = scramble ? createRng(seed).fork('qmc') : undefined;
    return {
      type: 'qmc',
      seed,
      sampleRelative(study, trial) {
        const axes = axesOf(space, study.trials);
        if (axes.length === 0) return NO_RELATIVE;
        return {
          params: new Map(
            axes.map(([name, distribution], axis) => [
              name,
              fromUnit(distribution, sobol(trial.number, axis, scrambling)),
            ]),
          ),
          distributions: new Map(axes),
        };
      },
      sampleIndependent: (study, _trial, name, distribution) =>
        fromUnit(distribution, study.rng.fork('independent', name).float()),
    };
  },
});
