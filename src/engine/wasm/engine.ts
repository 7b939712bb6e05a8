/** The fast engine: kernels from WebAssembly, product drivers that cut work into register tiles. */
import { type Engine, type Kernels, type OuterPart, TN_BLOCK } from '../contract.ts';
import { defineEngine } from '../definition.ts';
import { documentRows } from '../document-rows.ts';
import { lstmSteps } from '../lstm-steps.ts';
import type { EngineMemory } from '../memory.ts';
import { compileKernels, instantiate, KERNEL_BUILDS, type KernelModules, unsuited } from './compile.ts';

/** How many rows of A stay in the second-level cache while all panels of B pass. */
const CACHE_WORDS = 32768;

/**
 * Cuts M rows into tiles of 6, 5, 4 rows; fewer than 4 (or a 3 in 7) only where nothing else fits: tiles of less than
 * 4 rows leave the multiplier waiting for its own results.
 * @returns rows for [tiles of 6, of 5, of 4, of 3, 2 or 1]
 */
export function cutRows(M: number): readonly [number, number, number, number] {
  if (M < 4) return [0, 0, 0, M];
  if (M === 7) return [0, 0, 4, 3];
  switch (M % 6) {
    case 1:
      return [M - 13, 5, 8, 0];
    case 2:
      return [M - 8, 0, 8, 0];
    case 3:
      return [M - 9, 5, 4, 0];
    case 4:
      return [M - 4, 0, 4, 0];
    case 5:
      return [M - 5, 5, 0, 0];
    default:
      return [M, 0, 0, 0];
  }
}

/** The kernels on a memory. Engines of several threads may share one. */
function create({ plain, shared }: KernelModules, memory: EngineMemory): Pick<Engine, 'f' | 'i' | 'k'> {
  const e = instantiate(memory.buffer instanceof ArrayBuffer ? plain : shared, memory);
  const small = [e.nn1, e.nn2, e.nn3];
  /** Tiles of 6 rows for rows of A that are so many words apart. */
  const fixed = new Map(
    Object.entries(e).flatMap(([name, kernel]) =>
      name.startsWith('nn6x') ? [[Number(name.slice(4)), kernel] as const] : [],
    ),
  );

  const gemm: Kernels['gemm'] = ({ a, lda, bp, c, ldc, init, ldi, M, K, N }) => {
    const block = Math.max(6, Math.floor(CACHE_WORDS / K / 6) * 6);
    const nn6 = fixed.get(lda) ?? e.nn6;
    // whole blocks of 6-row tiles first; the last block takes the rest
    let m = 0;
    while (M - m > block + 12) {
      nn6(a + m * lda, lda, bp, c + m * ldc, ldc, init + m * ldi, ldi, block, K, N);
      m += block;
    }
    const [six, five, four, rest] = cutRows(M - m);
    if (six) nn6(a + m * lda, lda, bp, c + m * ldc, ldc, init + m * ldi, ldi, six, K, N);
    m += six;
    if (five) e.nn5(a + m * lda, lda, bp, c + m * ldc, ldc, init + m * ldi, ldi, five, K, N);
    m += five;
    if (four) e.nn4(a + m * lda, lda, bp, c + m * ldc, ldc, init + m * ldi, ldi, four, K, N);
    m += four;
    if (rest) small[rest - 1](a + m * lda, lda, bp, c + m * ldc, ldc, init + m * ldi, ldi, rest, K, N);
  };

  const gemmTN = (
    parts: readonly OuterPart[],
    b: number,
    ldb: number,
    K: number,
    N: number,
    workspace: number,
  ): void => {
    const tiles = workspace + TN_BLOCK * N; // packed B first, then the packed tiles of A
    for (let k = 0; k < K; k += TN_BLOCK) {
      const rows = Math.min(TN_BLOCK, K - k);
      e.packB(b + k * ldb, ldb, workspace, rows, N);
      for (const { a, lda, index, M, c, ldc } of parts) {
        // M is a multiple of 16: tiles of 6 and 4 always fit
        const four = M % 6 === 2 ? 8 : M % 6;
        const six = M - four;
        const from = index === 0 ? a + k * lda : a;
        const rowIndex = index === 0 ? 0 : index + k;
        if (six) {
          e.packA6(from, lda, rowIndex, tiles, rows, six);
          e.tn6(tiles, workspace, c, ldc, six, rows, N);
        }
        if (four) {
          e.packA4(from + six, lda, rowIndex, tiles, rows, four);
          e.tn4(tiles, workspace, c + six * ldc, ldc, four, rows, N);
        }
      }
    }
  };

  const lstm: Pick<Kernels, 'lstmForward' | 'lstmBackward'> = {
    lstmForward: ({ g, cPrev, ldcPrev, c, tc, h, ldh, rows, H }) =>
      void e.lstmForward(g, cPrev, ldcPrev, c, tc, h, ldh, rows, H),
    lstmBackward: ({ g, cPrev, ldcPrev, tc, dhNext, dOut, ldd, dc, rows, H }) =>
      void e.lstmBackward(g, cPrev, ldcPrev, tc, dhNext, dOut, ldd, dc, rows, H),
  };

  const f = new Float32Array(memory.buffer);
  const i = new Int32Array(memory.buffer);
  // the other exports take the contract's arguments as they are; a kernel without an export is a compile error
  const k: Kernels = {
    ...e,
    gemm,
    gemmTN,
    ...lstm,
    ...lstmSteps({ gemm, ...lstm }),
    ...documentRows({ i }, e),
    gruForward: ({ g, un, hPrev, ldhPrev, h, ldh, rows, H }) =>
      void e.gruForward(g, un, hPrev, ldhPrev, h, ldh, rows, H),
    gruBackward: ({ g, un, hPrev, ldhPrev, dhNext, dOut, ldd, rows, H }) =>
      void e.gruBackward(g, un, hPrev, ldhPrev, dhNext, dOut, ldd, rows, H),
    rnnTanhForward: ({ g, h, ldh, rows, H }) => void e.rnnTanhForward(g, h, ldh, rows, H),
    rnnTanhBackward: ({ g, h, ldh, dhNext, dOut, ldd, rows, H }) =>
      void e.rnnTanhBackward(g, h, ldh, dhNext, dOut, ldd, rows, H),
    scatterAddRows: ({ table, ld, ids, skip, from, ldf, rows, n }) =>
      void e.scatterAddRows(table, ld, ids, skip, from, ldf, rows, n),
    dropout: ({ to, from, ld, key, first, threshold, keep, rows, n }) =>
      void e.dropout(to, from, ld, key, first, threshold, keep, rows, n),
    adam: ({ p, g, m, v, n, clip, l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, step, root, eps }) =>
      void e.adam(p, g, m, v, n, clip, l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, step, root, eps),
    sgd: ({ p, g, u, n, clip, l2, momentum, damp, direct, follow, lr }) =>
      void e.sgd(p, g, u, n, clip, l2, momentum, damp, direct, follow, lr),
    rnnReluForward: ({ g, h, ldh, rows, H }) => void e.rnnReluForward(g, h, ldh, rows, H),
    rnnReluBackward: ({ g, h, ldh, dhNext, dOut, ldd, rows, H }) =>
      void e.rnnReluBackward(g, h, ldh, dhNext, dOut, ldd, rows, H),
  };
  return { f, i, k };
}

/** The fast engine. */
export const wasm = defineEngine({
  name: 'wasm',
  summary: 'WebAssembly with SIMD: the fast kernels, without native code.',
  builds: KERNEL_BUILDS,
  automatic: true,
  unsuited,
  load: compileKernels,
  wordBytes: () => 4,
  create,
});
