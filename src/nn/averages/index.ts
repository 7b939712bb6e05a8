import { describedFamily } from '../../core/family.ts';
import type { Average, AverageContext, AverageDescription } from './average.ts';
import { ema } from './ema.ts';
import { none } from './none.ts';
import { swa } from './swa.ts';

export type { Average, AverageContext, AverageDescription } from './average.ts';

/** The averages of the weights, by the name in `train.average`. To add one: a file beside these and a line in this list. */
export const averages = describedFamily<readonly [AverageContext], Average, AverageDescription>()('average', [
  none,
  ema,
  swa,
]);
