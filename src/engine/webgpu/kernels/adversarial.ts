/** Adversarial training, `models/recurrent/adversarial.ts`: R = ε ‖X‖ · dX / ‖dX‖ for each document; x, dx and R [tokens × n]. */
import { defineGpuKernel, HEAD } from '../kernel.ts';
import { PER_COLUMN, REDUCING, REDUCTIONS } from './functions.ts';
import { RESULT } from './loss.ts';

/** The smallest normal float32: the reciprocal of a smaller one may be infinite. */
const NORMAL = '1.1754944e-38';

/**
 * R from X and dX; `size` is the bits of ε. dX is divided by its largest value before it is squared, which might else be too small for a number; where
 * that value is subnormal, R is 0.
 * A workgroup a document.
 */
export const directionKernel = defineGpuKernel({
  name: 'direction',
  fields: ['x', 'dx', 'to', 'n', 'size', 'starts', 'lengths'],
  code: `${REDUCTIONS}
fn placeOf(b: u32, e: u32) -> u32 { return (u32(i[a.starts + e / a.n]) + b) * a.n + e % a.n; }
@compute @workgroup_size(${REDUCING})
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) t: u32) {
  for (var b = wg.y; b < u32(i[${HEAD.rows}]); b += num.y) {
    let all = u32(i[a.lengths + b]) * a.n;
    var most = 0.0;
    for (var e = t; e < all; e += ${REDUCING}u) { most = max(most, abs(f[a.dx + placeOf(b, e)])); }
    let largest = largestOf(most, t);
    let scale = select(0.0, 1.0 / largest, largest >= ${NORMAL});
    var xs = 0.0; var gs = 0.0;
    for (var e = t; e < all; e += ${REDUCING}u) {
      let x = f[a.x + placeOf(b, e)]; let g = f[a.dx + placeOf(b, e)] * scale;
      xs += x * x; gs += g * g;
    }
    let xx = sumOf(xs, t);
    let gg = sumOf(gs, t);
    let length = select(0.0, bitcast<f32>(a.size) * sqrt(xx / gg), gg > 0.0);
    for (var e = t; e < all; e += ${REDUCING}u) { f[a.to + placeOf(b, e)] = (f[a.dx + placeOf(b, e)] * scale) * length; }
  }
}`,
});

/** X += R. */
export const addDirectionKernel = defineGpuKernel({
  name: 'addDirection',
  fields: ['x', 'direction', 'n'],
  code: `${PER_COLUMN}
  if (j >= a.n) { return; }
  for (var k = wg.y; k < u32(i[${HEAD.tokens}]); k += num.y) { f[a.x + k * a.n + j] += f[a.direction + k * a.n + j]; }
}`,
});

/** Where the loss of the perturbed pass is not finite, the step has that loss and no update. */
export const stopKernel = defineGpuKernel({
  name: 'stop',
  fields: ['result', 'other'],
  code: `
@compute @workgroup_size(1)
fn main() {
  if (f[a.other + ${RESULT.updates}u] != 0.0) { return; }
  f[a.result + ${RESULT.loss}u] = f[a.other + ${RESULT.loss}u];
  f[a.result + ${RESULT.updates}u] = 0.0;
}`,
});
