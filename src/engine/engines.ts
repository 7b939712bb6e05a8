/** The engines. This list is their only registration. */
import { native } from './native/engine.ts';
import { reference } from './reference/index.ts';
import { wasm } from './wasm/engine.ts';

/** All engines, in the order in which `doctor` shows them. */
export const engines = [native, wasm, reference] as const;

type Definition = (typeof engines)[number];
/** Name of an engine. */
export type EngineName = Definition['name'];
/** Name of a build: the engine's and its own, such as `wasm narrow`. */
export type BuildName = Definition extends infer D
  ? D extends Definition
    ? `${D['name']} ${D['builds'][number]}`
    : never
  : never;
/** What can be asked for: an engine, of which the fastest build is taken, or one build. */
export type EngineRequest = EngineName | BuildName;
