/** The kernel calls of the loss. */
import { ABSENT } from '../../../engine/webgpu/kernel.ts';
import { mixLosses } from '../../../engine/webgpu/kernels/mixup.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { lossesOf } from '../../trainable.ts';
import { floatBits, type Recording } from './calls.ts';
import { gpuLoss } from './losses.ts';

/** Offsets of outputs, of their gradient and of the result. */
interface Evaluated {
  readonly z: number;
  readonly dz: number;
  readonly result: number;
}

/** Records the loss of outputs and their gradient, of mixtures where documents are mixed; `result` has what it comes to. */
export function addLoss(list: CallList, recording: Recording, { z, dz, result }: Evaluated): void {
  const { layout, batch } = recording;
  addLossFor(list, recording, { z, dz, result, labels: batch.labels });
  const { mixup, ldC: ld } = layout;
  const { mixture } = batch;
  if (!mixup || !mixture) return;
  const { dPartners: dzPartners, result: resultPartners } = mixup;
  addLossFor(list, recording, { z, dz: dzPartners, result: resultPartners, labels: mixture.labels });
  const args = { dz, dzPartners, ld, result, resultPartners, lambda: mixture.lambda };
  list.add(mixLosses, args, () => [1, 1, 1]);
}

/** By the loss of the step. */
function addLossFor(
  list: CallList,
  { layout, batch, current }: Recording,
  given: Evaluated & { readonly labels: number },
): void {
  const { plan, ldC: ld, perRow, classWeights: weights, shifts } = layout;
  const { targets = ABSENT } = batch;
  for (const [n, loss] of lossesOf(plan).entries()) {
    const { kernel, number } = gpuLoss(loss);
    const reads = {
      ld,
      C: plan.shape.classes,
      targets,
      weights,
      shift: shifts[n],
      option: floatBits(number),
    };
    list.add(
      kernel,
      { ...given, ...reads, perRow },
      () => [1, 1, 1],
      () => current.loss === n,
    );
  }
}
