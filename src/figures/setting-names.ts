/** Settings of a training as people write them. */
import type { NamedSetting } from '../nn/description.ts';
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
