/** The keys of `train` that change what is learned in the course of a training. */
import * as z from 'zod';
import { losses } from '../nn/losses/index.ts';

/** Most recurrent layers of a network. */
const LAYERS = 16;

/** What a phase may freeze, lowest first; `vectors` are the pretrained ones, `layers` all recurrent layers. */
const FREEZABLE = [
  'vectors',
  'embedding',
  'layers',
  ...Array.from({ length: LAYERS }, (_, l) => `layer_${l + 1}`),
  'head',
] as const;

/** A phase as a config gives it. */
const phaseOptions = z.strictObject({
  epochs: z
    .int()
    .min(1)
    .optional()
    .describe('number of epochs; left out in the last phase: the remaining ones'),
  freeze: z
    .array(z.enum(FREEZABLE))
    .default([])
    .describe('what is frozen: vectors, embedding, layers, layer_1, layer_2, …, head'),
  loss: z.enum(losses.names).optional().describe('loss; left out: train.loss'),
  max_length: z
    .int()
    .min(1)
    .optional()
    .describe('tokens that are read of a training text; left out: text.max_length'),
  lr_factor: z.number().gt(0).default(1).describe('factor on the learning rate of the schedule'),
});

/** A phase. */
export type PhaseOptions = z.output<typeof phaseOptions>;

/** The keys, for the schema of the section. */
export const phaseKeys = {
  phases: z
    .array(phaseOptions)
    .default([])
    .describe(
      'phases of the training, one after another, each with epochs, freeze, loss, max_length, lr_factor; the schedule runs over all of them. An empty list: all epochs are alike',
    ),
  gradual_unfreezing: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'epochs after which the next lower part of the network begins to learn: first only the head, then the recurrent layers from the top, last the embedding; 0: all learn from the beginning',
    ),
  layer_lr_decay: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      'factor on the learning rate from each part of the network to the one below: head, recurrent layers from the top, embedding; 1: the same for all; ULMFiT has 0.385',
    ),
};
