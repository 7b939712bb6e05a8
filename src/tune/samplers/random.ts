/** Random search: each parameter on its own, uniformly. */
import { member } from '../../core/family.ts';
import type { SamplerContext } from './context.ts';
import { NO_RELATIVE, type Sampler } from './sampler.ts';
import { fromUnit } from './uniform.ts';

/** Random search. */
export const random = member({
  type: 'random',
  summary: 'Each parameter independently: uniform, or uniform in the logarithm for ranges with log.',
  options: {},
  create(_, { seed }: SamplerContext): Sampler {
    return {
      type: 'random',
      seed,
      sampleRelative: () => NO_RELATIVE,
      sampleIndependent: (study, _trial, name, distribution) =>
        fromUnit(distribution, study.rng.fork('independent', name).float()),
    };
  },
});
