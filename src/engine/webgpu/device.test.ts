/** What is said where there is no GPU. With one, `test/slow/webgpu.test.ts` tests it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnsupportedError } from '../../core/errors.ts';
import { describeGpu, openGpu } from './device.ts';

/** A WebGPU of this page or process for the time of a call. */
async function withGpu<T>(gpu: unknown, work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis.navigator, 'gpu');
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  try {
    return await work();
  } finally {
    if (before) Object.defineProperty(globalThis.navigator, 'gpu', before);
    else Reflect.deleteProperty(globalThis.navigator, 'gpu');
  }
}

const PACKAGE: string = 'webgpu';
const installed = await import(PACKAGE).then(
  () => 'the package webgpu is installed here',
  () => false,
);

test('without the package, its name and what to do', { skip: installed }, async () => {
  await assert.rejects(
    describeGpu(),
    (error) =>
      error instanceof UnsupportedError &&
      /^\[device gpu\] needs the package webgpu, but it is not installed\. Install .*--device cpu\.$/.test(
        error.message,
      ),
  );
});

test('without an adapter, that a GPU or its driver is missing; a device that does not open, why', async () => {
  await withGpu({ requestAdapter: async () => null }, () =>
    assert.rejects(
      openGpu(),
      /\[device gpu\] needs an adapter, but WebGPU finds none: .*driver.*--device cpu/,
    ),
  );
});

test('a device that does not open says why; what an adapter has is told', async () => {
  const adapter = {
    info: { vendor: 'acme', architecture: 'a1', device: '', description: 'Acme One' },
    limits: {
      ...{
        maxComputeInvocationsPerWorkgroup: 1024,
        maxComputeWorkgroupSizeX: 512,
        maxComputeWorkgroupStorageSize: 49152,
      },
      ...{ maxStorageBufferBindingSize: 2 ** 31, maxBufferSize: 2 ** 30 },
    },
    requestDevice: async () => Promise.reject(new Error('it is taken')),
  };
  await withGpu({ requestAdapter: async () => adapter }, async () => {
    assert.deepEqual(await describeGpu(), {
      ...{
        name: 'acme Acme One',
        software: false,
        invocations: 512,
        workgroupBytes: 49152,
        bufferBytes: 2 ** 30,
      },
    });
    await assert.rejects(openGpu(), /the GPU must open, but does not: it is taken\. Use --device cpu/);
  });
});
