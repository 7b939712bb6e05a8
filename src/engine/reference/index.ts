/**
 * The reference engine: every kernel in plain loops, in float64 (gradient checks) or float32 (the same rounding of
 * stored values as the fast engine). Slow, and meant to be read.
 */
import type { Engine, Kernels } from '../contract.ts';
import { cellKernels } from './cells.ts';
import { dropoutKernel } from './dropout.ts';
import { matrixKernels } from './matrix.ts';
import { optimKernels } from './optim.ts';
import { rowKernels } from './rows.ts';

/** Options of {@link createReferenceEngine}. */
export interface ReferenceEngineOptions {
  /** Size of the memory in words, as `Arena.words`. */
  readonly words: number;
  /** Precision of stored values; arithmetic is float64 in both. Default float32. */
  readonly precision?: 'float32' | 'float64';
}

/** Creates an engine of plain loops with a memory of its own, filled with zeros. */
export function createReferenceEngine({ words, precision = 'float32' }: ReferenceEngineOptions): Engine {
  const i = new Int32Array(words);
  const f = precision === 'float64' ? new Float64Array(words) : new Float32Array(i.buffer);
  const memory = { f, i };
  const k: Kernels = {
    ...matrixKernels(memory),
    ...cellKernels(memory),
    ...rowKernels(memory),
    ...dropoutKernel(memory),
    ...optimKernels(memory),
  };
  return { name: `reference ${precision}`, f, i, k };
}
