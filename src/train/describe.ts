/** Descriptions of the `train` section, from the members of its families. */
import { pickOptions, type TypeAndOptions } from '../core/family.ts';
import { type AverageDescription, averages } from '../nn/averages/index.ts';
import { type LossDescription, losses } from '../nn/losses/index.ts';
import { type OptimizerDescription, optimizers } from '../nn/optim/index.ts';
import { type ScheduleDescription, schedules } from '../nn/schedules/index.ts';
import type { TrainOptions } from './options.ts';

/** The loss with its options. @throws ConfigError where an option of another loss is set */
export function lossOptions(train: TrainOptions): TypeAndOptions {
  return { type: train.loss, ...pickOptions(losses, train.loss, train, { section: 'train', key: 'loss' }) };
}

/** The optimiser with its options. @throws ConfigError where an option of another optimiser is set */
export function optimizerOptions(train: TrainOptions): TypeAndOptions {
  const at = { section: 'train', key: 'optimizer' };
  return { type: train.optimizer, ...pickOptions(optimizers, train.optimizer, train, at) };
}

/** Titles and settings of loss, optimiser, schedule and average. */
export function describeTraining(train: TrainOptions): {
  readonly loss: LossDescription;
  readonly optimizer: OptimizerDescription;
  readonly schedule: ScheduleDescription;
  readonly average: AverageDescription;
} {
  return {
    loss: losses.describe(lossOptions(train)),
    optimizer: optimizers.describe(optimizerOptions(train)),
    schedule: schedules.describe(train.schedule),
    average: averages.describe(train.average),
  };
}
