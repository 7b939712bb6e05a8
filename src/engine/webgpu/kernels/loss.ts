/** What all losses share: their arguments, the sums over a batch, the result. One workgroup, as there are few rows. */
import { ABSENT, defineGpuKernel, type GpuKernel, HEAD } from '../kernel.ts';
import { FINITE } from './functions.ts';

/** Where a step leaves its results, words from the first: loss, its weight, correct documents, norm of the gradient, clip factor, 1 for an update. */
export const RESULT = { loss: 0, weight: 1, correct: 2, norm: 3, clip: 4, updates: 5, words: 8 } as const;

/**
 * z [rows × ld] outputs, dz written with zeros in the padding; `labels`, and soft labels `targets` [rows × C] or ABSENT, in `i`; class weights
 * [C] and adjustments [C] in `f`; `option` the bits of the loss's own number; `perRow` [2 × rows] temporary.
 */
const fields = [
  ...['z', 'dz', 'ld', 'C', 'labels', 'targets', 'weights', 'shift', 'option', 'perRow', 'result'],
] as const;

/** Any loss. */
export type LossKernel = GpuKernel<(typeof fields)[number]>;

/** A loss by its WGSL. */
interface LossParts {
  readonly name: string;
  /**
   * Declares `lossOf(b, weight)`, which writes dz of document b and returns its loss before the division by `weight`, the sum of the
   * documents' weights. It may call `outputOf`, `targetOf`, `weightOf`, `largestOutput` and `finite`.
   */
  readonly code: string;
  /** WGSL: factor on the sum of the weights. Default 1. */
  readonly scale?: string;
}

/** Makes the kernel of a loss. */
export function lossKernel({ name, code, scale = '1.0' }: LossParts): LossKernel {
  return defineGpuKernel({
    name,
    fields,
    code: `${FINITE}
fn outputOf(b: u32, c: u32) -> f32 { return f[a.z + b * a.ld + c] + f[a.shift + c]; }
fn largestOutput(b: u32) -> f32 {
  var most = outputOf(b, 0u);
  for (var c = 1u; c < a.C; c++) { most = max(most, outputOf(b, c)); }
  return most;
}
fn labelOf(b: u32) -> u32 { return u32(i[a.labels + b]); }
fn targetOf(b: u32, c: u32) -> f32 {
  if (a.targets != ${ABSENT}u) { return bitcast<f32>(i[a.targets + b * a.C + c]); }
  return select(0.0, 1.0, c == labelOf(b));
}
fn weightOf(b: u32) -> f32 {
  if (a.targets == ${ABSENT}u) { return f[a.weights + labelOf(b)]; }
  var sum = 0.0;
  for (var c = 0u; c < a.C; c++) { sum += f[a.weights + c] * targetOf(b, c); }
  return sum;
}
${code}
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) t: u32) {
  let B = u32(i[${HEAD.rows}]);
  for (var b = t; b < B; b += 64u) { f[a.perRow + 2u * b] = weightOf(b); }
  storageBarrier();
  var weight = 0.0;
  for (var b = 0u; b < B; b++) { weight += f[a.perRow + 2u * b]; }
  weight *= ${scale};
  storageBarrier();
  for (var b = t; b < B; b += 64u) {
    var best = 0u;
    for (var c = 1u; c < a.C; c++) { if (f[a.z + b * a.ld + c] > f[a.z + b * a.ld + best]) { best = c; } }
    f[a.perRow + 2u * b] = lossOf(b, weight);
    f[a.perRow + 2u * b + 1u] = select(0.0, 1.0, best == labelOf(b));
    for (var c = a.C; c < a.ld; c++) { f[a.dz + b * a.ld + c] = 0.0; }
  }
  storageBarrier();
  if (t != 0u) { return; }
  var loss = 0.0; var correct = 0.0;
  for (var b = 0u; b < B; b++) { loss += f[a.perRow + 2u * b]; correct += f[a.perRow + 2u * b + 1u]; }
  loss /= weight;
  f[a.result + ${RESULT.loss}u] = loss; f[a.result + ${RESULT.weight}u] = weight; f[a.result + ${RESULT.correct}u] = correct;
  // no norm and no clipping, where nothing follows that says otherwise
  f[a.result + ${RESULT.norm}u] = 0.0; f[a.result + ${RESULT.clip}u] = 1.0;
  f[a.result + ${RESULT.updates}u] = select(0.0, 1.0, finite(loss));
}`,
  });
}
