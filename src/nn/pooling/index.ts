import { family } from '../../core/family.ts';
import { last } from './last.ts';
import { max } from './max.ts';
import { mean } from './mean.ts';

/** The poolings, by the name in `model.pooling`. To add one: a file beside these and a line in this list. */
export const poolings = family<readonly [PoolingInput], Pooling>('pooling', [last, mean, max]);
import type { Pooling, PoolingInput } from './pooling.ts';
export type { Pooling, PoolingInput };
