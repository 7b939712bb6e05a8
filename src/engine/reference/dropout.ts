/** Dropout in plain loops: the specification of `kernels/dropout.ts`. The masks are equal to the bit. */
import type { Engine, Kernels } from '../contract.ts';

/** The hash that decides about element e of the stream `key`: an integer in [0, 2³²). */
export function dropoutHash(e: number, key: number): number {
  let x = (Math.imul(e, 0x9e3779b1) + key) | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

export function dropoutKernel({ f }: Pick<Engine, 'f'>): Pick<Kernels, 'dropout'> {
  return {
    dropout({ to, from, ld, key, first, threshold, keep, rows, n }) {
      for (let row = 0; row < rows; row++) {
        for (let j = 0; j < n; j++) {
          const kept = dropoutHash((first + row) * n + j, key) >= threshold;
          f[to + row * ld + j] = kept ? f[from + row * ld + j] * keep : 0;
        }
      }
    },
  };
}
