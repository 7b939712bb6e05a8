/** The GPU of this machine: from `navigator.gpu` in a page, from the optional package `webgpu` in Node. */
import { UnsupportedError } from '../../core/errors.ts';

/** Facts about a GPU. */
export interface GpuFacts {
  /** For people: the vendor and the device, such as `nvidia NVIDIA H200`. */
  readonly name: string;
  /** Computed on the processor: for tests, slower than the engines of the CPU. */
  readonly software: boolean;
  /** Most invocations of a workgroup, and bytes that they share. */
  readonly invocations: number;
  readonly workgroupBytes: number;
  /** Largest buffer in bytes. */
  readonly bufferBytes: number;
}

/** An open device. */
export interface Gpu {
  readonly facts: GpuFacts;
  /** A `GPUDevice`; as an object, because users in Node may not have the types of browsers. */
  readonly device: object;
  /** Why it was lost; undefined while it works. */
  readonly lost: () => string | undefined;
  /** Releases the device. */
  close(): void;
}

/** The package that Node has WebGPU from. A variable, so that bundlers do not follow it. */
const PACKAGE = 'webgpu';

const INSTALL =
  'Install it beside unrolled with: npm install webgpu (132 MB, Vulkan, Metal or Direct3D 12), or use --device cpu.';

interface WebGpuPackage {
  readonly create: (flags: readonly string[]) => GPU;
}

/** Kept: a device ends with the object that it came from. */
let created: GPU | undefined;

async function findProvider(): Promise<GPU> {
  const { navigator } = globalThis as { readonly navigator?: { readonly gpu?: GPU } };
  if (navigator?.gpu) return navigator.gpu;
  if (!('process' in globalThis)) {
    throw new UnsupportedError(
      '[device gpu] needs a browser with WebGPU on a page from https or localhost, but this one has none. Use train.device cpu, or another browser.',
    );
  }
  if (created) return created;
  let loaded: WebGpuPackage;
  try {
    loaded = (await import(PACKAGE)) as WebGpuPackage;
  } catch (cause) {
    if ((cause as { readonly code?: string }).code === 'ERR_MODULE_NOT_FOUND')
      throw new UnsupportedError(
        `[device gpu] needs the package webgpu, but it is not installed. ${INSTALL}`,
        { cause },
      );
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UnsupportedError(
      `[device gpu] the package webgpu must load, but does not: ${why}. ${INSTALL}`,
      { cause },
    );
  }
  created = loaded.create([]);
  return created;
}

/** The adapter. @throws UnsupportedError that says what is missing */
async function findAdapter(): Promise<GPUAdapter> {
  const gpu = await findProvider();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter) return adapter;
  throw new UnsupportedError(
    '[device gpu] needs an adapter, but WebGPU finds none: there is no GPU, or its driver is missing (on Linux a Vulkan driver and libvulkan.so.1). Install the driver, or use --device cpu.',
  );
}

function factsOf({ info, limits }: GPUAdapter): GpuFacts {
  const words = [info.vendor, info.description || info.device || info.architecture].filter(
    (part) => part !== '',
  );
  const { isFallbackAdapter = false } = info as { readonly isFallbackAdapter?: boolean };
  return {
    name: words.join(' ') || 'of an unknown kind',
    software: isFallbackAdapter || /swiftshader|llvmpipe/i.test(`${info.architecture} ${info.description}`),
    invocations: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    bufferBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
  };
}

/** What GPU there is, without opening it. @throws UnsupportedError that says what is missing */
export async function describeGpu(): Promise<GpuFacts> {
  return factsOf(await findAdapter());
}

/** Opens the GPU with all that its adapter allows. @throws UnsupportedError that says what is missing */
export async function openGpu(): Promise<Gpu> {
  const adapter = await findAdapter();
  const { limits } = adapter;
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      requiredLimits: {
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxBufferSize: limits.maxBufferSize,
      },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UnsupportedError(
      `[device gpu] the GPU must open, but does not: ${why.replace(/\.?$/, '.')} Use --device cpu.`,
      { cause },
    );
  }
  let reason: string | undefined;
  void device.lost.then((info) => (reason = info.message || info.reason));
  return { facts: factsOf(adapter), device, lost: () => reason, close: () => device.destroy() };
}
