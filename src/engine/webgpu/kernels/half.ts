/** Weights in half precision, two in a word of `packed`; conversion is within 2⁻¹⁰ of the weight (from 6·10⁻⁵ on), as WGSL leaves the rounding open. */
import { defineGpuKernel } from '../kernel.ts';
import { PER_COLUMN } from './functions.ts';

const fields = ['b', 'bStep', 'to', 'step', 'M', 'N'] as const;

/** W [M × N] of `w` as [M/2 × N]: rows 2k and 2k+1 share the words of row k. Each of `wg.z` directions. */
export const packHalf = defineGpuKernel({
  name: 'packHalf',
  fields,
  code: `${PER_COLUMN}
  if (j >= a.N) { return; }
  let source = a.b + wg.z * a.bStep + j;
  for (var k = wg.y; k < a.M / 2u; k += num.y) {
    packed[a.to + wg.z * a.step + k * a.N + j] = pack2x16float(vec2f(w[source + 2u * k * a.N], w[source + (2u * k + 1u) * a.N]));
  }
}`,
});

/** Wᵀ [N × M] as [N/2 × M] in the same way. */
export const packHalfTransposed = defineGpuKernel({
  name: 'packHalfTransposed',
  fields,
  code: `${PER_COLUMN}
  if (j >= a.M) { return; }
  let source = a.b + wg.z * a.bStep + j * a.N;
  for (var k = wg.y; k < a.N / 2u; k += num.y) {
    packed[a.to + wg.z * a.step + k * a.M + j] = pack2x16float(vec2f(w[source + 2u * k], w[source + 2u * k + 1u]));
  }
}`,
});
