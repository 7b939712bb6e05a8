/**
 * Windows pooling, forward and backward, as in `nn/pooling/windows.ts`: the mean of each of K = ⌈T / size⌉ windows of a document, then the
 * maximum over the windows. h and dh [tokens × width], y and dy begin at the column of the pooling in rows of `ld` words; `winners`
 * [rows × width] keeps the window of each maximum, as a float.
 */
import { defineGpuKernel, HEAD } from '../kernel.ts';
import { PER_COLUMN } from './functions.ts';

const fields = ['h', 'dh', 'width', 'y', 'dy', 'ld', 'winners', 'size', 'starts', 'lengths', 'add'] as const;

/**
 * An invocation a document b and column j. `window` runs for each window k of `n` tokens from `s`, and moves s behind it. The windows begin at
 * ⌊kT / K⌋, whose product may not fit a word: `over` is what it leaves, kT mod K.
 */
const perWindow = (before: string, window: string, after = '') => `${PER_COLUMN}
  if (j >= a.width) { return; }
  for (var b = wg.y; b < u32(i[${HEAD.rows}]); b += num.y) {
    let T = u32(i[a.lengths + b]);
    let K = (T + a.size - 1u) / a.size;
    var s = 0u; var over = 0u;
    ${before}
    for (var k = 0u; k < K; k++) {
      var n = T / K;
      over += T % K;
      if (over >= K) { over -= K; n++; }
      let end = s + n;
      ${window}
    }
    ${after}
  }
}`;

/** y_j = max_k m_kj of the means m_k of the windows; of equal ones the first. */
export const windowsForward = defineGpuKernel({
  name: 'windowsForward',
  fields,
  code: perWindow(
    'var most = 0.0; var winner = 0u;',
    `var sum = 0.0;
      for (; s < end; s++) { sum += f[a.h + (u32(i[a.starts + s]) + b) * a.width + j]; }
      let mean = sum / f32(n);
      if (k == 0u || mean > most) { most = mean; winner = k; }`,
    'f[a.y + b * a.ld + j] = most; f[a.winners + b * a.width + j] = f32(winner);',
  ),
});

/** dh_tj = dy_j / n_k for the tokens of the window of the maximum, else 0; added to dh where `add` is 1. */
export const windowsBackward = defineGpuKernel({
  name: 'windowsBackward',
  fields,
  code: perWindow(
    'let winner = u32(f[a.winners + b * a.width + j]); let dy = f[a.dy + b * a.ld + j];',
    `let part = select(0.0, dy / f32(n), k == winner);
      for (; s < end; s++) {
        let at = a.dh + (u32(i[a.starts + s]) + b) * a.width + j;
        var d = part;
        if (a.add == 1u) { d += f[at]; }
        f[at] = d;
      }`,
  ),
});
