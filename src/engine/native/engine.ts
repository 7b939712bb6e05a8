/**
 * The native engine: kernels in C (`native/`), compiled for the vectors of the processor, on the same memory as those in
 * WebAssembly and with the same bits. A kernel that the library lacks is taken from WebAssembly.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { Engine } from '../contract.ts';
import { defineEngine } from '../definition.ts';
import { createMemory, type EngineMemory } from '../memory.ts';
import { wasm } from '../wasm/engine.ts';
import { nativeKernels } from './kernels.ts';
import { loadLibrary } from './library.ts';
import { sampleOf } from './sample.ts';

/** What a thread needs. */
export interface NativeParts {
  /** Number of the instruction set in the library. */
  readonly set: number;
  /** Data of the engine that supplies missing kernels. */
  readonly wasm: ReturnType<typeof wasm.load>;
}

/** @throws UnsupportedError also where one bit of a result differs from that of WebAssembly */
function load(build: 'avx512' | 'avx2' | 'neon'): NativeParts {
  const { sets } = loadLibrary();
  const set = sets[build] as number | undefined;
  if (set === undefined) throw new UnsupportedError('this processor lacks the instructions');
  const parts = { set, wasm: wasm.load('narrow') };
  const own = sampleOf((words) => create(parts, createMemory(words, false)));
  const other = sampleOf((words) => wasm.create(parts.wasm, createMemory(words, false)));
  if (!own.every((x, j) => Object.is(x, other[j])))
    throw new UnsupportedError('its results do not have the bits of those of WebAssembly here');
  return parts;
}

/** The kernels on a memory, which never grows, so its address stays valid. */
function create({ set, wasm: parts }: NativeParts, memory: EngineMemory): Pick<Engine, 'f' | 'i' | 'k'> {
  const { f, i, k } = wasm.create(parts, memory);
  return { f, i, k: { ...k, ...nativeKernels(loadLibrary().bind(set, f as Float32Array)) } };
}

/** The engine in C. */
export const native = defineEngine({
  name: 'native',
  summary: 'C for the vectors of this processor, with the same bits as WebAssembly.',
  builds: ['avx512', 'avx2', 'neon'],
  automatic: true,
  load,
  wordBytes: () => 4,
  create,
});
