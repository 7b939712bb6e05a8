/** The peak of a thread: multiply-adds on registers only. Proportions of peak refer to this. */
import { UnsupportedError } from '../core/errors.ts';
import type { EngineChoice } from '../engine/index.ts';
import { loadLibrary } from '../engine/native/library.ts';
import { instructionSet } from './processor.ts';

/** Multiply-adds `loops` times for each sum. @returns floating-point operations */
export type PeakLoop = (loops: number) => number;

/** The loop with vectors as wide as those of an engine. */
export function peakLoop({ name }: Pick<EngineChoice, 'name'>): PeakLoop {
  const [engine, build] = name.split(' ');
  return engine === 'native' ? nativeLoop(build) : wasmLoop(name === 'wasm wide' ? 4 : 2);
}

/** The rate of the loop in GFLOP/s, the best of a few milliseconds. */
export function measurePeak(engine: Pick<EngineChoice, 'name'>, now: () => number): number {
  const run = peakLoop(engine);
  let best = 0;
  for (let round = 0; round < 40; round++) {
    const start = now();
    const flop = run(20_000);
    best = Math.max(best, flop / (now() - start) / 1e6);
  }
  return best;
}

/** Vectors of a processor that computes the halves of a 512-bit one after the other, such as AMD's Zen 4. */
const IN_HALVES = 'AVX-512 in halves';

/**
 * The vectors of the processor and, where the native library can show it, whether AVX-512 does more in a cycle than AVX2: some
 * processors have the instructions, but compute half a vector at a time. Undefined if unknown.
 */
export function vectorsHere(now: () => number): ReturnType<typeof instructionSet> | typeof IN_HALVES {
  const set = instructionSet();
  if (set !== 'AVX-512') return set;
  try {
    const [wide, half] = (['native avx512', 'native avx2'] as const).map((name) =>
      measurePeak({ name }, now),
    );
    return wide < 1.4 * half ? IN_HALVES : set;
  } catch (error) {
    if (error instanceof UnsupportedError) return set;
    throw error;
  }
}

function nativeLoop(build: string): PeakLoop {
  const { sets, bind } = loadLibrary();
  const { x: values, peak } = bind(sets[build], new Float32Array(4096));
  return (loops) => {
    values.set([0, loops]);
    peak();
    return values[0];
  };
}

/** Accumulators of the loop, as many as a tile of the product has: 6 rows. */
const ROWS = 6;

function wasmLoop(vectors: number): PeakLoop {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peakModule(vectors)));
  const peak = exports.peak as (at: number, loops: number) => void;
  return (loops) => {
    peak(1024, loops);
    return loops * ROWS * vectors * 4 * 2;
  };
}

/**
 * The loop as a WebAssembly module, `peak(at, loops)`: c[n] += x·b[n mod vectors] for each sum c[n]. The vectors are stored
 * from the highest down, because V8 joins pairs only in that order.
 */
function peakModule(vectors: number): Uint8Array<ArrayBuffer> {
  const sums = Array.from({ length: ROWS * vectors }, (_, n) => n);
  const columns = Array.from({ length: vectors }, (_, j) => j);
  // locals: at, loops, the sums, b, x
  const [c, b, x] = [2, 2 + sums.length, 2 + sums.length + vectors];
  const load = (local: number, op: number, align: number, offset: number) => [
    ...[0x20, 0, 0xfd, op, align, ...leb(offset), 0x21],
    local,
  ];
  const body = [
    ...[1, x - 1, 0x7b], // one group of locals, all v128
    ...sums.flatMap((n) => load(c + n, 0, 4, 256 + 16 * n)),
    ...columns.flatMap((j) => load(b + j, 0, 4, 16 * j)),
    ...load(x, 9, 2, 128), // v128.load32_splat
    ...[0x03, 0x40], // loop
    ...sums.flatMap((n) => [0x20, x, 0x20, b + (n % vectors), 0x20, c + n, 0xfd, ...leb(0x105), 0x21, c + n]),
    ...[0x20, 1, 0x41, 1, 0x6b, 0x22, 1, 0x0d, 0, 0x0b], // while (--loops)
    ...sums.toReversed().flatMap((n) => [0x20, 0, 0x20, c + n, 0xfd, 11, 4, ...leb(256 + 16 * n)]),
    0x0b,
  ];
  const name = [4, ...new TextEncoder().encode('peak')];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 0]), // the type (i32, i32) → nothing
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]), // a page of memory
    ...section(7, [1, ...name, 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

/** An unsigned number in LEB128, as WebAssembly writes them. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)];
}
