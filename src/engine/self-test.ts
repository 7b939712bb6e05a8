/** The self-test of engines: a product, its speed, and how multiply-add is rounded. */
import { FIRST_WORD as BASE } from '../core/arena.ts';
import type { Engine } from './contract.ts';

type Bound = Pick<Engine, 'f' | 'k'>;

/** A product of 24×128 by 128×128 on an engine: one gate of a recurrent layer, which takes about 8 µs. */
export interface Product {
  /** [24 × 128]. */
  readonly result: Float32Array | Float64Array;
  /** Largest difference from the product in plain loops, NaN where one is NaN. */
  readonly error: number;
  /** Floating-point operations of a run. */
  readonly flop: number;
  /** Runs the product once. */
  run(): void;
}

/** Multiplies on an engine that `create` makes on `words` words. */
export function createProduct(create: (words: number) => Bound): Product {
  const [M, K, N] = [24, 128, 128];
  const a = BASE;
  const b = a + M * K;
  const bp = b + K * N;
  const init = bp + K * N;
  const c = init + N;
  const { f, k } = create(c + M * N);
  f.fill(0.25, init, c);
  for (let j = a; j < bp; j++) f[j] = ((j * 7919) % 1009) / 1009 - 0.5;
  k.packB(b, N, bp, K, N);
  const run = () => k.gemm({ a, lda: K, bp, c, ldc: N, init, ldi: 0, M, K, N });
  run();
  const result = f.slice(c, c + M * N);
  let error = 0;
  // every fourth row is enough
  for (let m = 0; m < M; m += 4) {
    for (let n = 0; n < N; n++) {
      let sum = 0.25;
      for (let i = 0; i < K; i++) sum += f[a + m * K + i] * f[b + i * N + n];
      const difference = Math.abs(sum - result[m * N + n]);
      error = difference <= error ? error : difference; // NaN counts as worse
    }
  }
  return { result, error, flop: 2 * M * K * N, run };
}

/**
 * Whether an engine adds products as the fused multiply-add of float32 does, with one rounding.
 *
 * With x = 1 + 2⁻¹², x² = 1 + 2⁻¹¹ + 2⁻²⁴ is no float32. So x² - (1 + 2⁻¹¹) is 2⁻²⁴ where it is rounded once and 0 where
 * the product is rounded first. Adding 1 and taking it away again leaves 0 in float32 and 2⁻²⁴ in float64, which tells an
 * engine that merely computes in float64.
 */
export function isFused(create: (words: number) => Bound): boolean {
  const [K, N] = [16, 16];
  const a = BASE;
  const b = a + K;
  const bp = b + K * N;
  const init = bp + K * N;
  const c = init + N;
  const { f, k } = create(c + N);
  const x = 1 + 2 ** -12;
  f[init] = -(1 + 2 ** -11);
  f.fill(0, a, bp);
  for (let i = 0; i < 3; i++) f[b + i * N] = [x, 1, -1][i];
  const sum = (terms: number): number => {
    for (let i = 0; i < terms; i++) f[a + i] = [x, 1, 1][i];
    k.packB(b, N, bp, K, N);
    k.gemm({ a, lda: K, bp, c, ldc: N, init, ldi: N, M: 1, K, N });
    return f[c];
  };
  return sum(1) === 2 ** -24 && sum(3) === 0;
}
