/** What follows the backward pass: the norm of the gradient and its clipping, the optimisers, the average of the weights. */
import { defineGpuKernel } from '../kernel.ts';
import { RESULT } from './loss.ts';

/** Words of the gradient that one workgroup sums up. */
export const NORM_WORDS = 8192;

const reduce = `
  partial[t] = sum;
  workgroupBarrier();
  for (var n = 128u; n > 0u; n /= 2u) {
    if (t < n) { partial[t] += partial[t + n]; }
    workgroupBarrier();
  }`;

/** Σ g² of each chunk of the gradient. */
export const normChunks = defineGpuKernel({
  name: 'normChunks',
  fields: ['g', 'n', 'norms'],
  code: `
var<workgroup> partial: array<f32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) t: u32) {
  let begin = wg.x * ${NORM_WORDS}u; let end = min(begin + ${NORM_WORDS}u, a.n);
  var sum = 0.0;
  for (var e = begin + t; e < end; e += 256u) { sum += f[a.g + e] * f[a.g + e]; }
  ${reduce}
  if (t == 0u) { f[a.norms + wg.x] = partial[0]; }
}`,
});

/** The norm of the gradient, and the factor that brings it down to `most` (bits of a float), as `clipFactor`. */
export const normAndClip = defineGpuKernel({
  name: 'normAndClip',
  fields: ['norms', 'chunks', 'most', 'result'],
  code: `
var<workgroup> partial: array<f32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) t: u32) {
  var sum = 0.0;
  for (var c = t; c < a.chunks; c += 256u) { sum += f[a.norms + c]; }
  ${reduce}
  if (t != 0u) { return; }
  let norm = sqrt(partial[0]);
  f[a.result + ${RESULT.norm}u] = norm;
  f[a.result + ${RESULT.clip}u] = min(bitcast<f32>(a.most) / (norm + 1e-6), 1.0);
}`,
});

/** Numbers of an update in `i`, in the order of the kernels' arguments; the bits of floats. */
export const UPDATE_WORDS = 12;

const each = (body: string, extra = '') => `
fn s(n: u32) -> f32 { return bitcast<f32>(i[a.numbers + n]); }
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) num: vec3u) {
  if (f[a.result + ${RESULT.updates}u] == 0.0) { return; }
  let clip = f[a.result + ${RESULT.clip}u];
  ${extra}
  for (var e = id.x; e < a.n; e += num.x * 256u) { ${body} }
}`;

const fields = ['p', 'g', 'm', 'v', 'n', 'numbers', 'result'] as const;

/** Adam and AdamW, `kernels/optim.ts`; p in `w`. */
export const adamKernel = defineGpuKernel({
  name: 'adam',
  writesParameters: true,
  fields,
  code: each(
    `let g = clip * f[a.g + e] + l2 * w[a.p + e];
    let m = f[a.m + e] + oneMinusBeta1 * (g - f[a.m + e]);
    let v = beta2 * f[a.v + e] + oneMinusBeta2 * g * g;
    f[a.m + e] = m; f[a.v + e] = v;
    w[a.p + e] = decay * w[a.p + e] - step * m / (sqrt(v) * root + eps);`,
    ['l2', 'decay', 'oneMinusBeta1', 'beta2', 'oneMinusBeta2', 'step', 'root', 'eps']
      .map((name, n) => `let ${name} = s(${n}u);`)
      .join(' '),
  ),
});

/** SGD with momentum, `kernels/optim.ts`; p in `w`, the momentum at `m`. */
export const sgdKernel = defineGpuKernel({
  name: 'sgd',
  writesParameters: true,
  fields,
  code: each(
    `let g = clip * f[a.g + e] + l2 * w[a.p + e];
    let u = momentum * f[a.m + e] + damp * g;
    f[a.m + e] = u;
    w[a.p + e] -= lr * (direct * g + follow * u);`,
    ['l2', 'momentum', 'damp', 'direct', 'follow', 'lr'].map((name, n) => `let ${name} = s(${n}u);`).join(' '),
  ),
});

/** The average at `m` towards the parameters, by the first number. */
export const averageKernel = defineGpuKernel({
  name: 'average',
  fields,
  code: each(`f[a.m + e] = (1.0 - s(0u)) * f[a.m + e] + s(0u) * w[a.p + e];`),
});

/** Zeroes the gradient of parameters that do not learn: they have no part in the norm. */
export const clearKernel = defineGpuKernel({
  name: 'clear',
  fields,
  code: each('f[a.g + e] = 0.0;'),
});
