/** The optimisers on the GPU: their CPU code computes the coefficients of an update, and a kernel applies them. */
import { adamKernel, sgdKernel } from '../../../engine/webgpu/kernels/optim.ts';
import type { GpuKernel } from '../../../engine/webgpu/kernel.ts';
import type { Optimizer } from '../../../nn/optim/index.ts';

/** An update of a range: its kernel, and the numbers that this reads. */
interface GpuUpdate {
  readonly kernel: GpuKernel<'p' | 'g' | 'm' | 'v' | 'n' | 'numbers' | 'result'>;
  readonly numbers: readonly number[];
}

/** The kernel call that an optimiser makes on the CPU in step `step`, from 1. @throws Error where it makes none, or several */
export function gpuUpdate(optimizer: Optimizer, lr: number, step: number): GpuUpdate {
  const asked: GpuUpdate[] = [];
  optimizer.update(
    {
      adam({ l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, step: size, root, eps }) {
        const numbers = [l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, size, root, eps];
        asked.push({ kernel: adamKernel, numbers });
      },
      sgd({ l2, momentum, damp, direct, follow, lr: rate }) {
        asked.push({ kernel: sgdKernel, numbers: [l2, momentum, damp, direct, follow, rate] });
      },
    },
    { parameters: 0, gradients: 0, slots: optimizer.slots.map(() => 0), words: 0, lr, clip: 1, step },
  );
  const [update, ...others] = asked as readonly (GpuUpdate | undefined)[];
  if (!update || others.length > 0)
    throw new Error('an optimiser must update its parameters by one kernel call');
  return update;
}

/** Whether the GPU can do the update of an optimiser: one call of a kernel that it has. */
export function hasGpuUpdate(optimizer: Optimizer): boolean {
  try {
    gpuUpdate(optimizer, 1, 1);
    return true;
  } catch {
    return false; // also a TypeError, for a kernel that is not there
  }
}
