/** Word vectors: rows of the table, and the way back. */
import { defineGpuKernel, HEAD } from '../kernel.ts';
import { PER_COLUMN } from './functions.ts';

/** Row k of X [tokens × n] = row ids[k] of a table [any × n] in `w`. */
export const gather = defineGpuKernel({
  name: 'gather',
  fields: ['to', 'table', 'ids', 'n'],
  code: `${PER_COLUMN}
  if (j >= a.n) { return; }
  for (var k = wg.y; k < u32(i[${HEAD.tokens}]); k += num.y) { f[a.to + k * a.n + j] = w[a.table + u32(i[a.ids + k]) * a.n + j]; }
}`,
});

/**
 * Row id of the table's gradient = Σ of the rows of dX of the tokens with that id, in their order: `ids` lists the different ids, and
 * `starts` where the list of each begins in `rows`. It is added to the gradient where `add` is 1. Rows of other ids are left.
 */
export const scatterAdd = defineGpuKernel({
  name: 'scatterAdd',
  fields: ['table', 'source', 'ids', 'starts', 'rows', 'n', 'add'],
  code: `${PER_COLUMN}
  if (j >= a.n) { return; }
  for (var u = wg.y; u < u32(i[${HEAD.ids}]); u += num.y) {
    let to = a.table + u32(i[a.ids + u]) * a.n + j;
    var sum = 0.0;
    if (a.add == 1u) { sum = f[to]; }
    let end = u32(i[a.starts + u + 1u]);
    for (var r = u32(i[a.starts + u]); r < end; r++) { sum += f[a.source + u32(i[a.rows + r]) * a.n + j]; }
    f[to] = sum;
  }
}`,
});
