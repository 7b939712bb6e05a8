/** The kernel calls of R-drop, `models/recurrent/r-drop.ts`. */
import { divergenceKernel } from '../../../engine/webgpu/kernels/r-drop.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { addEmbeddingBackward, addThroughVectors } from './backward.ts';
import { floatBits, type Recording } from './calls.ts';
import { addForward } from './forward.ts';
import type { GpuRDrop } from './layout.ts';
import { addLoss } from './loss.ts';

/** Records both passes forward, and the loss with the gradients of the outputs of both. */
export function addBothPasses(list: CallList, recording: Recording, rDrop: GpuRDrop): void {
  const { layout, pass } = recording;
  const { ldC: ld, perRow, result, plan } = layout;
  const { alpha, first: z1, dFirst: dz1, resultSecond } = rDrop;
  const { z: z2, dz: dz2 } = pass.outputs;
  addForward(list, { ...recording, pass: { ...pass, outputs: { z: z1, dz: dz1 } } });
  addForward(list, secondOf(recording));
  addLoss(list, recording, { z: z1, dz: dz1, result });
  addLoss(list, recording, { z: z2, dz: dz2, result: resultSecond });
  const both = { z1, z2, dz1, dz2, ld, C: plan.shape.classes };
  const numbers = { alpha: floatBits(alpha), perRow, result, resultSecond };
  list.add(divergenceKernel, { ...both, ...numbers }, () => [1, 1, 1]);
}

/** Records the gradients of the second pass. */
export function addSecondBackward(list: CallList, recording: Recording): void {
  addThroughVectors(list, secondOf(recording));
  addEmbeddingBackward(list, secondOf(recording));
}

/** The pass with other masks. */
function secondOf(recording: Recording): Recording {
  return { ...recording, pass: { ...recording.pass, masks: 1 } };
}
