/** The `train` section: how long, how fast, with which optimiser, loss and schedule. */
import * as z from 'zod';
import { ConfigError } from '../core/errors.ts';
import { flatOptions, memberOf } from '../core/family.ts';
import { schemaOf, schemasOf } from '../core/schema.ts';
import { averages } from '../nn/averages/index.ts';
import { losses } from '../nn/losses/index.ts';
import { optimizers } from '../nn/optim/index.ts';
import { type Monitor, MONITORS, schedules } from '../nn/schedules/index.ts';
import { phaseKeys } from './phase-options.ts';
import { THRESHOLDS } from '../evaluate/thresholds.ts';
import { augmentations } from './augmentation/index.ts';
import { SAMPLINGS } from './sampling.ts';
import { warmUpKeys } from './warm-up-options.ts';

const positive = z.number().gt(0);

/** A schedule or an average as a config may give it: its name, or its type with options. */
export type ScheduleInput = string | { readonly type: string; readonly [option: string]: unknown };
/** A schedule or an average with all its options. */
export interface ScheduleOptions {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** A member of a family by its name, or by its type with options. */
function memberSchema(of: typeof schedules | typeof averages): z.ZodType<ScheduleOptions, ScheduleInput> {
  return z.union([z.enum(of.names), schemaOf(memberOf(of))]).transform((given) => {
    const { type, ...rest } = typeof given === 'string' ? of.complete({ type: given }) : given;
    return { type, ...rest };
  });
}

const augmentationName = z.enum(augmentations.names).transform((type) => augmentations.complete({ type }));
const augmentationMember = schemaOf(memberOf(augmentations)).transform((given) =>
  augmentations.complete(given),
);

/**
 * Options of the optimisers and losses, side by side, as their families declare them. The type names those that code
 * of ours speaks of; options of members added later are there all the same.
 */
const flat = schemasOf({ ...flatOptions(optimizers), ...flatOptions(losses) }) as unknown as {
  readonly momentum: z.ZodDefault<z.ZodNumber>;
  readonly dampening: z.ZodDefault<z.ZodNumber>;
  readonly nesterov: z.ZodDefault<z.ZodBoolean>;
  readonly betas: z.ZodDefault<z.ZodTuple<[z.ZodNumber, z.ZodNumber]>>;
  readonly eps: z.ZodDefault<z.ZodNumber>;
  readonly weight_decay: z.ZodDefault<z.ZodNullable<z.ZodNumber>>;
  readonly label_smoothing: z.ZodDefault<z.ZodNumber>;
  readonly logit_adjustment: z.ZodDefault<z.ZodNumber>;
};

/**
 * Options of the training loop. Those of the optimisers are flat keys; one that the chosen optimiser lacks is
 * refused.
 */
export const trainOptions = z
  .strictObject({
    epochs: z.int().min(1).default(20).describe('maximum number of passes over the training texts'),
    batch_size: z.int().min(1).default(32).describe('texts per step'),
    lr: positive.default(2e-3).describe('learning rate'),
    optimizer: z.enum(optimizers.names).default('adam').describe('optimiser'),
    schedule: memberSchema(schedules)
      .prefault({ type: 'plateau' })
      .describe(`learning-rate schedule: a name, or its type with options. ${summaries(schedules)}`),
    average: memberSchema(averages)
      .prefault({ type: 'none' })
      .describe(
        `average of the weights, which is measured and saved in their place: a name, or its type with options. ${summaries(averages)}`,
      ),
    loss: z
      .enum(losses.names)
      .default('cross_entropy')
      .describe(`loss. ${summaries(losses)}`),
    class_weights: z
      .union([z.enum(['none', 'balanced', 'effective']), z.array(positive).min(2)])
      .default('none')
      .describe(
        'weight of each class in the loss: none, balanced (n / (C n_c)), effective (by the effective number of documents), or one number per class',
      ),
    class_weights_beta: z
      .number()
      .min(0)
      .lt(1)
      .nullable()
      .default(null)
      .describe(
        'β of effective class weights, in [0, 1); 0 weighs all classes the same, towards 1 by 1 / n_c; null: 0.999',
      ),
    sampling: z
      .enum(SAMPLINGS)
      .default('none')
      .describe(
        'documents of an epoch: none: each once; oversample: as many of each class as of the largest; undersample: as many as of the smallest, a new sample each epoch',
      ),
    augmentation: z
      .union([
        augmentationName.transform((one) => [one]),
        augmentationMember.transform((one) => [one]),
        z.array(z.union([augmentationName, augmentationMember])),
      ])
      .prefault([])
      .describe(
        `each epoch learns from other versions of the training documents: a name, its type with options, or a list of these. ${summaries(augmentations)}`,
      ),
    adversarial: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        'adversarial training: also learns each batch with its token vectors moved so that the loss rises, by this proportion of their length; 0: off. Doubles the time of a step',
      ),
    mixup: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        'mixup: the last layer learns from mixtures of two documents, in proportions from a Beta distribution with this parameter; 0: off. The training accuracy is then that of mixtures',
      ),
    ...phaseKeys,
    r_drop: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        'R-drop: each batch passes through the network twice with different dropout masks, and this weight draws the two predictions together; 0: off. A step then takes two to three times as long',
      ),
    ...warmUpKeys,
    clip_norm: positive.nullable().default(null).describe('maximum norm of the gradient; null: no clipping'),
    patience: z
      .int()
      .min(1)
      .nullable()
      .default(10)
      .describe('epochs without improvement before training stops; null: never'),
    keep: z
      .enum(['best', 'last'])
      .default('best')
      .describe(
        'which weights are kept: those of the best epoch, or those of the last, for which every epoch is run whatever the patience',
      ),
    min_delta: z.number().min(0).default(0).describe('smallest change that counts as improvement'),
    monitor: z
      .enum(MONITORS)
      .default('val_loss')
      .describe('the metric that early stopping and the choice of the best epoch use'),
    seed: z.int().min(0).max(4294967295).default(0).describe('seed of every random choice, in [0, 2^32)'),
    threads: z
      .union([z.literal('auto'), z.int().min(1).max(64)])
      .default('auto')
      .describe('number of threads; it does not change the result'),
    device: z
      .enum(['cpu', 'gpu', 'auto'])
      .default('cpu')
      .describe(
        'what trains: cpu; gpu, through WebGPU, in Node with the package webgpu; auto: a step is timed on both, and the faster one trains. Results differ in their last digits between devices (with gpu_weights f16 about the fourth digit)',
      ),
    gpu_weights: z
      .enum(['f32', 'f16'])
      .default('f32')
      .describe(
        'precision in which a GPU reads the recurrent weights in every time step, of layers too large for its registers: f16 is half of the data and, in tests with small layers, moves gradients by about 10⁻⁴ of their largest; the weights themselves stay float32. No effect on the CPU',
      ),
    checkpoint_seconds: z
      .number()
      .min(0)
      .default(60)
      .describe('seconds between checkpoints; 0 saves after every batch'),
    calibrate: z
      .boolean()
      .default(true)
      .describe(
        'after training, choose the temperature of the probabilities on the validation part; predictions stay the same',
      ),
    thresholds: z
      .enum(THRESHOLDS)
      .default('none')
      .describe(
        'after training, choose a threshold for each class on the validation part: macro_f1: those of the highest macro F1, for classes that differ in size; the probabilities are then in proportion to them',
      ),
    baseline: z
      .boolean()
      .default(true)
      .describe(
        'after training a network, fit the linear model to the same documents and say which is better; the network stays the same',
      ),
    refit: z
      .boolean()
      .default(false)
      .describe(
        'after training a network, train it again on the training and the validation documents together, until the epoch that was kept; temperature, thresholds and the choice of train.auto come from the first training. Doubles the time',
      ),
    auto: z
      .boolean()
      .default(false)
      .describe(
        'after training a network, let the validation documents choose between it, the linear model and the weighted average of the two; in unroll train and unroll cv',
      ),
    bucket: z.boolean().default(true).describe('batch texts of similar length together'),
  })
  .extend(flat);

function summaries(list: {
  readonly members: readonly { readonly type: string; readonly summary: string }[];
}): string {
  return list.members.map((m) => `${m.type}: ${m.summary.replace(/\.$/, '')}`).join('; ');
}

/** Complete options of the training loop. */
export type TrainOptions = z.output<typeof trainOptions>;

/** The metric that the schedule watches: its own `monitor` where it has one, else `train.monitor`. */
export function scheduleMonitor({ schedule, monitor }: Pick<TrainOptions, 'schedule' | 'monitor'>): Monitor {
  const own = MONITORS.find((name) => name === schedule.monitor);
  return own ?? monitor;
}

/** Refuses the GPU where several models are trained at once. @throws ConfigError */
export function requireCpu({ device }: Pick<TrainOptions, 'device'>): void {
  if (device !== 'gpu') return;
  throw new ConfigError(
    '[train.device] must be cpu or auto here, but is gpu: searches and cross-validation train several models at once, on the threads of the CPU.',
    { key: 'train.device' },
  );
}
