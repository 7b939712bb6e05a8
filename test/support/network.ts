/** Parts of a network on an engine of their own, for tests: matrices in and out without padding, one thread. */
import { Arena, padded } from '../../src/core/arena.ts';
import type { TypeAndOptions } from '../../src/core/family.ts';
import { createRng, type Rng } from '../../src/core/rng.ts';
import { chooseEngine, createEngine, createReferenceEngine, type Engine } from '../../src/engine/index.ts';
import { Batch, type Capacity } from '../../src/nn/batch.ts';
import type { Context } from '../../src/nn/context.ts';
import {
  createRecurrent,
  recurrentParameters,
  recurrentWorkspace,
  type Recurrent,
  type RecurrentOptions,
} from '../../src/nn/layers/recurrent.ts';
import { Parameters } from '../../src/nn/parameters.ts';
import { poolings } from '../../src/nn/pooling/index.ts';

const clock = () => performance.now();
const choices = { wide: chooseEngine(clock, 'wasm wide'), narrow: chooseEngine(clock, 'wasm narrow') };

/** Makers of engines by name. */
export const engines = {
  'reference float64': (words: number): Engine => createReferenceEngine({ words, precision: 'float64' }),
  'reference float32': (words: number): Engine => createReferenceEngine({ words }),
  'wasm wide': (words: number): Engine => createEngine(choices.wide, { words }),
  'wasm narrow': (words: number): Engine => createEngine(choices.narrow, { words }),
};
/** Name of an engine. */
export type EngineName = keyof typeof engines;

/** How far an engine may be from values computed in float64 and stored in float32, as a proportion of a tensor's maximum. */
export const TOLERANCE: Readonly<Record<EngineName, number>> = {
  'reference float64': 1e-7,
  'reference float32': 1e-5,
  'wasm wide': 1e-5,
  'wasm narrow': 1e-5,
};

/** Room for sequences of these lengths. */
export function capacityOf(lengths: readonly number[]): Capacity {
  return {
    rows: lengths.length,
    tokens: lengths.reduce((sum, n) => sum + n, 0),
    steps: Math.max(...lengths),
  };
}

/** Sequences of these lengths with ids from 1. */
export function sequencesOf(lengths: readonly number[]): Int32Array[] {
  return lengths.map((n, b) => Int32Array.from({ length: n }, (_, t) => 1 + b + t));
}

/** A matrix in an engine's memory whose columns come in `groups` of `size`, each padded by itself. */
export interface Matrix {
  readonly at: number;
  readonly rows: number;
  readonly groups: number;
  readonly size: number;
}

/** Calls `visit` with each element's place in memory, row by row. */
function each({ at, rows, groups, size }: Matrix, visit: (word: number, index: number) => void): void {
  const ld = groups * padded(size);
  for (let r = 0, index = 0; r < rows; r++) {
    for (let g = 0; g < groups; g++) {
      for (let j = 0; j < size; j++, index++) visit(at + r * ld + g * padded(size) + j, index);
    }
  }
}

/** The elements of a matrix without padding. */
export function readMatrix(f: Engine['f'], matrix: Matrix): Float64Array {
  const to = new Float64Array(matrix.rows * matrix.groups * matrix.size);
  each(matrix, (word, index) => (to[index] = f[word]));
  return to;
}

/** Sets the elements of a matrix; the padding stays. */
export function writeMatrix(f: Engine['f'], matrix: Matrix, from: ArrayLike<number>): void {
  if (from.length !== matrix.rows * matrix.groups * matrix.size)
    throw new Error(`${from.length} values do not fit`);
  each(matrix, (word, index) => (f[word] = from[index]));
}

/** Whether all padding of a matrix is zero. */
export function paddingIsZero(f: Engine['f'], matrix: Matrix): boolean {
  const end = matrix.at + matrix.rows * matrix.groups * padded(matrix.size);
  const real = new Set<number>();
  each(matrix, (word) => real.add(word));
  for (let word = matrix.at; word < end; word++) if (!real.has(word) && f[word] !== 0) return false;
  return true;
}

/** Packed rows of sequence b of a batch of these lengths. */
export function rowsOf(b: number, lengths: readonly number[]): number[] {
  const rows: number[] = [];
  for (let t = 0, start = 0; t < lengths[b]; t++) {
    rows.push(start + b);
    start += lengths.filter((n) => n > t).length;
  }
  return rows;
}

/** The given rows of a matrix of n columns. */
export function pick(matrix: Float64Array, rows: readonly number[], n: number): Float64Array {
  return Float64Array.from(rows.flatMap((r) => [...matrix.subarray(r * n, (r + 1) * n)]));
}

/** Normal numbers. */
export function normals(rng: Rng, n: number): Float64Array {
  return Float64Array.from({ length: n }, () => rng.normal());
}

/** The context of a single thread. */
export function contextOf(engine: Engine, batch: Batch, training = true): Context {
  return { engine, batch, thread: 0, threads: 1, barrier() {}, training, seed: 5, step: 3 };
}

/** A recurrent stack that can be run by itself. */
export interface Stack {
  readonly engine: Engine;
  readonly ctx: Context;
  readonly parameters: Parameters;
  readonly recurrent: Recurrent;
  /** [tokens × D] */
  readonly x: Matrix;
  readonly dx: Matrix;
  /** [tokens × directions·H] */
  readonly out: Matrix;
  readonly dOut: Matrix;
  /** Packs the weights and runs forward; the output. */
  forward(): Float64Array;
  /** Clears the gradients of the parameters and runs backward from the gradient of the output. */
  backward(dOut: ArrayLike<number>): void;
}

