/** Mixup, `models/recurrent/mixup.ts`; λ stands in `i` at the index `lambda`, as the bits of a float. */
import { defineGpuKernel, HEAD } from '../kernel.ts';
import { FINITE, PER_COLUMN } from './functions.ts';
import { RESULT } from './loss.ts';

const lambda = 'let lambda = bitcast<f32>(i[a.lambda]);';

/** Row b of `to` [rows × n] = λ row b of `source` + (1-λ) row by[b]. With the inverse of the partners it is the way back. */
export const mixRows = defineGpuKernel({
  name: 'mixRows',
  fields: ['to', 'source', 'n', 'by', 'lambda'],
  code: `${PER_COLUMN}
  if (j >= a.n) { return; }
  ${lambda}
  for (var b = wg.y; b < u32(i[${HEAD.rows}]); b += num.y) {
    let other = f[a.source + u32(i[a.by + b]) * a.n + j];
    f[a.to + b * a.n + j] = lambda * f[a.source + b * a.n + j] + (1.0 - lambda) * other;
  }
}`,
});

/** The loss for the classes of the documents and that for those of their partners as one, with the gradients dz [rows × ld] of both. */
export const mixLosses = defineGpuKernel({
  name: 'mixLosses',
  fields: ['dz', 'dzPartners', 'ld', 'result', 'resultPartners', 'lambda'],
  code: `${FINITE}
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) t: u32) {
  ${lambda}
  for (var e = t; e < u32(i[${HEAD.rows}]) * a.ld; e += 64u) {
    f[a.dz + e] = lambda * f[a.dz + e] + (1.0 - lambda) * f[a.dzPartners + e];
  }
  if (t != 0u) { return; }
  let loss = lambda * f[a.result + ${RESULT.loss}u] + (1.0 - lambda) * f[a.resultPartners + ${RESULT.loss}u];
  f[a.result + ${RESULT.loss}u] = loss;
  f[a.result + ${RESULT.updates}u] = select(0.0, 1.0, finite(loss));
}`,
});
