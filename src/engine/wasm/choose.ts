/**
 * Chooses between the wide and the narrow kernel module by a self-test.
 *
 * The wide module pays off only where V8 fuses pairs of 128-bit operations into 256-bit ones
 * (`--experimental-wasm-revectorize`, Node ≥ 24 on a machine with AVX2); elsewhere it is slower than the narrow one.
 * Both give the same bits, which the self-test checks before it compares their speed.
 */
import { UnsupportedError } from '../../core/errors.ts';
import * as binaries from './binaries.ts';

/** The two builds of the kernels. */
export const KERNEL_WIDTHS = ['wide', 'narrow'] as const;
/** A build of the kernels: products 16 columns wide, or 8. */
export type KernelWidth = (typeof KERNEL_WIDTHS)[number];

/** Compiled kernels, ready to be instantiated in this thread or in workers. */
export interface KernelModules {
  /** Products 16 columns wide, or 8. */
  readonly width: KernelWidth;
  /** The module on memory of its own, for one thread. */
  readonly plain: WebAssembly.Module;
  /** The module on shared memory, for several threads. */
  readonly shared: WebAssembly.Module;
}

/** What the self-test found. */
export interface KernelChoice extends KernelModules {
  /** Why this width, for `doctor`. */
  readonly reason: string;
  /** GFLOP/s of a product that fits the cache, per width tried. */
  readonly gflops: Partial<Record<KernelWidth, number>>;
}

/** The part of `node:v8` that is used, absent in browsers. */
interface V8Flags {
  setFlagsFromString(flags: string): void;
}

function nodeV8(): V8Flags | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.('node:v8') as V8Flags | undefined;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** The flag of a memory's limits that makes it shared (threads proposal of WebAssembly). */
const SHARED = 2;

/** Compiles one width. In Node V8 is told to fuse vectors and to skip the baseline compiler for these modules. */
export function compileKernels(width: KernelWidth): KernelModules {
  const v8 = nodeV8();
  v8?.setFlagsFromString('--experimental-wasm-revectorize');
  try {
    const { base64, memoryFlags } = binaries[width];
    const code = decode(base64);
    const plain = new WebAssembly.Module(code);
    code[memoryFlags] |= SHARED;
    return { width, plain, shared: new WebAssembly.Module(code) };
  } catch (cause) {
    throw new UnsupportedError(
      '[engine] needs WebAssembly with relaxed SIMD (Node 24, Chrome 114, Firefox 145 or later), but this runtime refuses the kernels. Update it.',
      { cause },
    );
  }
}

type Exports = Record<string, (...args: number[]) => number>;

/** Instantiates a kernel module on a memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Exports {
  const abort = () => {
    throw new Error('kernel aborted');
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as Exports;
}

/** A product of 48×128 by 128×64: fits the first-level cache, takes about 10 µs. */
function selfTest(modules: KernelModules): {
  result: Float32Array;
  error: number;
  run: () => void;
  flop: number;
} {
  const [M, K, N] = [48, 128, 64];
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4 });
  const e = instantiate(modules.plain, memory);
  const f = new Float32Array(memory.buffer);
  const a = 16384;
  const b = a + M * K;
  const bp = b + K * N;
  const c = bp + K * N;
  for (let j = a; j < bp; j++) f[j] = ((j * 7919) % 1009) / 1009 - 0.5;
  e.packB(b, N, bp, K, N);
  const run = () => {
    f.fill(0.25, c, c + M * N);
    e.nn6(a, K, bp, c, N, c, N, M, K, N);
  };
  run();
  const result = f.slice(c, c + M * N);
  return { result, error: productError(f, a, b, result, [M, K, N]), run, flop: 2 * M * K * N };
}

/** Largest difference from the product in plain loops; every fourth row will do. */
function productError(
  f: Float32Array,
  a: number,
  b: number,
  result: Float32Array,
  [M, K, N]: readonly [number, number, number],
): number {
  let worst = 0;
  for (let m = 0; m < M; m += 4) {
    for (let n = 0; n < N; n++) {
      let sum = 0.25;
      for (let k = 0; k < K; k++) sum += f[a + m * K + k] * f[b + k * N + n];
      const error = Math.abs(sum - result[m * N + n]);
      worst = error <= worst ? worst : error; // NaN counts as worse
    }
  }
  return worst;
}

/** Differences that rounding explains: sums of 128 products below 1/4 in float32. */
const TOLERANCE = 1e-4;

/**
 * Picks the faster width that gives the right result. Every module of a width has the same code; the shared one
 * differs in its import of the memory alone.
 * @param now Clock in milliseconds; `performance.now` suits.
 */
export function chooseKernels(now: () => number, force?: KernelWidth): KernelChoice {
  const canFuse = nodeV8() !== undefined;
  if (force) return { ...compileKernels(force), reason: 'asked for', gflops: {} };
  const narrow = compileKernels('narrow');
  const narrowTest = selfTest(narrow);
  if (!(narrowTest.error <= TOLERANCE)) {
    throw new UnsupportedError(
      `[engine] the kernels must multiply matrices to within ${TOLERANCE} here, but are ${narrowTest.error} off. ` +
        'This runtime or machine computes wrongly: use another version of Node or of the browser.',
    );
  }
  if (!canFuse) return { ...narrow, reason: 'this runtime does not fuse vectors', gflops: {} };
  const wide = compileKernels('wide');
  const tests = { narrow: narrowTest, wide: selfTest(wide) };
  const equal = tests.wide.result.every((x, j) => Object.is(x, tests.narrow.result[j]));
  const best = { narrow: Infinity, wide: Infinity };
  // interleaved, so that a busy machine slows both; enough rounds for the optimising compiler to finish
  const start = now();
  for (let round = 0; round < 400 && (round < 40 || now() - start < 12); round++) {
    for (const width of KERNEL_WIDTHS) {
      const t = now();
      tests[width].run();
      best[width] = Math.min(best[width], now() - t);
    }
  }
  const gflops = { narrow: tests.narrow.flop / best.narrow / 1e6, wide: tests.wide.flop / best.wide / 1e6 };
  if (!equal) return { ...narrow, reason: 'the wide kernels gave other bits', gflops };
  if (best.wide >= best.narrow) return { ...narrow, reason: 'the wide kernels are not faster here', gflops };
  return { ...wide, reason: 'the wide kernels are faster here', gflops };
}
