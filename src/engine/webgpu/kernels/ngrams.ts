/** Vectors of character n-grams, `nn/layers/ngram-vectors.ts`, forward and backward; table [buckets × n] in `w`, x and dx [tokens × n]. */
import { defineGpuKernel, HEAD } from '../kernel.ts';
import { PER_COLUMN } from './functions.ts';

/** x_k += 1/n_k Σ_g N[g]: the buckets g of token k begin in `buckets` at starts[k] and end at starts[k + 1]. */
export const ngramsForward = defineGpuKernel({
  name: 'ngramsForward',
  fields: ['x', 'table', 'n', 'starts', 'buckets'],
  code: `${PER_COLUMN}
  if (j >= a.n) { return; }
  for (var k = wg.y; k < u32(i[${HEAD.tokens}]); k += num.y) {
    let first = u32(i[a.starts + k]); let end = u32(i[a.starts + k + 1u]);
    if (first == end) { continue; }
    var sum = 0.0;
    for (var g = first; g < end; g++) { sum += w[a.table + u32(i[a.buckets + g]) * a.n + j]; }
    f[a.x + k * a.n + j] += sum / f32(end - first);
  }
}`,
});

/**
 * dN[g] = Σ dx_k / n_k over the tokens k of the n-grams with bucket g, in their order: `ids` lists the different buckets, `listed` where the
 * list of each begins in `rows`. It is added to the gradient where `add` is 1. Rows of other buckets are left.
 */
export const ngramsBackward = defineGpuKernel({
  name: 'ngramsBackward',
  fields: ['table', 'dx', 'n', 'starts', 'ids', 'listed', 'rows', 'add'],
  code: `${PER_COLUMN}
  if (j >= a.n) { return; }
  for (var u = wg.y; u < u32(i[${HEAD.buckets}]); u += num.y) {
    let to = a.table + u32(i[a.ids + u]) * a.n + j;
    var sum = 0.0;
    if (a.add == 1u) { sum = f[to]; }
    let end = u32(i[a.listed + u + 1u]);
    for (var r = u32(i[a.listed + u]); r < end; r++) {
      let k = u32(i[a.rows + r]);
      sum += f[a.dx + k * a.n + j] / f32(u32(i[a.starts + k + 1u]) - u32(i[a.starts + k]));
    }
    f[to] = sum;
  }
}`,
});
