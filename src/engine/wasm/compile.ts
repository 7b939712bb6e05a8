/**
 * The two builds of the kernels and how they are compiled.
 *
 * The wide build pays off only where V8 joins pairs of 128-bit operations into 256-bit ones
 * (`--experimental-wasm-revectorize`, Node ≥ 24 on a machine with AVX2); elsewhere it is slower than the narrow one.
 * Both give the same bits.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { EngineMemory } from '../memory.ts';
import * as binaries from './binaries.ts';

/** The builds: products 16 columns wide, or 8. */
export const KERNEL_WIDTHS = ['wide', 'narrow'] as const;
/** A build of the kernels. */
export type KernelWidth = (typeof KERNEL_WIDTHS)[number];

/** A `WebAssembly.Module`; as an object, because users in Node may not have the types of browsers. */
export type CompiledModule = object;

/** Compiled kernels, ready to be instantiated in this thread or in others. */
export interface KernelModules {
  /** The module on memory of its own, for one thread. */
  readonly plain: CompiledModule;
  /** The module on shared memory, for several threads. */
  readonly shared: CompiledModule;
}

/** The part of `node:v8` that is used, absent in browsers. */
interface V8Flags {
  setFlagsFromString(flags: string): void;
}

function nodeV8(): V8Flags | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.('node:v8') as V8Flags | undefined;
}

/** Whether this runtime can be told to join pairs of vectors. */
export function canJoinVectors(): boolean {
  return nodeV8() !== undefined;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** The flag of a memory's limits that makes it shared (threads proposal of WebAssembly). */
const SHARED = 2;

/** Compiles one width. In Node V8 is told to join vectors and to skip the baseline compiler for these modules. */
export function compileKernels(width: KernelWidth): KernelModules {
  nodeV8()?.setFlagsFromString('--experimental-wasm-revectorize');
  try {
    const { base64, memoryFlags } = binaries[width];
    const code = decode(base64);
    const plain = new WebAssembly.Module(code);
    code[memoryFlags] |= SHARED;
    return { plain, shared: new WebAssembly.Module(code) };
  } catch (cause) {
    // a content security policy is refused with a message of its own, which names the policy
    const policy = cause instanceof Error && /content security policy|unsafe-eval/i.test(cause.message);
    throw new UnsupportedError(
      policy
        ? "[engine] needs to compile WebAssembly, but the page's content security policy forbids it. Add 'wasm-unsafe-eval' to script-src."
        : '[engine] needs WebAssembly with relaxed SIMD (Node 24, Chrome 114, Firefox 145 or later), but this runtime refuses the kernels. Update it.',
      { cause },
    );
  }
}

/** An exported function of a kernel module. */
export type Exported = (...args: number[]) => number;

/** Instantiates a kernel module on a memory. */
export function instantiate(
  module: CompiledModule,
  memory: EngineMemory,
): Readonly<Record<binaries.ExportName, Exported>> {
  const abort = () => {
    throw new Error('kernel aborted');
  };
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory: memory as WebAssembly.Memory, abort },
  });
  return exports as Record<binaries.ExportName, Exported>;
}
