/** Dropout with the masks of the CPU, `kernels/dropout.ts`: of rows of activations, and of weights. */
import { defineGpuKernel } from '../kernel.ts';
import { PER_COLUMN } from './functions.ts';

/** Which elements are 0 follows from a hash of element and key. */
const HASH = `
fn hash(e: u32, key: u32) -> u32 {
  var x = e * 0x9e3779b1u + key;
  x ^= x >> 16u; x *= 0x21f0aaadu;
  x ^= x >> 15u; x *= 0x735a2d97u;
  return x ^ (x >> 15u);
}`;

/** What the row of a dropout stream is: the token, its sequence (one mask for all time steps), or its word. */
export const STREAMS = { row: 0, sequence: 1, word: 2 } as const;

/**
 * Inverted dropout of rows: to = 0 where hash(row · n + j, key) < threshold, else keep · source.
 * `key` is an index in `i`; `by` lists the row of the stream for each row, for streams other than `row`.
 */
export const dropout = defineGpuKernel({
  name: 'dropout',
  fields: ['to', 'source', 'rows', 'n', 'key', 'threshold', 'keep', 'stream', 'by'],
  code: `${HASH}
${PER_COLUMN}
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

const weights = (name: string, array: 'w' | 'f') =>
  defineGpuKernel({
    name,
    writesParameters: array === 'w',
    fields: ['to', 'source', 'words', 'key', 'threshold', 'keep'],
    code: `${HASH}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) num: vec3u) {
  for (var e = id.x; e < a.words; e += num.x * 64u) {
    let kept = hash(e, bitcast<u32>(i[a.key])) >= a.threshold;
    ${array}[a.to + e] = select(0.0, ${array}[a.source + e] * bitcast<f32>(a.keep), kept);
  }
}`,
  });

/** Weight drop: a matrix of `w` as the batch sees it, to another place in `w`. */
export const dropWeights = weights('dropWeights', 'w');

/** The way back: the same mask on the gradient of the weights. */
export const dropWeightsBackward = weights('dropWeightsBackward', 'f');
