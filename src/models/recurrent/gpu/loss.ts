/** The kernel calls of the loss. */
import { ABSENT } from '../../../engine/webgpu/kernel.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { lossesOf } from '../../trainable.ts';
import { floatBits, type Recording } from './calls.ts';
import { gpuLoss } from './losses.ts';

/** Records the loss of the outputs and their gradient, by the loss of the step. */
export function addLoss(list: CallList, { layout, batch, current }: Recording): void {
  const { plan, logits: z, dLogits: dz, ldC: ld, perRow, result, classWeights: weights, shifts } = layout;
  const { labels, targets = ABSENT } = batch;
  for (const [n, loss] of lossesOf(plan).entries()) {
    const { kernel, number } = gpuLoss(loss);
    const reads = { z, ld, C: plan.shape.classes, labels, targets, weights, shift: shifts[n] };
    list.add(
      kernel,
      { ...reads, option: floatBits(number), dz, perRow, result },
      () => [1, 1, 1],
      () => current.loss === n,
    );
  }
}
