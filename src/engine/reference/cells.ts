/**
 * Recurrent cells in plain loops: the specification of `kernels/lstm.ts`, `gru.ts` and `rnn.ts`, whose file comments
 * state the equations. `'` marks the state before: cPrev, hPrev.
 */
import { exp } from '../../core/math.ts';
import type { Engine, Kernels } from '../contract.ts';

type CellKernels = Pick<
  Kernels,
  | 'lstmForward'
  | 'lstmBackward'
  | 'gruForward'
  | 'gruBackward'
  | 'rnnTanhForward'
  | 'rnnTanhBackward'
  | 'rnnReluForward'
  | 'rnnReluBackward'
>;

/** σ(x) = 1 / (1 + e^-x). */
export function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}

/** tanh x = (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x; a series near zero keeps the relative precision. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (a < 0.02) {
    const x2 = x * x;
    return x * (1 + x2 * (-1 / 3 + x2 * (2 / 15 + x2 * (-17 / 315 + (x2 * 62) / 2835))));
  }
  const e = exp(-2 * a);
  const y = (1 - e) / (1 + e);
  return x < 0 ? -y : y;
}

export function cellKernels({ f }: Pick<Engine, 'f'>): CellKernels {
  return {
    lstmForward({ g, cPrev, ldcPrev, c, tc, h, ldh, rows, H }) {
      for (let b = 0; b < rows; b++) {
        for (let j = 0; j < H; j++) {
          const at = g + b * 4 * H + j; // gate order i, f, g, o
          const i = (f[at] = sigmoid(f[at]));
          const forget = (f[at + H] = sigmoid(f[at + H]));
          const gate = (f[at + 2 * H] = tanh(f[at + 2 * H]));
          const o = (f[at + 3 * H] = sigmoid(f[at + 3 * H]));
          const cell = forget * f[cPrev + b * ldcPrev + j] + i * gate;
          f[c + b * H + j] = cell;
          f[tc + b * H + j] = tanh(cell);
          f[h + b * ldh + j] = o * f[tc + b * H + j];
        }
      }
    },

    lstmBackward({ g, cPrev, ldcPrev, tc, dhNext, dOut, ldd, dc, rows, H }) {
      for (let b = 0; b < rows; b++) {
        for (let j = 0; j < H; j++) {
          const at = g + b * 4 * H + j;
          const [i, forget, gate, o] = [f[at], f[at + H], f[at + 2 * H], f[at + 3 * H]];
          const t = f[tc + b * H + j];
          const dh = f[dhNext + b * H + j] + f[dOut + b * ldd + j];
          const dCell = f[dc + b * H + j] + dh * o * (1 - t * t); // h = o tanh(c)
          f[at + 3 * H] = dh * t * o * (1 - o); //                   h = o tanh(c), o = σ(G_o)
          f[at] = dCell * gate * i * (1 - i); //                     c = f c' + i g, i = σ(G_i)
          f[at + H] = dCell * f[cPrev + b * ldcPrev + j] * forget * (1 - forget);
          f[at + 2 * H] = dCell * i * (1 - gate * gate);
          f[dc + b * H + j] = dCell * forget;
        }
      }
    },

    gruForward({ g, un, hPrev, ldhPrev, h, ldh, rows, H }) {
      for (let b = 0; b < rows; b++) {
        for (let j = 0; j < H; j++) {
          const at = g + b * 3 * H + j; // gate order r, z, n
          const r = (f[at] = sigmoid(f[at]));
          const z = (f[at + H] = sigmoid(f[at + H]));
          const n = (f[at + 2 * H] = tanh(f[at + 2 * H] + r * f[un + b * H + j]));
          f[h + b * ldh + j] = n + z * (f[hPrev + b * ldhPrev + j] - n);
        }
      }
    },

    gruBackward({ g, un, hPrev, ldhPrev, dhNext, dOut, ldd, rows, H }) {
      for (let b = 0; b < rows; b++) {
        for (let j = 0; j < H; j++) {
          const at = g + b * 3 * H + j;
          const [r, z, n] = [f[at], f[at + H], f[at + 2 * H]];
          const u = f[un + b * H + j];
          const dh = f[dhNext + b * H + j] + f[dOut + b * ldd + j];
          f[dhNext + b * H + j] = dh * z; //                               h = n + z (h' - n)
          const dn = dh * (1 - z) * (1 - n * n); //                        n = tanh(G_n + r u)
          f[at + 2 * H] = dn;
          f[at + H] = dh * (f[hPrev + b * ldhPrev + j] - n) * z * (1 - z);
          f[at] = dn * u * r * (1 - r);
          f[un + b * H + j] = dn * r;
        }
      }
    },

    rnnTanhForward({ g, h, ldh, rows, H }) {
      for (let b = 0; b < rows; b++) for (let j = 0; j < H; j++) f[h + b * ldh + j] = tanh(f[g + b * H + j]);
    },

    rnnTanhBackward({ g, h, ldh, dhNext, dOut, ldd, rows, H }) {
      for (let b = 0; b < rows; b++) {
        for (let j = 0; j < H; j++) {
          const y = f[h + b * ldh + j];
          f[g + b * H + j] = (f[dhNext + b * H + j] + f[dOut + b * ldd + j]) * (1 - y * y);
        }
      }
    },

    rnnReluForward({ g, h, ldh, rows, H }) {
      for (let b = 0; b < rows; b++) {
        for (let j = 0; j < H; j++) {
          const x = f[g + b * H + j];
          f[h + b * ldh + j] = x < 0 ? 0 : x;
        }
      }
    },

    rnnReluBackward({ g, h, ldh, dhNext, dOut, ldd, rows, H }) {
      for (let b = 0; b < rows; b++) {
        for (let j = 0; j < H; j++) {
          const d = f[dhNext + b * H + j] + f[dOut + b * ldd + j];
          f[g + b * H + j] = f[h + b * ldh + j] <= 0 ? 0 : d;
        }
      }
    },
  };
}
