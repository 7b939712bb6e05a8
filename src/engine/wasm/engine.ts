/** The fast engine: kernels from WebAssembly, product drivers that cut work into register tiles. */
import { UnsupportedError } from '../../core/errors.ts';
import { type Engine, type Kernels, type OuterPart, TN_BLOCK } from '../contract.ts';
import { instantiate, type KernelModules } from './choose.ts';

/** Options of {@link createWasmEngine}. */
export interface WasmEngineOptions {
  /** Size of the memory in words, as `Arena.words`. */
  readonly words: number;
  /** The compiled kernels. */
  readonly modules: KernelModules;
  /** A memory made by {@link createMemory}, for engines of several threads on one memory. Default: one of its own. */
  readonly memory?: WebAssembly.Memory;
}

/** Creates a memory of `words` words; `shared` for use from several threads. */
export function createMemory(words: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil((words * 4) / 65536);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    const mib = Math.ceil((words * 4) / 2 ** 20);
    throw new UnsupportedError(
      `[engine] needs ${mib} MiB of memory, but the runtime did not grant it. Lower train.batch_size, text.max_length or model.hidden_size.`,
      { cause },
    );
  }
}

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

/** Creates the fast engine. Several engines on one shared memory may run in different threads at once. */
export function createWasmEngine({
  words,
  modules,
  memory = createMemory(words, false),
}: WasmEngineOptions): Engine {
  const shared = !(memory.buffer instanceof ArrayBuffer);
  const e = instantiate(shared ? modules.shared : modules.plain, memory);
  const small = [e.nn1, e.nn2, e.nn3];
  /** Tiles of 6 rows for rows of A that are so many words apart. */
  const fixed = new Map(
    Object.entries(e).flatMap(([name, kernel]) =>
      name.startsWith('nn6x') ? [[Number(name.slice(4)), kernel] as const] : [],
    ),
  );

  const gemm: Kernels['gemm'] = (a, lda, bp, c, ldc, init, ldi, M, K, N) => {
    const block = Math.max(6, Math.floor(CACHE_WORDS / K / 6) * 6);
    const nn6 = fixed.get(lda) ?? e.nn6;
    // whole blocks of 6-row tiles first; the last block takes the uneven rest
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
    scratch: number,
  ): void => {
    const tiles = scratch + TN_BLOCK * N; // packed B first, then the packed tiles of A
    for (let k = 0; k < K; k += TN_BLOCK) {
      const rows = Math.min(TN_BLOCK, K - k);
      e.packB(b + k * ldb, ldb, scratch, rows, N);
      for (const { a, lda, index, M, c, ldc } of parts) {
        // M is a multiple of 16: tiles of 6 and 4 always fit
        const four = M % 6 === 2 ? 8 : M % 6;
        const six = M - four;
        const from = index === 0 ? a + k * lda : a;
        const rowIndex = index === 0 ? 0 : index + k;
        if (six) {
          e.packA6(from, lda, rowIndex, tiles, rows, six);
          e.tn6(tiles, scratch, c, ldc, six, rows, N);
        }
        if (four) {
          e.packA4(from + six, lda, rowIndex, tiles, rows, four);
          e.tn4(tiles, scratch, c + six * ldc, ldc, four, rows, N);
        }
      }
    }
  };

  const f = new Float32Array(memory.buffer);
  const i = new Int32Array(memory.buffer);
  // the exports take the contract's arguments as they are
  const k = { ...(e as unknown as Kernels), gemm, gemmTN };
  return { name: `wasm ${modules.width}`, f, i, k };
}
