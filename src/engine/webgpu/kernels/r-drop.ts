/**
 * R-drop, `models/recurrent/r-drop.ts`: from the outputs z1 and z2 [rows × ld] of both passes, with their losses in `result` and `resultSecond`
 * and the gradients dz1 and dz2, to those of the whole. `alpha` is the bits of a float, `perRow` [rows] temporary. One workgroup.
 */
import { defineGpuKernel, HEAD } from '../kernel.ts';
import { FINITE } from './functions.ts';
import { RESULT } from './loss.ts';

/** Its kernel. */
export const divergenceKernel = defineGpuKernel({
  name: 'divergence',
  fields: ['z1', 'z2', 'dz1', 'dz2', 'ld', 'C', 'alpha', 'perRow', 'result', 'resultSecond'],
  code: `${FINITE}
fn largest(z: u32) -> f32 {
  var most = f[z];
  for (var c = 1u; c < a.C; c++) { most = max(most, f[z + c]); }
  return most;
}
fn sumOf(z: u32, most: f32) -> f32 {
  var s = 0.0;
  for (var c = 0u; c < a.C; c++) { s += exp(f[z + c] - most); }
  return s;
}
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) t: u32) {
  let B = u32(i[${HEAD.rows}]); let alpha = bitcast<f32>(a.alpha);
  for (var b = t; b < B; b += 64u) {
    let one = a.z1 + b * a.ld; let two = a.z2 + b * a.ld;
    let most1 = largest(one); let most2 = largest(two);
    let s1 = sumOf(one, most1); let s2 = sumOf(two, most2);
    let shift = most2 - most1 + log(s2) - log(s1); // log p - log q = z1 - z2 + shift
    var pq = 0.0; var qp = 0.0;
    for (var c = 0u; c < a.C; c++) {
      let ratio = f[one + c] - f[two + c] + shift;
      pq += exp(f[one + c] - most1) / s1 * ratio;
      qp -= exp(f[two + c] - most2) / s2 * ratio;
    }
    f[a.perRow + b] = (pq + qp) / 2.0;
    let scale = alpha / (2.0 * f32(B));
    for (var c = 0u; c < a.C; c++) {
      let ratio = f[one + c] - f[two + c] + shift;
      let p = exp(f[one + c] - most1) / s1; let q = exp(f[two + c] - most2) / s2;
      let at = b * a.ld + c;
      f[a.dz1 + at] = 0.5 * f[a.dz1 + at] + scale * (p * (ratio - pq) + p - q);
      f[a.dz2 + at] = 0.5 * f[a.dz2 + at] + scale * (q * (-ratio - qp) + q - p);
    }
  }
  storageBarrier();
  if (t != 0u) { return; }
  var divergence = 0.0;
  for (var b = 0u; b < B; b++) { divergence += f[a.perRow + b]; }
  let both = f[a.result + ${RESULT.loss}u] + f[a.resultSecond + ${RESULT.loss}u];
  let loss = both / 2.0 + alpha * divergence / f32(B);
  f[a.result + ${RESULT.loss}u] = loss;
  f[a.result + ${RESULT.updates}u] = select(0.0, 1.0, finite(loss));
}`,
});
