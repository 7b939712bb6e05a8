/** The memory of a model, which all engines work on. */
import { UnsupportedError } from '../core/errors.ts';

/** The type of a `WebAssembly.Memory`, without browser types, which users in Node may lack. */
export interface EngineMemory {
  /** The bytes. */
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

/** Creates a memory of `words` words, filled with zeros; `shared` for use from several threads. */
export function createMemory(words: number, shared: boolean, wordBytes = 4): EngineMemory {
  const pages = Math.ceil((words * wordBytes) / 65536);
  try {
    // plain loops need no more
    if (!('WebAssembly' in globalThis))
      return { buffer: new (shared ? SharedArrayBuffer : ArrayBuffer)(pages * 65536) };
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    const mib = Math.ceil((words * wordBytes) / 2 ** 20);
    // what is this small is not refused for its size: Node reserves address space for all that an index of 32 bits can reach
    const fix =
      'process' in globalThis && mib <= 64
        ? 'Node reserves 10 GiB of address space for it: raise its limit (ulimit -v), or set NODE_OPTIONS=--disable-wasm-trap-handler'
        : 'Lower train.batch_size, text.max_length or model.hidden_size';
    throw new UnsupportedError(
      `[engine] needs ${mib} MiB of memory, but the runtime did not grant it. ${fix}.`,
      { cause },
    );
  }
}
