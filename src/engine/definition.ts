/** The definition of an engine: everything needed to choose, build and describe it. */
import type { Engine } from './contract.ts';
import type { EngineMemory } from './memory.ts';

/** An engine: the kernels of the contract, in one or more builds. `Parts` is what a thread needs to build it. */
export interface EngineDefinition<
  Name extends string = string,
  Build extends string = string,
  Parts = unknown,
> {
  /** In `doctor`, in `UNROLL_ENGINE` and before the build in a run's description. */
  readonly name: Name;
  /** One sentence. */
  readonly summary: string;
  /** The same kernels made in other ways, the most portable one last; the fastest is taken. */
  readonly builds: readonly Build[];
  /** Whether it is used by default. */
  readonly automatic: boolean;
  /** Why a build would be slower here than another one: it is then only tried on request. */
  unsuited?(build: Build): string | undefined;
  /**
   * Loads a build once per process; its result is sent to worker threads (structured clone).
   * @throws UnsupportedError with the reason, where this runtime or machine cannot run it.
   */
  load(build: Build): Parts;
  /** Bytes of a word of memory: 4 for float32. */
  wordBytes(parts: Parts): number;
  /** The kernels on a memory, which may be shared with engines of other threads. */
  create(parts: Parts, memory: EngineMemory): Pick<Engine, 'f' | 'i' | 'k'>;
}

/** Declares an engine; the identity function, for the type inference. */
export function defineEngine<const Name extends string, const Build extends string, Parts>(
  definition: EngineDefinition<Name, Build, Parts>,
): EngineDefinition<Name, Build, Parts> {
  return definition;
}
