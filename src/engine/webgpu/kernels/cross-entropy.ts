/** Cross-entropy, `nn/losses/cross-entropy.ts`; `option` is the label smoothing. */
import { lossKernel } from './loss.ts';

/** Its kernel. */
export const crossEntropyKernel = lossKernel({
  name: 'crossEntropy',
  code: `
fn smoothed(b: u32, c: u32) -> f32 {
  let smoothing = bitcast<f32>(a.option);
  return f[a.weights + c] * (targetOf(b, c) * (1.0 - smoothing) + smoothing / f32(a.C));
}
fn lossOf(b: u32, weight: f32) -> f32 {
  let most = largestOutput(b);
  var s = 0.0;
  for (var c = 0u; c < a.C; c++) { s += exp(outputOf(b, c) - most); }
  let logS = log(s);
  var total = 0.0; var sum = 0.0;
  for (var c = 0u; c < a.C; c++) {
    total += smoothed(b, c);
    sum -= smoothed(b, c) * (outputOf(b, c) - most - logS);
  }
  for (var c = 0u; c < a.C; c++) {
    f[a.dz + b * a.ld + c] = (exp(outputOf(b, c) - most) / s * total - smoothed(b, c)) / weight;
  }
  return sum;
}`,
});
