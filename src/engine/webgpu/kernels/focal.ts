/**
 * Focal loss, `nn/losses/focal.ts`; `option` is γ. Where u = 1 - p_y is below 1/2, log p_y = log(1 - u) comes from a series, since z_y - log Σ
 * would leave too few digits of it:
 *
 *     log(1 - u) / u = -2 / (2 - u) (1 + x²/3 + x⁴/5 + …)      x = u / (2 - u) ≤ 1/3; to x¹²/13 within 2e-8
 */
import { lossKernel } from './loss.ts';

/** Smallest u whose logarithm is taken: the smallest normal number. */
const SMALLEST = '1.1754944e-38';

/** Its kernel. */
export const focalKernel = lossKernel({
  name: 'focal',
  code: `
fn logRatio(u: f32) -> f32 {
  let x = u / (2.0 - u); let x2 = x * x;
  let series = 1.0 + x2 * (1.0 / 3.0 + x2 * (1.0 / 5.0 + x2 * (1.0 / 7.0 + x2 * (1.0 / 9.0 + x2 * (1.0 / 11.0 + x2 / 13.0)))));
  return -2.0 / (2.0 - u) * series;
}
fn lossOf(b: u32, weight: f32) -> f32 {
  let gamma = bitcast<f32>(a.option); let y = labelOf(b);
  let most = largestOutput(b);
  var s = 0.0; var others = 0.0;
  for (var c = 0u; c < a.C; c++) {
    if (!finite(outputOf(b, c))) { return outputOf(b, c); } // must show
    let e = exp(outputOf(b, c) - most);
    s += e;
    if (c != y) { others += e; }
  }
  let u = others / s;
  let direct = outputOf(b, y) - most - log(s);
  let ratio = select(direct / u, logRatio(u), u < 0.5);
  let logP = select(direct, u * logRatio(u), u < 0.5);
  let factor = f[a.weights + y] * select(exp(gamma * log(max(u, ${SMALLEST}))), 1.0, gamma == 0.0);
  let slope = factor * (gamma * exp(outputOf(b, y) - most) / s * ratio - 1.0) / weight;
  for (var c = 0u; c < a.C; c++) {
    f[a.dz + b * a.ld + c] = slope * select(-exp(outputOf(b, c) - most) / s, u, c == y);
  }
  return -factor * logP;
}`,
});
