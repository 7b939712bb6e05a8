/**
 * Attention pooling, forward and backward, with the equations and symbols of `nn/pooling/attention.ts`: R heads, h [tokens × width],
 * u [tokens × A], the weights a and the gradient ds of the scores [tokens × R]; y and dy begin at the column of the pooling in rows of `ld` words.
 * The products with W are those of `matrix.ts`.
 */
import { defineGpuKernel, HEAD } from '../kernel.ts';
import { ACTIVATIONS, PER_COLUMN, REDUCING, REDUCTIONS } from './functions.ts';

const perGroup = `${REDUCTIONS}
@compute @workgroup_size(${REDUCING})
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) t: u32) {`;

const tokens = (body: string) => `
  for (var k = wg.y; k < u32(i[${HEAD.tokens}]); k += num.y) { ${body} }`;

const documents = (body: string) => `
  for (var b = wg.y; b < u32(i[${HEAD.rows}]); b += num.y) { let T = u32(i[a.lengths + b]); ${body} }`;

/** u = tanh(g), and the scores s_r = v_r · u, into `a`. A workgroup a token. */
export const attentionScores = defineGpuKernel({
  name: 'attentionScores',
  fields: ['g', 'u', 'a', 'context', 'A', 'R'],
  code: `${ACTIVATIONS}
${perGroup}
  ${tokens(`
    for (var j = t; j < a.A; j += ${REDUCING}u) { f[a.u + k * a.A + j] = tanhOf(f[a.g + k * a.A + j]); }
    for (var r = 0u; r < a.R; r++) {
      var sum = 0.0;
      for (var j = t; j < a.A; j += ${REDUCING}u) { sum += f[a.u + k * a.A + j] * w[a.context + r * a.A + j]; }
      let score = sumOf(sum, t);
      if (t == 0u) { f[a.a + k * a.R + r] = score; }
    }`)}
}`,
});

/** From scores to weights, in place: a_tr = softmax_t(s_tr). A workgroup a document and head. */
export const attentionWeights = defineGpuKernel({
  name: 'attentionWeights',
  fields: ['a', 'R', 'starts', 'lengths'],
  code: `
fn placeOf(s: u32, b: u32, r: u32) -> u32 { return a.a + (u32(i[a.starts + s]) + b) * a.R + r; }
${perGroup}
  let r = wg.z;
  ${documents(`
    var most = -3.4028234e38;
    for (var s = t; s < T; s += ${REDUCING}u) { most = max(most, f[placeOf(s, b, r)]); }
    let largest = largestOf(most, t);
    var sum = 0.0;
    for (var s = t; s < T; s += ${REDUCING}u) {
      let e = exp(f[placeOf(s, b, r)] - largest);
      f[placeOf(s, b, r)] = e;
      sum += e;
    }
    let total = sumOf(sum, t);
    for (var s = t; s < T; s += ${REDUCING}u) { f[placeOf(s, b, r)] /= total; }`)}
}`,
});

/** y_r = Σ_t a_tr h_t. An invocation a document, head and column. */
export const attentionPool = defineGpuKernel({
  name: 'attentionPool',
  fields: ['h', 'width', 'a', 'R', 'y', 'ld', 'starts', 'lengths'],
  code: `${PER_COLUMN}
  if (j >= a.R * a.width) { return; }
  let r = j / a.width;
  ${documents(`
    var sum = 0.0;
    for (var s = 0u; s < T; s++) {
      let row = u32(i[a.starts + s]) + b;
      sum += f[a.a + row * a.R + r] * f[a.h + row * a.width + j % a.width];
    }
    f[a.y + b * a.ld + j] = sum;`)}
}`,
});

/**
 * da_tr = (h_t - y_r) · dy_r, into `ds`: less than h_t · dy_r by the same number for all tokens of a document, which changes no ds_tr and leaves
 * more digits of it. A workgroup a token; `sequence` is its document.
 */
export const attentionWeightsBackward = defineGpuKernel({
  name: 'attentionWeightsBackward',
  fields: ['h', 'width', 'y', 'dy', 'ld', 'ds', 'R', 'sequence'],
  code: `${perGroup}
  ${tokens(`
    let b = u32(i[a.sequence + k]);
    for (var r = 0u; r < a.R; r++) {
      var sum = 0.0;
      for (var j = t; j < a.width; j += ${REDUCING}u) {
        let at = b * a.ld + r * a.width + j;
        sum += (f[a.h + k * a.width + j] - f[a.y + at]) * f[a.dy + at];
      }
      let da = sumOf(sum, t);
      if (t == 0u) { f[a.ds + k * a.R + r] = da; }
    }`)}
}`,
});

/** ds_tr = a_tr (da_tr - Σ_t' a_t'r da_t'r), in place. A workgroup a document and head. */
export const attentionSoftmaxBackward = defineGpuKernel({
  name: 'attentionSoftmaxBackward',
  fields: ['a', 'ds', 'R', 'starts', 'lengths'],
  code: `
fn rowOf(s: u32, b: u32, r: u32) -> u32 { return (u32(i[a.starts + s]) + b) * a.R + r; }
${perGroup}
  let r = wg.z;
  ${documents(`
    var sum = 0.0;
    for (var s = t; s < T; s += ${REDUCING}u) { sum += f[a.a + rowOf(s, b, r)] * f[a.ds + rowOf(s, b, r)]; }
    let mean = sumOf(sum, t);
    for (var s = t; s < T; s += ${REDUCING}u) {
      let at = rowOf(s, b, r);
      f[a.ds + at] = f[a.a + at] * (f[a.ds + at] - mean);
    }`)}
}`,
});

/** dg_t = (1 - u_t²) ⊙ Σ_r ds_tr v_r, over g. An invocation a token and column. */
export const attentionTanhBackward = defineGpuKernel({
  name: 'attentionTanhBackward',
  fields: ['g', 'u', 'ds', 'context', 'A', 'R'],
  code: `${PER_COLUMN}
  if (j >= a.A) { return; }
  ${tokens(`
    var du = 0.0;
    for (var r = 0u; r < a.R; r++) { du += f[a.ds + k * a.R + r] * w[a.context + r * a.A + j]; }
    let u = f[a.u + k * a.A + j];
    f[a.g + k * a.A + j] = du * (1.0 - u * u);`)}
}`,
});

/** dh_t += Σ_r a_tr dy_r. An invocation a token and column. */
export const attentionStatesBackward = defineGpuKernel({
  name: 'attentionStatesBackward',
  fields: ['dh', 'width', 'a', 'R', 'dy', 'ld', 'sequence'],
  code: `${PER_COLUMN}
  if (j >= a.width) { return; }
  ${tokens(`
    let b = u32(i[a.sequence + k]);
    var d = f[a.dh + k * a.width + j];
    for (var r = 0u; r < a.R; r++) { d += f[a.a + k * a.R + r] * f[a.dy + b * a.ld + r * a.width + j]; }
    f[a.dh + k * a.width + j] = d;`)}
}`,
});
