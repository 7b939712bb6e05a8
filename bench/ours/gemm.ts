/** The matrix product by itself, and what one core can do at most. */
import asc from 'assemblyscript/asc';
import { Arena } from '../../src/core/arena.ts';
import { createRng } from '../../src/core/rng.ts';
import { gemmTNScratch } from '../../src/engine/contract.ts';
import type { KernelModules } from '../../src/engine/wasm/choose.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import type { GemmSpec } from '../support/protocol.ts';
import type { Work } from '../support/serve.ts';
import { writeData } from './data.ts';

const SEED = 7;

/**
 * Sets one product up. `nn` takes B packed, as a layer packs its weights once for all time steps; `tn` packs both
 * sides each time, as weight gradients need it.
 */
export function prepareGemm(spec: GemmSpec, kernels: KernelModules): Work {
  const { op, M, K, N } = spec;
  const arena = new Arena();
  const [a, b, c, bp, zeros] = [M * K, K * N, M * N, K * N, N].map((words, n) =>
    arena.alloc(`matrix ${n}`, words),
  );
  const scratch = arena.alloc('scratch', gemmTNScratch(M, N));
  const { f, k } = createWasmEngine({ words: arena.words, modules: kernels });
  const rng = createRng(SEED);
  for (const [at, words] of [
    [a, M * K],
    [b, K * N],
  ])
    for (let j = 0; j < words; j++) f[at + j] = rng.normal();
  const data = writeData([
    { name: 'a', shape: op === 'nn' ? [M, K] : [K, M], data: f.slice(a, a + M * K) },
    { name: 'b', shape: [K, N], data: f.slice(b, b + K * N) },
  ]);
  k.packB(b, N, bp, K, N);
  const parts = [{ a, lda: M, index: 0, M, c, ldc: N }];
  const step =
    op === 'nn'
      ? () => k.gemm(a, K, bp, c, N, zeros, 0, M, K, N)
      : () => {
          f.fill(0, c, c + M * N);
          k.gemmTN(parts, b, N, K, N, scratch);
        };
  step();
  let sum = 0;
  for (let j = 0; j < M * N; j++) sum += Math.abs(f[c + j]);
  return {
    variants: { ours: { step, check: [sum] } },
    data,
    flop: 2 * M * K * N,
    release: () => data.remove(),
  };
}

const PEAK_LOOPS = 200_000;

/**
 * AssemblyScript for a loop that multiplies and adds on registers alone: as many accumulators as a tile of the
 * product has (6 rows of `vectors` vectors), nothing read or written while it runs.
 */
function peakSource(vectors: number): string {
  const cells = Array.from({ length: 6 * vectors }, (_, n) => n);
  const indices = [...Array(vectors).keys()];
  return [
    'export function peak(at: usize, n: i32): void {',
    ...cells.map((n) => `let c${n} = v128.load(at, ${256 + n * 16});`),
    ...indices.map((j) => `const b${j} = v128.load(at, ${j * 16});`),
    'const x = v128.load32_splat(at, 128);',
    'do {',
    ...cells.map((n) => `c${n} = f32x4.relaxed_madd(x, b${n % vectors}, c${n});`),
    '} while (--n > 0);',
    // from the highest down: V8 fuses stores only in that order
    ...cells.toReversed().map((n) => `v128.store(at, c${n}, ${256 + n * 16});`),
    '}',
  ].join('\n');
}

/** Sets up the loop that shows the peak of one core, with vectors as wide as the kernels have. */
export async function preparePeak(kernels: KernelModules): Promise<Work> {
  const vectors = kernels.width === 'wide' ? 4 : 2;
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const flags = ['--runtime', 'stub', '--noAssert', '--enable', 'simd', '--enable', 'relaxed-simd', '-O3'];
  const memory = ['--memoryBase', '4096', '--initialMemory', '1'];
  const { error, stderr } = await asc.main(['peak.ts', '--outFile', 'peak.wasm', ...flags, ...memory], {
    readFile: (name) => (name === 'peak.ts' ? peakSource(vectors) : null),
    writeFile: (_name, contents) => {
      binary = contents as unknown as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc could not compile the peak loop: ${stderr.toString()}`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), {});
  const peak = exports.peak as (at: number, n: number) => void;
  const flop = PEAK_LOOPS * 6 * vectors * 8; // 4 lanes, a multiplication and an addition each
  return { variants: { ours: { step: () => peak(1024, PEAK_LOOPS), check: [] } }, flop };
}
