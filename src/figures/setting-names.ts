/** Settings of a training as people write them, where the configuration's own words are short. */
import { monitoredMetric } from '../nn/schedules/index.ts';
import type { TrainOptions } from '../train/options.ts';

const OPTIMIZERS: Readonly<Record<string, string>> = { sgd: 'SGD', adam: 'Adam', adamw: 'AdamW' };

/** `SGD`, `AdamW`. */
export function optimizerName(optimizer: TrainOptions['optimizer']): string {
  return OPTIMIZERS[optimizer] ?? optimizer;
}

/** `cross-entropy`, `mean squared error`. */
export function lossName(loss: TrainOptions['loss']): string {
  return loss === 'mse' ? 'mean squared error' : loss.replaceAll('_', '-');
}

/** What a training watches: `validation loss`, `validation macro F1`. */
export function monitorName(monitor: TrainOptions['monitor']): string {
  return `validation ${monitoredMetric(monitor)?.title ?? 'loss'}`;
}
