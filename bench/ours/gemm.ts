/** The matrix product by itself. */
import { Arena } from '../../src/core/arena.ts';
import { createRng } from '../../src/core/rng.ts';
import { createEngine, type EngineChoice } from '../../src/engine/choose.ts';
import { gemmTNWorkspace } from '../../src/engine/contract.ts';
import type { GemmSpec } from '../support/protocol.ts';
import type { Work } from '../support/serve.ts';
import { writeData } from './data.ts';

const SEED = 7;

/**
 * Sets one product up. `nn` takes B packed, as a layer packs its weights once for all time steps; `tn` packs both
 * sides each time, as weight gradients need it.
 */
export function prepareGemm(spec: GemmSpec, engine: EngineChoice): Work {
  const { op, M, K, N } = spec;
  const arena = new Arena();
  const [a, b, c, bp, zeros] = [M * K, K * N, M * N, K * N, N].map((words, n) =>
    arena.alloc(`matrix ${n}`, words),
  );
  const workspace = arena.alloc('workspace', gemmTNWorkspace(M, N));
  const { f, k } = createEngine(engine, { words: arena.words });
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
      ? () => k.gemm({ a, lda: K, bp, c, ldc: N, init: zeros, ldi: 0, M, K, N })
      : () => {
          f.fill(0, c, c + M * N);
          k.gemmTN(parts, b, N, K, N, workspace);
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
