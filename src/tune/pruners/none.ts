/** No pruning. */
import { member } from '../../core/family.ts';
import type { Pruner } from './pruner.ts';

/** No pruning. */
export const none = member({
  type: 'none',
  summary: 'Never stops a trial.',
  options: {},
  create(): Pruner {
    return { type: 'none', decide: () => ({ prune: false }) };
  },
});
