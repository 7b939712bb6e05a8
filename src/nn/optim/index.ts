import { describedFamily } from '../../core/family.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { Optimizer, OptimizerDescription } from './optimizer.ts';
import { sgd } from './sgd.ts';

export { clipFactor } from './clip.ts';
export type { Optimizer, OptimizerDescription, OptimizerUpdate } from './optimizer.ts';

/** The optimisers, by the name in `train.optimizer`. */
export const optimizers = describedFamily<readonly [], Optimizer, OptimizerDescription>()('optimizer', [
  sgd,
  adam,
  adamw,
]);
