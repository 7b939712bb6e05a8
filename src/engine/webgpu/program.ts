/**
 * A program of the GPU: memory, and lists of kernel calls that are recorded once and run for every batch, each list as one command
 * buffer. Nothing is allocated while a model trains.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { Gpu } from './device.ts';
import { ARGUMENT_BYTES, type GpuKernel, sourceOf } from './kernel.ts';

/** Workgroups in x, y, z for the batch that is run. */
export type Workgroups = () => readonly [x: number, y: number, z: number];

/** Flags of WebGPU, which Node has no globals for. */
const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 } as const;
const COMPUTE_STAGE = 4;
const MAP_FOR_READING = 1;

/** Most workgroups in a dimension; kernels of rows go on from there by themselves. */
const MOST_GROUPS = 65535;

interface Call {
  readonly pipeline: number;
  readonly offset: number;
  readonly groups: Workgroups;
  readonly when: () => boolean;
}

/** Kernel calls in their order. */
export class CallList {
  readonly calls: Call[] = [];
  readonly #owner: Program;

  constructor(owner: Program) {
    this.#owner = owner;
  }

  /**
   * Records a call.
   * @param when Whether it takes part in the run that follows. Default always.
   */
  add<Field extends string>(
    kernel: GpuKernel<Field>,
    args: Readonly<Record<NoInfer<Field>, number>>,
    groups: Workgroups,
    when: () => boolean = () => true,
  ): void {
    this.calls.push({ ...this.#owner.place(kernel, args), groups, when });
  }
}

/** Memory sizes of a program, in words. */
export interface ProgramMemory {
  /** Parameters. */
  readonly parameters: number;
  /** Every other array of floats. */
  readonly floats: number;
  /** The batch and the numbers of the step. */
  readonly integers: number;
  /** Weights in half precision, two a word. */
  readonly packed: number;
}

/** A range of words in the memory that leaves the GPU after a run. */
export interface ReadBack {
  readonly at: number;
  readonly words: number;
}

/** By the names that kernels have for them. */
interface Buffers {
  readonly w: GPUBuffer;
  readonly f: GPUBuffer;
  readonly i: GPUBuffer;
  readonly a: GPUBuffer;
  readonly packed: GPUBuffer;
}

/** Memory and kernels on a device. Errors say what to do: `lost` devices and too little memory are expected. */
export class Program {
  readonly gpu: Gpu;
  readonly #kernels: GpuKernel[] = [];
  readonly #arguments: number[][] = [];
  #pipelines: readonly GPUComputePipeline[] = [];
  #groups: readonly GPUBindGroup[] = [];
  #buffers: Buffers | undefined;
  readonly #staging: { readonly buffer: GPUBuffer; readonly bytes: number }[] = [];

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  get #device(): GPUDevice {
    return this.gpu.device as GPUDevice;
  }

  list(): CallList {
    return new CallList(this);
  }

  /** Gives a call its pipeline and a place for its arguments. */
  place(kernel: GpuKernel, args: Readonly<Record<string, number>>): Pick<Call, 'pipeline' | 'offset'> {
    let pipeline = this.#kernels.findIndex(({ code }) => code === kernel.code);
    if (pipeline < 0) pipeline = this.#kernels.push(kernel) - 1;
    const own = this.#kernels[pipeline];
    const offset = (this.#arguments.push(own.fields.map((name) => args[name] ?? 0)) - 1) * ARGUMENT_BYTES;
    return { pipeline, offset };
  }

  /** Compiles the kernels and takes the memory, filled with zeros. @throws UnsupportedError where the GPU cannot */
  async begin(memory: ProgramMemory): Promise<void> {
    const { facts } = this.gpu;
    const device = this.#device;
    const largest = 4 * Math.max(memory.parameters, memory.floats, memory.integers);
    if (largest > facts.bufferBytes) throw tooLarge(largest, `grants ${mib(facts.bufferBytes)} at a time`);
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    const { STORAGE, UNIFORM, COPY_SRC, COPY_DST } = USAGE;
    const create = (words: number, usage: number) =>
      device.createBuffer({ size: Math.max(words * 4, 16), usage });
    this.#buffers = {
      w: create(memory.parameters, STORAGE | COPY_SRC | COPY_DST),
      f: create(memory.floats, STORAGE | COPY_SRC | COPY_DST),
      i: create(memory.integers, STORAGE | COPY_DST),
      a: create((this.#arguments.length * ARGUMENT_BYTES) / 4, UNIFORM | COPY_DST),
      packed: create(memory.packed, STORAGE),
    };
    await this.#compile(this.#buffers);
    const words = new Uint32Array((this.#arguments.length * ARGUMENT_BYTES) / 4);
    for (const [call, args] of this.#arguments.entries()) words.set(args, (call * ARGUMENT_BYTES) / 4);
    device.queue.writeBuffer(this.#buffers.a, 0, words);
    const invalid = await device.popErrorScope();
    const memoryError = await device.popErrorScope();
    if (memoryError)
      throw tooLarge(
        4 * (memory.parameters + memory.floats + memory.integers),
        `does not have it: ${memoryError.message}`,
      );
    if (invalid) throw new Error(`a kernel of the GPU is invalid: ${invalid.message}`);
  }

  async #compile({ w, f, i, a, packed }: Buffers): Promise<void> {
    const device = this.#device;
    const layoutOf = (writes: boolean) =>
      device.createBindGroupLayout({
        entries: (
          [
            { type: writes ? 'storage' : 'read-only-storage' },
            { type: 'storage' },
            { type: 'read-only-storage' },
            { type: 'uniform', hasDynamicOffset: true },
            { type: 'storage' },
          ] as const
        ).map((buffer, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer })),
      });
    const layouts = [layoutOf(false), layoutOf(true)];
    this.#groups = layouts.map((layout) =>
      device.createBindGroup({
        layout,
        entries: [
          { binding: 0, resource: { buffer: w } },
          { binding: 1, resource: { buffer: f } },
          { binding: 2, resource: { buffer: i } },
          { binding: 3, resource: { buffer: a, size: ARGUMENT_BYTES } },
          { binding: 4, resource: { buffer: packed } },
        ],
      }),
    );
    this.#pipelines = await Promise.all(
      this.#kernels.map((kernel) =>
        device.createComputePipelineAsync({
          label: kernel.name,
          layout: device.createPipelineLayout({
            bindGroupLayouts: [layouts[kernel.writesParameters ? 1 : 0]],
          }),
          compute: { module: device.createShaderModule({ code: sourceOf(kernel), label: kernel.name }) },
        }),
      ),
    );
  }

  /** Writes these ranges [from, to) of the integers. */
  writeIntegers(
    words: Int32Array<ArrayBuffer>,
    ranges: readonly (readonly [from: number, to: number])[],
  ): void {
    const { i } = this.#open();
    for (const [from, to] of ranges) this.#device.queue.writeBuffer(i, from * 4, words, from, to - from);
  }

  /** Writes parameters, or other floats. */
  write(into: 'w' | 'f', at: number, words: Float32Array<ArrayBuffer>): void {
    this.#device.queue.writeBuffer(this.#open()[into], at * 4, words);
  }

  /** Runs a list as one command buffer: first zeroes ranges of `f`, then the calls; what `read` names comes back later. */
  run(list: CallList, clear: readonly ReadBack[], read: ReadBack): Promise<Float32Array<ArrayBuffer>> {
    const device = this.#device;
    const buffers = this.#open();
    const encoder = device.createCommandEncoder();
    for (const { at, words } of clear) encoder.clearBuffer(buffers.f, at * 4, words * 4);
    const pass = encoder.beginComputePass();
    for (const { pipeline, offset, groups, when } of list.calls) {
      if (!when()) continue;
      const [x, y, z] = groups();
      pass.setPipeline(this.#pipelines[pipeline]);
      pass.setBindGroup(0, this.#groups[this.#kernels[pipeline].writesParameters ? 1 : 0], [offset]);
      pass.dispatchWorkgroups(x, Math.min(y, MOST_GROUPS), z);
    }
    pass.end();
    return this.#readWith(encoder, 'f', read);
  }

  /** Copies words of the GPU. */
  read(from: 'w' | 'f', range: ReadBack): Promise<Float32Array<ArrayBuffer>> {
    return this.#readWith(this.#device.createCommandEncoder(), from, range);
  }

  async #readWith(
    encoder: GPUCommandEncoder,
    from: 'w' | 'f',
    { at, words }: ReadBack,
  ): Promise<Float32Array<ArrayBuffer>> {
    const device = this.#device;
    const bytes = words * 4;
    const free = this.#staging.findIndex((one) => one.bytes === bytes);
    const [staging] =
      free >= 0
        ? this.#staging.splice(free, 1)
        : [{ bytes, buffer: device.createBuffer({ size: bytes, usage: USAGE.MAP_READ | USAGE.COPY_DST }) }];
    encoder.copyBufferToBuffer(this.#open()[from], at * 4, staging.buffer, 0, bytes);
    device.queue.submit([encoder.finish()]);
    try {
      await staging.buffer.mapAsync(MAP_FOR_READING);
    } catch (cause) {
      throw this.#failed(cause);
    }
    const result = new Float32Array(staging.buffer.getMappedRange().slice(0));
    staging.buffer.unmap();
    // large ones are rare, and caching them would double the memory
    if (bytes <= 2 ** 20) this.#staging.push(staging);
    else staging.buffer.destroy();
    return result;
  }

  #failed(cause: unknown): Error {
    const reason = this.gpu.lost() ?? (cause instanceof Error ? cause.message : String(cause));
    return new UnsupportedError(
      `[device gpu] the GPU must stay available, but was lost: ${reason.replace(/\.?$/, '.')} What was saved is kept: go on from the last checkpoint with --resume, or train with --device cpu.`,
      { cause },
    );
  }

  #open(): Buffers {
    if (!this.#buffers) throw new Error('a program of the GPU must begin before it runs');
    return this.#buffers;
  }

  /** Frees the memory; the device stays open. */
  close(): void {
    for (const { buffer } of this.#staging) buffer.destroy();
    for (const buffer of Object.values(this.#buffers ?? {}) as GPUBuffer[]) buffer.destroy();
    this.#buffers = undefined;
  }
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

function tooLarge(bytes: number, but: string): UnsupportedError {
  return new UnsupportedError(
    `[device gpu] needs ${mib(bytes)} of GPU memory, but the GPU ${but}. Lower train.batch_size, text.max_length or model.hidden_size, or use --device cpu.`,
  );
}
