/** Settings of a training as people write them. */
import type { NamedSetting } from '../nn/description.ts';
import { losses } from '../nn/losses/index.ts';
import { monitoredMetric } from '../nn/schedules/index.ts';
import type { TrainOptions } from '../train/options.ts';
import { formatNumber } from './chart/format.ts';

/** The monitored metric: `validation loss`, `validation macro F1`. */
export function monitorName(monitor: TrainOptions['monitor']): string {
  return `validation ${monitoredMetric(monitor)?.title ?? 'loss'}`;
}

/** `weight decay 0.01`, `shape cos`. */
export function settingTexts(settings: readonly NamedSetting[]): string[] {
  return settings.map(
    ([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : value}`,
  );
}

/** The titles of the losses of a training, in the order of its phases. */
export function lossTitles(train: TrainOptions): string[] {
  const types = train.phases.length === 0 ? [train.loss] : train.phases.map(({ loss }) => loss ?? train.loss);
  return types.filter((type, i) => type !== types[i - 1]).map((type) => losses.describe({ type }).title);
}

/** The loss that a phase is named by, where phases have different ones; empty otherwise. */
export function lossOfPhase(name: string | undefined): string {
  const [first] = (name ?? '').split(', ');
  return TITLES.includes(first) ? first : '';
}

const TITLES = losses.names.map((type) => losses.describe({ type }).title);
