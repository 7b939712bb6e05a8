import { family } from '../../core/family.ts';
import type { SamplerContext } from './context.ts';
import { grid } from './grid.ts';
import { nsga2 } from './nsga2.ts';
import { qmc } from './qmc.ts';
import { random } from './random.ts';
import type { Sampler } from './sampler.ts';
import { tpe } from './tpe/tpe.ts';

export type { SamplerContext } from './context.ts';
export { NO_RELATIVE, type RelativeSample, type Sampler } from './sampler.ts';

/** The samplers, by the name in `tune.sampler.type`. */
export const samplers = family<[SamplerContext], Sampler>()('sampler', [tpe, random, grid, qmc, nsga2]);
