/**
 * The three builds of the kernels and how they are compiled.
 *
 * The wide build pays off only where V8 joins pairs of 128-bit operations into 256-bit ones
 * (`--experimental-wasm-revectorize`, Node ≥ 24 on a machine with AVX2); elsewhere it is slower than the narrow one.
 * Both give the same bits. The plain build is for engines without relaxed SIMD, such as Safari up to 26.2: it multiplies,
 * then adds, and so gives the bits of engines that have relaxed SIMD and do not fuse.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { EngineMemory } from '../memory.ts';
import * as binaries from './binaries.ts';
import { applyPatch } from './patch.ts';

/** The builds: products 16 columns wide, or 8, or 8 without relaxed SIMD. */
export const KERNEL_BUILDS = ['wide', 'narrow', 'plain'] as const;
/** A build of the kernels. */
export type KernelBuild = (typeof KERNEL_BUILDS)[number];

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

/** V8 where it can join vectors in pairs: in Node on x64. Elsewhere it knows no such flag, and says so on standard error. */
function nodeV8(): V8Flags | undefined {
  const { process } = globalThis as {
    process?: { arch?: string; getBuiltinModule?: (name: string) => unknown };
  };
  return process?.arch === 'x64' ? (process.getBuiltinModule?.('node:v8') as V8Flags | undefined) : undefined;
}

/** `(module (func (param v128) (result v128) local.get 0 local.get 0 local.get 0 f32x4.relaxed_madd))` */
const RELAXED_MADD =
  '\0asm\x01\0\0\0\x01\x06\x01\x60\x01\x7b\x01\x7b\x03\x02\x01\0\x0a\x0d\x01\x0b\0\x20\0\x20\0\x20\0\xfd\x85\x02\x0b';

/** Why a build is not for this runtime; undefined where it is. Uses nothing that a content security policy forbids. */
export function unsuited(build: KernelBuild): string | undefined {
  // as in Safari's Lockdown Mode
  if (!('WebAssembly' in globalThis)) return 'this runtime has no WebAssembly, or it is switched off';
  const relaxed = WebAssembly.validate(bytesOf(RELAXED_MADD));
  if (build === 'plain') return relaxed ? 'this runtime has relaxed SIMD, which is faster' : undefined;
  if (!relaxed) return 'this runtime has no relaxed SIMD';
  return build === 'wide' && nodeV8() === undefined
    ? 'this runtime does not join vectors in pairs'
    : undefined;
}

function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function moduleOf(build: KernelBuild): Uint8Array<ArrayBuffer> {
  const narrow = bytesOf(atob(binaries.narrow.base64));
  return build === 'narrow' ? narrow : applyPatch(narrow, bytesOf(atob(binaries[build].patch)));
}

/** The flag of a memory's limits that makes it shared (threads proposal of WebAssembly). */
const SHARED = 2;

/** Compiles one build. In Node V8 is told to join vectors and to skip the baseline compiler for these modules. */
export function compileKernels(build: KernelBuild): KernelModules {
  nodeV8()?.setFlagsFromString('--experimental-wasm-revectorize');
  try {
    const code = moduleOf(build);
    const plain = new WebAssembly.Module(code);
    code[binaries[build].memoryFlags] |= SHARED;
    return { plain, shared: new WebAssembly.Module(code) };
  } catch (cause) {
    throw new UnsupportedError(refusal(build, cause), { cause });
  }
}

/** Why a runtime does not compile the kernels, and what to do. */
function refusal(build: KernelBuild, cause: unknown): string {
  // Chromium and Safari name the policy, Firefox says CSP
  if (cause instanceof Error && /content security policy|unsafe-eval|\bCSP\b/i.test(cause.message))
    return "[engine] needs to compile WebAssembly, but the page's content security policy forbids it. Add 'wasm-unsafe-eval' to script-src.";
  const needs =
    build === 'plain'
      ? 'WebAssembly with SIMD (Chrome 91, Firefox 89, Safari 16.4 or later)'
      : 'WebAssembly with relaxed SIMD (Node 24, Chrome 114, Firefox 145 or later)';
  return `[engine] needs ${needs}, but this runtime refuses the kernels. Update it.`;
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
