/** Parzen kernels of a choice. */
import { log } from '../../../core/math.ts';
import type { TableDimension } from './dimension.ts';

/**
 * The kernel of an observed choice gives every choice 1/(n + 1) and the observed one 1 more, divided by the sum; the
 * prior is uniform.
 * @param observed Indices of choices, oldest first.
 * @param choices How many there are.
 */
export function categoricalDimension(observed: Float64Array, choices: number): TableDimension {
  const n = observed.length;
  const share = 1 / (n + 1);
  const sum = 1 + choices * share;
  const [hit, miss] = [(1 + share) / sum, share / sum];
  const [logHit, logMiss, logPrior] = [log(hit), log(miss), log(1 / choices)];
  return {
    kind: 'table',
    addConstants(out) {
      for (let k = 0; k < n; k++) out[k] += logMiss;
      out[n] += logPrior;
    },
    addLogDensity(x, out) {
      for (let k = 0; k < n; k++) if (observed[k] === x) out[k] += logHit - logMiss;
    },
    draw(k, u) {
      let left = u;
      for (let c = 0; c < choices - 1; c++) {
        left -= k === n ? 1 / choices : observed[k] === c ? hit : miss;
        if (left < 0) return c;
      }
      return choices - 1;
    },
  };
}
