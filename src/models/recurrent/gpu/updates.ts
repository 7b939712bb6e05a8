/** The optimisers on the GPU: their CPU code computes the coefficients of an update, and a kernel applies them. */
import { adamKernel, sgdKernel } from '../../../engine/webgpu/kernels/optim.ts';
import type { GpuKernel } from '../../../engine/webgpu/kernel.ts';
import type { Optimizer } from '../../../nn/optim/index.ts';

/** An update of a range: its kernel, and the numbers that this reads. */
interface GpuUpdate {
  readonly kernel: GpuKernel<'p' | 'g' | 'm' | 'v' | 'n' | 'numbers' | 'result'>;
  readonly numbers: readonly number[];
}

/** The kernel calls that an optimiser makes on the CPU in step `step`, from 1. */
export function gpuUpdate(optimizer: Optimizer, lr: number, step: number): GpuUpdate {
  let asked: GpuUpdate | undefined;
  optimizer.update(
    {
      adam({ l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, step: size, root, eps }) {
        const numbers = [l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, size, root, eps];
        asked = { kernel: adamKernel, numbers };
      },
      sgd({ l2, momentum, damp, direct, follow, lr: rate }) {
        asked = { kernel: sgdKernel, numbers: [l2, momentum, damp, direct, follow, rate] };
      },
    },
    { parameters: 0, gradients: 0, slots: optimizer.slots.map(() => 0), words: 0, lr, clip: 1, step },
  );
  if (!asked) throw new Error('an optimiser must update its parameters by a kernel');
  return asked;
}
