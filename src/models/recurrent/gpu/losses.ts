/** The losses on the GPU: their kernels, and the number that each reads. */
import type { TypeAndOptions } from '../../../core/family.ts';
import { crossEntropyKernel } from '../../../engine/webgpu/kernels/cross-entropy.ts';
import { focalKernel } from '../../../engine/webgpu/kernels/focal.ts';
import type { LossKernel } from '../../../engine/webgpu/kernels/loss.ts';
import { mseKernel } from '../../../engine/webgpu/kernels/mse.ts';
import { losses } from '../../../nn/losses/index.ts';

/** By their types: the kernel, and the option of the loss that it reads. */
const KERNELS: Readonly<Record<string, readonly [kernel: LossKernel, option?: string] | undefined>> = {
  cross_entropy: [crossEntropyKernel, 'label_smoothing'],
  focal: [focalKernel, 'focal_gamma'],
  mse: [mseKernel],
};

/** The losses that have kernels. */
export const GPU_LOSSES: readonly string[] = Object.keys(KERNELS);

/** The kernel of a loss and its number. */
export function gpuLoss(loss: TypeAndOptions): { readonly kernel: LossKernel; readonly number: number } {
  const [kernel, option] = KERNELS[loss.type] ?? [];
  if (!kernel) throw new Error('a loss without a kernel is refused before');
  return { kernel, number: option === undefined ? 0 : Number(losses.complete(loss)[option]) };
}
