/**
 * GPU kernels. All kernels share five bindings: `w` the parameters, `f` every other array of floats, `i` the integers
 * of the batch and the numbers of the step, `a` the arguments of the call, `packed` weights in half precision. Offsets count words in their array, rows
 * are padded as on the CPU, and matrices are row-major.
 */

/** Declaration of a kernel. */
export interface GpuKernel<Field extends string = string> {
  /** In error messages. */
  readonly name: string;
  /** Its arguments, each a 32-bit unsigned integer, read as `a.name`; 64 at most. */
  readonly fields: readonly Field[];
  /** Whether it writes parameters. Default false. */
  readonly writesParameters?: boolean;
  /** WGSL: module-scope declarations and the entry point `main`. */
  readonly code: string;
}

/** Declares a kernel; the identity function, for the type inference. */
export function defineGpuKernel<const Field extends string>(kernel: GpuKernel<Field>): GpuKernel<Field> {
  return kernel;
}

/** Words of `i` before the arrays of the batch: rows, time steps, tokens, different ids and n-grams, then the numbers of the step. */
export const HEAD = { rows: 0, steps: 1, tokens: 2, ids: 3, buckets: 4, scalars: 5, words: 512 } as const;

/** The offset of an array that is not there. */
export const ABSENT = 0xffffffff;

/** Bytes between the arguments of two calls, and the most that a call has. */
export const ARGUMENT_BYTES = 256;

/** A kernel with its bindings, ready to be compiled. */
export function sourceOf({ fields, writesParameters = false, code }: GpuKernel): string {
  return `
struct Arguments { ${fields.map((name) => `${name}: u32,`).join(' ')} }
@group(0) @binding(0) var<storage, ${writesParameters ? 'read_write' : 'read'}> w: array<f32>;
@group(0) @binding(1) var<storage, read_write> f: array<f32>;
@group(0) @binding(2) var<storage, read> i: array<i32>;
@group(0) @binding(3) var<uniform> a: Arguments;
@group(0) @binding(4) var<storage, read_write> packed: array<u32>;
${code}`;
}
