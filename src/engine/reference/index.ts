/**
 * The reference engine: every kernel in plain loops, in float64 (gradient checks) or float32 (the same rounding of
 * stored values as the fast engine). Slow, and meant to be read.
 */
import type { Engine, Kernels } from '../contract.ts';
import { defineEngine } from '../definition.ts';
import { documentRows } from '../document-rows.ts';
import { lstmSteps } from '../lstm-steps.ts';
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
  return { name: `reference ${precision}`, fused: false, ...kernelsOn({ f, i }) };
}

function kernelsOn(memory: Pick<Engine, 'f' | 'i'>): Pick<Engine, 'f' | 'i' | 'k'> {
  const [matrix, cells, rows] = [matrixKernels(memory), cellKernels(memory), rowKernels(memory)];
  const k: Kernels = {
    ...matrix,
    ...cells,
    ...lstmSteps({ ...matrix, ...cells }),
    ...rows,
    ...documentRows(memory, rows),
    ...dropoutKernel(memory),
    ...optimKernels(memory),
  };
  return { ...memory, k };
}

/** The specification as an engine. */
export const reference = defineEngine({
  name: 'reference',
  summary: 'Plain loops in TypeScript: the specification of every kernel; slow, and meant to be read.',
  builds: ['float64', 'float32'],
  automatic: false,
  load: (precision) => ({ precision }),
  // in float64 the integers lie behind the floats: a word has the same offset in both
  wordBytes: ({ precision }) => (precision === 'float64' ? 12 : 4),
  create({ precision }, { buffer }) {
    if (precision === 'float32') return kernelsOn({ f: new Float32Array(buffer), i: new Int32Array(buffer) });
    const words = Math.floor(buffer.byteLength / 12);
    return kernelsOn({
      f: new Float64Array(buffer, 0, words),
      i: new Int32Array(buffer, 8 * words, words),
    });
  },
});
