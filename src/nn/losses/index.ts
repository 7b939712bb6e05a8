import { family } from '../../core/family.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Loss, LossContext } from './loss.ts';
import { mse } from './mse.ts';

export type { Loss, LossContext, LossInput, LossResult } from './loss.ts';

/** The losses, by the name in `train.loss`. */
export const losses = family<[LossContext], Loss>('loss', [crossEntropy, mse]);
