/**
 * The GPU, through WebGPU. A page loads it where it trains there: `train(texts, { train: { device: 'gpu' }, gpu: () =>
 * import('unrolled/gpu') })`; Node does so by itself.
 * @module
 */
export { describeGpu, type GpuFacts } from './engine/webgpu/device.ts';
export { openOnGpu, type GpuSession } from './models/recurrent/gpu/session.ts';