/** Builds a stack for a batch of these lengths; parameters as the library initialises them. */
export function createStack(
  engineName: EngineName,
  options: RecurrentOptions,
  lengths: readonly number[],
  training = true,
): Stack {
  const arena = new Arena();
  const capacity = capacityOf(lengths);
  const batch = new Batch(arena, capacity, () => engine.i);
  const parameters = new Parameters(arena, recurrentParameters(options), training ? [] : undefined);
  const D = padded(options.inputSize);
  const x = arena.alloc('x', capacity.tokens * D);
  const dx = arena.alloc('dx', capacity.tokens * D);
  const zeros = arena.alloc('zeros', options.cell.gates * padded(options.hiddenSize) + 2 * D);
  const workspace = arena.alloc('workspace', recurrentWorkspace(options));
  const recurrent = createRecurrent(options, {
    arena,
    parameters,
    capacity,
    x,
    dx,
    zeros,
    training,
    workspace: () => workspace,
  });
  const engine: Engine = engines[engineName](arena.words);
  parameters.initialise(engine.f, createRng(21));
  batch.write(sequencesOf(lengths));
  const { f } = engine;
  const ctx = contextOf(engine, batch, training);
  const groups = options.bidirectional ? 2 : 1;
  const matrix = (at: number, groups: number, size: number): Matrix => ({
    at,
    rows: capacity.tokens,
    groups,
    size,
  });
  const out = matrix(recurrent.out, groups, options.hiddenSize);
  const dOutMatrix = matrix(recurrent.dOut, groups, options.hiddenSize);
  return {
    engine,
    ctx,
    parameters,
    recurrent,
    x: matrix(x, 1, options.inputSize),
    dx: matrix(dx, 1, options.inputSize),
    out,
    dOut: dOutMatrix,
    forward() {
      recurrent.pack(ctx);
      recurrent.forward(ctx);
      return readMatrix(f, out);
    },
    backward(dOut) {
      f.fill(0, parameters.grad, parameters.grad + parameters.words);
      writeMatrix(f, dOutMatrix, dOut);
      recurrent.backward(ctx);
      recurrent.maskGradients(ctx);
    },
  };
}

/** A pooling that can be run by itself, on one thread. */
export interface PoolingRun {
  readonly engine: Engine;
  readonly parameters: Parameters;
  /** [tokens × directions·H] packed states. */
  readonly h: Matrix;
  readonly dh: Matrix;
  /** [rows × vectors·directions·H] */
  readonly y: Matrix;
  forward(h: ArrayLike<number>): Float64Array;
  /** The gradient of the states; those of the parameters are in the memory then. `clear` (default) zeroes both first. */
  backward(dy: ArrayLike<number>, options?: { readonly clear: boolean }): Float64Array;
}

/** Builds a pooling for a batch of these lengths; parameters as the library initialises them. */
export function createPooling(
  engineName: EngineName,
  options: TypeAndOptions,
  lengths: readonly number[],
  directions: number,
  H: number,
): PoolingRun {
  const arena = new Arena();
  const capacity = capacityOf(lengths);
  const batch = new Batch(arena, capacity, () => engine.i);
  const factory = poolings.create(options);
  const shape = { name: 'pooling', directions, hiddenSize: H, width: directions * padded(H) };
  const parameters = new Parameters(arena, factory.parameters?.(shape) ?? [], []);
  const groups = (factory.vectors ?? 1) * directions;
  const matrix = (name: string, rows: number, groups: number): Matrix => ({
    at: arena.alloc(name, rows * groups * padded(H)),
    rows,
    groups,
    size: H,
  });
  const [h, dh] = [matrix('h', capacity.tokens, directions), matrix('dh', capacity.tokens, directions)];
  const [y, dy] = [matrix('y', capacity.rows, groups), matrix('dy', capacity.rows, groups)];
  const workspace = arena.alloc('workspace', factory.workspace?.(shape) ?? 0);
  const pooling = factory.create({
    ...shape,
    h: h.at,
    dh: dh.at,
    arena,
    parameters,
    capacity,
    training: true,
    workspace: () => workspace,
  });
  const engine: Engine = engines[engineName](arena.words);
  parameters.initialise(engine.f, createRng(22));
  batch.write(sequencesOf(lengths));
  const { f } = engine;
  const ctx = contextOf(engine, batch);
  const ld = groups * padded(H);
  return {
    engine,
    parameters,
    h,
    dh,
    y,
    forward(values) {
      writeMatrix(f, h, values);
      pooling.forward(ctx, { at: y.at, ld });
      return readMatrix(f, y);
    },
    backward(values, { clear } = { clear: true }) {
      if (clear) {
        f.fill(0, dh.at, dh.at + capacity.tokens * shape.width);
        f.fill(0, parameters.grad, parameters.grad + parameters.words);
      }
      writeMatrix(f, dy, values);
      pooling.backward(ctx, { at: dy.at, ld });
      return readMatrix(f, dh);
    },
  };
}

/** Central differences of `value` by the words at `places`; float64 engines only. */
export function centralDifferences(
  f: Engine['f'],
  places: readonly number[],
  value: () => number,
  h = 1e-5,
): Float64Array {
  return Float64Array.from(places, (word) => {
    const middle = f[word];
    f[word] = middle + h;
    const up = value();
    f[word] = middle - h;
    const down = value();
    f[word] = middle;
    return (up - down) / (2 * h);
  });
}

/** The words of a matrix, row by row. */
export function placesOf(matrix: Matrix): number[] {
  const places: number[] = [];
  each(matrix, (word) => places.push(word));
  return places;
}

/** Σ a·b. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
