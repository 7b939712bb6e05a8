/**
 * Engines: the kernel contract, its reference in plain loops, and the fast WebAssembly version.
 * @module
 */
export { type Engine, type Kernels, type KernelName, type OuterPart, gemmTNScratch } from './contract.ts';
export { createReferenceEngine, type ReferenceEngineOptions } from './reference/index.ts';
export { createMemory, createWasmEngine, type WasmEngineOptions } from './wasm/engine.ts';
export {
  chooseKernels,
  compileKernels,
  KERNEL_WIDTHS,
  type KernelChoice,
  type KernelModules,
  type KernelWidth,
} from './wasm/choose.ts';
