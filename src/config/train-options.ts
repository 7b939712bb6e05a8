/** The `train` section: how long, how fast, with which optimiser, loss and schedule. */
import { z } from 'zod';

const positive = z.number().gt(0);

const schedules = {
  constant: z.strictObject({ type: z.literal('constant') }),
  plateau: z.strictObject({
    type: z.literal('plateau'),
    factor: z.number().gt(0).lt(1).default(0.5),
    patience: z.int().min(0).default(10),
  }),
};

/** Options of the training loop. */
export const trainOptions = z.strictObject({
  epochs: z.int().min(1).default(20).describe('most passes over the training texts'),
  batch_size: z.int().min(1).default(32).describe('texts a step'),
  lr: positive.default(2e-3).describe('learning rate'),
  optimizer: z.enum(['sgd', 'adam', 'adamw']).default('adam').describe('optimiser'),
  momentum: z.number().min(0).lt(1).default(0).describe('momentum of sgd, in [0, 1)'),
  nesterov: z.boolean().default(false).describe('Nesterov momentum of sgd'),
  betas: z
    .tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
    .default([0.9, 0.999])
    .describe('running-mean factors of adam and adamw'),
  eps: positive.default(1e-8).describe('term that keeps the division of adam and adamw finite'),
  weight_decay: z.number().min(0).default(0).describe('L2 penalty (sgd, adam) or decoupled decay (adamw)'),
  schedule: z
    .union([
      z.enum(['constant', 'plateau']),
      z.discriminatedUnion('type', [schedules.constant, schedules.plateau]),
    ])
    .transform((schedule) =>
      typeof schedule === 'string' ? schedules[schedule].parse({ type: schedule }) : schedule,
    )
    .prefault({ type: 'plateau', factor: 0.5, patience: 10 })
    .describe('learning-rate schedule: a name, or its type with options'),
  loss: z.enum(['cross_entropy', 'mse']).default('cross_entropy').describe('loss'),
  label_smoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('share of the target spread over all classes, in [0, 1)'),
  class_weights: z
    .union([z.enum(['none', 'balanced']), z.array(positive).min(2)])
    .default('none')
    .describe('weight of each class in the loss: none, balanced, or one number a class'),
  clip_norm: positive.nullable().default(null).describe('largest gradient norm; null does not clip'),
  patience: z
    .int()
    .min(1)
    .nullable()
    .default(10)
    .describe('epochs without improvement before stopping; null never stops'),
  min_delta: z.number().min(0).default(0).describe('smallest change that counts as improvement'),
  monitor: z
    .enum(['val_loss', 'val_accuracy', 'val_macro_f1'])
    .default('val_loss')
    .describe('what must improve'),
  seed: z.int().min(0).max(4294967295).default(0).describe('seed of every random choice, in [0, 2^32)'),
  threads: z
    .union([z.literal('auto'), z.int().min(1).max(64)])
    .default('auto')
    .describe('threads; the result has the same bits whatever their number'),
  checkpoint_seconds: z
    .number()
    .min(0)
    .default(60)
    .describe('seconds between checkpoints; 0 saves at every batch'),
  bucket: z.boolean().default(true).describe('put texts of like length into a batch'),
});

/** Complete options of the training loop. */
export type TrainOptions = z.output<typeof trainOptions>;
