/** The loss of a batch and the gradient of its outputs; one workgroup, as there are few rows. */
import { defineGpuKernel } from '../kernel.ts';

/** Where a step leaves its results, words from the first: loss, its weight, correct documents, norm of the gradient, clip factor, 1 for an update. */
export const RESULT = { loss: 0, weight: 1, correct: 2, norm: 3, clip: 4, updates: 5, words: 8 } as const;

/**
 * Cross-entropy as in `nn/losses/cross-entropy.ts`: z [rows × ld] outputs, dz written with zeros in the padding, class weights w
 * [C] and adjustments [C] in `f`, `perRow` [2 × rows] temporary. `smoothing` is the bits of a float.
 */
export const crossEntropyKernel = defineGpuKernel({
  name: 'crossEntropy',
  fields: ['z', 'dz', 'ld', 'C', 'labels', 'weights', 'shift', 'smoothing', 'perRow', 'result'],
  code: `
fn finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) t: u32) {
  let B = u32(i[0]);
  var weight = 0.0;
  for (var b = 0u; b < B; b++) { weight += f[a.weights + u32(i[a.labels + b])]; }
  let smoothing = bitcast<f32>(a.smoothing);
  for (var b = t; b < B; b += 64u) {
    let at = a.z + b * a.ld; let to = a.dz + b * a.ld; let y = u32(i[a.labels + b]);
    var most = f[at] + f[a.shift];
    var best = 0u;
    for (var c = 1u; c < a.C; c++) {
      most = max(most, f[at + c] + f[a.shift + c]);
      if (f[at + c] > f[at + best]) { best = c; }
    }
    var s = 0.0;
    for (var c = 0u; c < a.C; c++) { s += exp(f[at + c] + f[a.shift + c] - most); }
    let logS = log(s);
    var total = 0.0; var sum = 0.0;
    for (var c = 0u; c < a.C; c++) {
      let target_c = f[a.weights + c] * (select(0.0, 1.0 - smoothing, c == y) + smoothing / f32(a.C));
      total += target_c;
      sum -= target_c * (f[at + c] + f[a.shift + c] - most - logS);
    }
    for (var c = 0u; c < a.C; c++) {
      let target_c = f[a.weights + c] * (select(0.0, 1.0 - smoothing, c == y) + smoothing / f32(a.C));
      f[to + c] = (exp(f[at + c] + f[a.shift + c] - most) / s * total - target_c) / weight;
    }
    for (var c = a.C; c < a.ld; c++) { f[to + c] = 0.0; }
    f[a.perRow + 2u * b] = sum; f[a.perRow + 2u * b + 1u] = select(0.0, 1.0, best == y);
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
