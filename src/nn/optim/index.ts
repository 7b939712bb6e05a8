import { family } from '../../core/family.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

export { clipFactor } from './clip.ts';
export type { Optimizer, OptimizerUpdate } from './optimizer.ts';

/** The optimisers, by the name in `train.optimizer`. */
export const optimizers = family<[], Optimizer>('optimizer', [sgd, adam, adamw]);
