/** Row operations: word vectors, dropout, poolings. */
import { ABSENT, defineGpuKernel } from '../kernel.ts';

/** Invocations of a workgroup of these kernels. */
export const ROW_GROUP = 64;

const entry = `@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) num: vec3u) {
  let j = id.x;`;

/** Row k of X [tokens × n] = row ids[k] of a table [any × n] in `w`. */
export const gather = defineGpuKernel({
  name: 'gather',
  fields: ['to', 'table', 'ids', 'n'],
  code: `${entry}
  if (j >= a.n) { return; }
  for (var k = wg.y; k < u32(i[${2}]); k += num.y) { f[a.to + k * a.n + j] = w[a.table + u32(i[a.ids + k]) * a.n + j]; }
}`,
});

/**
 * Row id of the table's gradient = Σ of the rows of dX of the tokens with that id, in their order: `ids` lists the different ids, and
 * `starts` where the list of each begins in `rows`. Rows of other ids are left.
 */
export const scatterAdd = defineGpuKernel({
  name: 'scatterAdd',
  fields: ['table', 'source', 'ids', 'starts', 'rows', 'n'],
  code: `${entry}
  if (j >= a.n) { return; }
  for (var u = wg.y; u < u32(i[${3}]); u += num.y) {
    var sum = 0.0;
    let end = u32(i[a.starts + u + 1u]);
    for (var r = u32(i[a.starts + u]); r < end; r++) { sum += f[a.source + u32(i[a.rows + r]) * a.n + j]; }
    f[a.table + u32(i[a.ids + u]) * a.n + j] = sum;
  }
}`,
});

/** What the row of a dropout stream is: the token, its sequence (one mask for all time steps), or its word. */
export const STREAMS = { row: 0, sequence: 1, word: 2 } as const;

/**
 * Inverted dropout with the masks of the CPU, `kernels/dropout.ts`: to = 0 where hash(row · n + j, key) < threshold, else keep · source.
 * `key` is an index in `i`; `by` lists the row of the stream for each row, for streams other than `row`.
 */
export const dropout = defineGpuKernel({
  name: 'dropout',
  fields: ['to', 'source', 'rows', 'n', 'key', 'threshold', 'keep', 'stream', 'by'],
  code: `
fn hash(e: u32, key: u32) -> u32 {
  var x = e * 0x9e3779b1u + key;
  x ^= x >> 16u; x *= 0x21f0aaadu;
  x ^= x >> 15u; x *= 0x735a2d97u;
  return x ^ (x >> 15u);
}
${entry}
  if (j >= a.n) { return; }
  let key = bitcast<u32>(i[a.key]);
  for (var k = wg.y; k < u32(i[a.rows]); k += num.y) {
    var e = k * a.n + j;
    if (a.stream == 1u) { e = u32(i[a.by + k]) * a.n + j; }
    if (a.stream == 2u) { e = u32(i[a.by + k]); }
    let at = k * a.n + j;
    f[a.to + at] = select(0.0, f[a.source + at] * bitcast<f32>(a.keep), hash(e, key) >= a.threshold);
  }
}`,
});

const poolingFields = [
  ...['h', 'dh', 'y', 'dy', 'ld', 'width', 'H', 'starts', 'lengths', 'last', 'mean', 'max', 'add'],
] as const;

/**
 * Poolings of the states h [tokens × width] into rows of `ld` words: `last`, `mean` and `max` say where the vector of each begins in
 * the row. One invocation a document and column.
 */
export const poolForward = defineGpuKernel({
  name: 'poolForward',
  fields: poolingFields,
  code: `${entry}
  if (j >= a.width) { return; }
  for (var b = wg.y; b < u32(i[0]); b += num.y) {
    let T = u32(i[a.lengths + b]);
    let to = a.y + b * a.ld + j;
    if (a.last != ${ABSENT}u) {
      let ending = select(T - 1u, 0u, j >= a.H); // of the reverse direction the first token
      f[to + a.last] = f[a.h + (u32(i[a.starts + ending]) + b) * a.width + j];
    }
    if (a.mean == ${ABSENT}u && a.max == ${ABSENT}u) { continue; }
    var sum = 0.0;
    var most = f[a.h + b * a.width + j];
    for (var s = 0u; s < T; s++) {
      let x = f[a.h + (u32(i[a.starts + s]) + b) * a.width + j];
      sum += x;
      most = select(most, x, x > most);
    }
    if (a.mean != ${ABSENT}u) { f[to + a.mean] = sum / f32(T); }
    if (a.max != ${ABSENT}u) { f[to + a.max] = most; }
  }
}`,
});

/** The gradient of the states, added to dh where `add` is 1: of the maximum it goes to the first token that attains it. */
export const poolBackward = defineGpuKernel({
  name: 'poolBackward',
  fields: poolingFields,
  code: `${entry}
  if (j >= a.width) { return; }
  for (var b = wg.y; b < u32(i[0]); b += num.y) {
    let T = u32(i[a.lengths + b]);
    let row = b * a.ld + j;
    let ending = select(T - 1u, 0u, j >= a.H);
    var every = 0.0;
    if (a.mean != ${ABSENT}u) { every = f[a.dy + row + a.mean] / f32(T); }
    var open = a.max != ${ABSENT}u;
    for (var s = 0u; s < T; s++) {
      let at = (u32(i[a.starts + s]) + b) * a.width + j;
      var d = every;
      if (a.add == 1u) { d += f[a.dh + at]; }
      if (a.last != ${ABSENT}u && s == ending) { d += f[a.dy + row + a.last]; }
      if (open && f[a.h + at] == f[a.y + row + a.max]) { d += f[a.dy + row + a.max]; open = false; }
      f[a.dh + at] = d;
    }
  }
}`,
});
