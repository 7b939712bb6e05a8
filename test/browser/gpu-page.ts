/** The page of the tests of the GPU: what `webgpu.test.ts` calls. */
import { train } from '../../src/browser.ts';
import { describeGpu } from '../../src/engine/webgpu/device.ts';
import { diverged } from './gpu-adversarial.ts';
import { runHalf } from './gpu-half.ts';
import { resumed } from './gpu-resume.ts';
import { gpuErrors, runCase } from './gpu-workload.ts';

const page = {
  checkBits: true,
  describeGpu,
  runCase,
  runHalf,
  diverged,
  gpuErrors,
  resumed,
  train,
  loadGpu: () => import('../../src/gpu.ts'),
} as const;

/** What the page has in its global scope. */
export type GpuScope = typeof page;

Object.assign(globalThis, page);
