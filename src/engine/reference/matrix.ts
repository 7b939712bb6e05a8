/** Matrix products in plain loops: the specification of `kernels/gemm.ts` and `kernels/pack.ts`. */
import type { Engine, Kernels } from '../contract.ts';

type Memory = Pick<Engine, 'f' | 'i'>;

/** The packed form is column after column, so that columns n0… start at bp + n0·K, as the contract says. */
export function matrixKernels({ f, i }: Memory): Pick<Kernels, 'packB' | 'packBt' | 'gemm' | 'gemmTN'> {
  return {
    packB(b, ldb, bp, K, N) {
      for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) f[bp + n * K + k] = f[b + k * ldb + n];
    },

    packBt(w, ldw, bp, K, N) {
      for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) f[bp + n * K + k] = f[w + n * ldw + k];
    },

    gemm({ a, lda, bp, c, ldc, init, ldi, M, K, N }) {
      for (let m = 0; m < M; m++) {
        for (let n = 0; n < N; n++) {
          let sum = f[init + m * ldi + n];
          for (let k = 0; k < K; k++) sum += f[a + m * lda + k] * f[bp + n * K + k];
          f[c + m * ldc + n] = sum;
        }
      }
    },

    gemmTN(parts, b, ldb, K, N) {
      for (const { a, lda, index, M, c, ldc } of parts) {
        for (let k = 0; k < K; k++) {
          const row = index === 0 ? k : i[index + k];
          if (row < 0) continue;
          for (let m = 0; m < M; m++) {
            const x = f[a + row * lda + m];
            if (x === 0) continue;
            for (let n = 0; n < N; n++) f[c + m * ldc + n] += x * f[b + k * ldb + n];
          }
        }
      }
    },
  };
}
