/** The kernel calls of adversarial training, `models/recurrent/adversarial.ts`. */
import {
  addDirectionKernel,
  directionKernel,
  stopKernel,
} from '../../../engine/webgpu/kernels/adversarial.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { addEmbeddingBackward, addThroughVectors } from './backward.ts';
import { floatBits, type Recording, rowGroups } from './calls.ts';
import { addEmbedding, addForwardFromVectors } from './forward.ts';
import type { GpuAdversarial } from './layout.ts';
import { addLoss } from './loss.ts';

/** Records R, from X and the gradient of X. */
export function addDirection(list: CallList, { layout, batch }: Recording, given: GpuAdversarial): void {
  const { x, dx, D: n } = layout;
  const size = floatBits(given.size);
  const args = { x, dx, to: given.direction, n, size, starts: batch.starts, lengths: batch.lengths };
  list.add(directionKernel, args, () => [1, batch.size.rows, 1]);
}

/** Records the pass with perturbed vectors, whose gradients are added; the result stays that of the first pass, unless the loss of this one is not finite. */
export function addAdversarialPass(list: CallList, given: Recording, adversarial: GpuAdversarial): void {
  const { layout, batch, pass } = given;
  const recording = { ...given, pass: { ...pass, adds: true } };
  const { D: n, x, result } = layout;
  const { direction, result: other } = adversarial;
  addEmbedding(list, recording);
  list.add(
    addDirectionKernel,
    { x, direction, n },
    rowGroups(n, () => batch.size.tokens),
  );
  addForwardFromVectors(list, recording);
  addLoss(list, recording, { ...pass.outputs, result: other });
  list.add(stopKernel, { result, other }, () => [1, 1, 1]);
  addThroughVectors(list, recording);
  addEmbeddingBackward(list, recording);
}
