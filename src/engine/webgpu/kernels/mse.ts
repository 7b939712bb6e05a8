/** Mean squared error, `nn/losses/mse.ts`. */
import { lossKernel } from './loss.ts';

/** Its kernel. */
export const mseKernel = lossKernel({
  name: 'mse',
  scale: 'f32(a.C)',
  code: `
fn lossOf(b: u32, weight: f32) -> f32 {
  var sum = 0.0;
  for (var c = 0u; c < a.C; c++) {
    let error = f[a.z + b * a.ld + c] - targetOf(b, c);
    sum += weightOf(b) * error * error;
    f[a.dz + b * a.ld + c] = 2.0 * weightOf(b) * error / weight;
  }
  return sum;
}`,
});
