import { describedFamily } from '../../core/family.ts';
import { crossEntropy } from './cross-entropy.ts';
import { focal } from './focal.ts';
import type { Loss, LossContext, LossDescription } from './loss.ts';
import { mse } from './mse.ts';

export type { Loss, LossContext, LossDescription, LossInput, LossResult } from './loss.ts';

/** The losses, by the name in `train.loss`. */
export const losses = describedFamily<readonly [LossContext], Loss, LossDescription>()('loss', [
  crossEntropy,
  mse,
  focal,
]);
