/** WGSL that several kernels share. */

/** Invocations of a workgroup with one a column. */
export const ROW_GROUP = 64;

/** The beginning of kernels with an invocation a column j; they loop over rows from `wg.y` in steps of `num.y`. */
export const PER_COLUMN = `
@compute @workgroup_size(${ROW_GROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) num: vec3u) {
  let j = id.x;`;

/** `sigmoid` and `tanhOf`: the built-in tanh is inexact near 0. */
export const ACTIVATIONS = `
fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exp(min(-x, 80.0))); }
fn tanhOf(x: f32) -> f32 {
  let m = abs(x);
  if (m < 0.02) {
    let x2 = x * x;
    return x * (1.0 + x2 * (-0.33333334 + x2 * (0.13333334 + x2 * (-0.053968254 + x2 * 0.021869488))));
  }
  let e = exp(-2.0 * m);
  return sign(x) * ((1.0 - e) / (1.0 + e));
}`;

/** `finite`: whether x is a number, whatever the compiler assumes about others. */
export const FINITE = `
fn finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }`;

/** Invocations of a workgroup that reduces. */
export const REDUCING = 64;

/**
 * `sumOf` and `largestOf`: x over the invocations t of a workgroup of {@link REDUCING}, the same for all of them; by a tree, so that the
 * order is fixed. They have barriers, so all invocations must call them.
 */
export const REDUCTIONS = `
var<workgroup> partial: array<f32, ${REDUCING}>;
${reduction('sumOf', 'partial[t] + partial[t + n]')}
${reduction('largestOf', 'max(partial[t], partial[t + n])')}`;

function reduction(name: string, combined: string): string {
  return `
fn ${name}(x: f32, t: u32) -> f32 {
  workgroupBarrier(); // the result of the call before was read
  partial[t] = x;
  workgroupBarrier();
  for (var n = ${REDUCING / 2}u; n > 0u; n /= 2u) {
    if (t < n) { partial[t] = ${combined}; }
    workgroupBarrier();
  }
  return partial[0];
}`;
}
