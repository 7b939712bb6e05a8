/** The recurrent classifier as a member of the model family. */
import { modelDefinition } from '../model.ts';
import { createSession } from '../session.ts';
import { describeRecurrent, parametersOfRecurrent } from './describe.ts';
import { completeRecurrent, recurrentShape, recurrentTypes } from './options.ts';

/** Embedding, a stack of recurrent layers, poolings, a linear layer. */
export const recurrentModel = modelDefinition({
  type: 'recurrent',
  summary: 'embedding, recurrent layers in one or both directions, poolings, a linear layer',
  types: recurrentTypes,
  options: recurrentShape,
  complete: completeRecurrent,
  describe: describeRecurrent,
  parameters: parametersOfRecurrent,
  learns: 'in steps',
  open: (model, { vocabularySize, classes, pretrained, loss, ...rest }) =>
    createSession({
      ...rest,
      shape: { model, vocabularySize, classes, ...(pretrained && { pretrained }), ...(loss && { loss }) },
    }),
});
