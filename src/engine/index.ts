/**
 * Engines: the kernel contract, its reference in plain loops, the fast WebAssembly kernels, and the choice among them.
 * @module
 */
export {
  type Engine,
  type Kernels,
  type KernelName,
  type OuterPart,
  type RecurrentStep,
  gemmTNWorkspace,
} from './contract.ts';
export { type EngineDefinition, defineEngine } from './definition.ts';
export { engines, type BuildName, type EngineName, type EngineRequest } from './engines.ts';
export {
  chooseEngine,
  createEngine,
  createEngineMemory,
  ENGINE_REQUESTS,
  type EngineChoice,
  type EngineTest,
  type EngineTests,
  testEngines,
  type TestEnginesOptions,
} from './choose.ts';
export type { EngineMemory } from './memory.ts';
export { createReferenceEngine, type ReferenceEngineOptions } from './reference/index.ts';
export type { PageWorker, StartWorker } from './workers.ts';
