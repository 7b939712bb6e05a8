/** The kernel calls of a training step up to the gradients of all parameters: one pass over the batch, or several. */
import type { CallList } from '../../../engine/webgpu/program.ts';
import { addAdversarialPass, addDirection } from './adversarial.ts';
import { addEmbeddingBackward, addThroughVectors } from './backward.ts';
import type { Recording } from './calls.ts';
import { addForward } from './forward.ts';
import { addLoss } from './loss.ts';
import { addBothPasses, addSecondBackward } from './r-drop.ts';
import { addWeightDropBackward } from './weight-drop.ts';

/** Records it, in the order of `models/recurrent/backward.ts`. */
export function addTraining(list: CallList, recording: Recording): void {
  const { layout, pass } = recording;
  const { rDrop, adversarial, result } = layout;
  let last = recording;
  if (rDrop) {
    addBothPasses(list, recording, rDrop);
    addSecondBackward(list, recording);
    last = { ...recording, pass: { ...pass, adds: true, outputs: { ...pass.outputs, dz: rDrop.dFirst } } };
    addForward(list, last);
  } else {
    addForward(list, recording);
    addLoss(list, recording, { ...pass.outputs, result });
  }
  addThroughVectors(list, last);
  if (adversarial) addDirection(list, last, adversarial);
  addEmbeddingBackward(list, last);
  if (adversarial) addAdversarialPass(list, recording, adversarial);
  for (const layer of layout.layers) addWeightDropBackward(list, recording, layer);
}
