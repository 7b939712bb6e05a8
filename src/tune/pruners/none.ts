/** Every trial goes on to its end. */
import * as z from 'zod';
import { member } from '../../core/family.ts';
import type { Pruner } from './pruner.ts';

/** No pruning. */
export const none = member({
  type: 'none',
  summary: 'Never stops a trial.',
  options: z.object({}),
  create(): Pruner {
    return { type: 'none', decide: () => ({ prune: false }) };
  },
});
