/**
 * Lowers the learning rate when the monitored metric stops improving, as PyTorch's `ReduceLROnPlateau`.
 *
 * An epoch is better when its metric beats the best so far by the threshold:
 *
 *     falling metric (`min`):  m < best (1 - threshold)  [rel]     m < best - threshold  [abs]
 *     rising metric (`max`):   m > best (1 + threshold)  [rel]     m > best + threshold  [abs]
 *
 * After more than `patience` epochs in a row that were not, lr = max(factor · lr, min_lr), and `cooldown` epochs do
 * not count. A change of at most `eps` is left out. A metric that is NaN is never better.
 */
import { choice, integer, number } from '../../core/options.ts';
import { settingsOf } from '../description.ts';
import { MONITORS, parseState, type Schedule, type ScheduleContext, scheduleDefinition } from './schedule.ts';

const options = {
  factor: number({
    above: 0,
    below: 1,
    default: 0.5,
    doc: 'what the learning rate is multiplied by, in (0, 1)',
  }),
  patience: integer({
    min: 0,
    default: 3,
    doc: 'epochs without improvement before a reduction; keep it below train.patience',
  }),
  threshold: number({ min: 0, default: 1e-4, doc: 'smallest change that counts as improvement' }),
  threshold_mode: choice(['rel', 'abs'], {
    default: 'rel',
    doc: 'whether threshold is a proportion of the best value or a difference',
  }),
  cooldown: integer({ min: 0, default: 0, doc: 'epochs after a reduction that do not count' }),
  min_lr: number({ min: 0, default: 0, doc: 'lowest learning rate' }),
  monitor: choice(MONITORS, {
    nullable: true,
    default: null,
    doc: 'the metric to watch; null: that of train.monitor',
  }),
  eps: number({ min: 0, default: 1e-8, doc: 'reductions smaller than this are skipped' }),
};

const plateauState = {
  lr: number({ above: 0 }),
  best: number({ nullable: true }),
  bad_epochs: integer({ min: 0 }),
  cooldown_left: integer({ min: 0 }),
};

/** Lower learning rate on a plateau. */
export const plateau = scheduleDefinition({
  type: 'plateau',
  summary: 'Multiplies the learning rate by a factor when the monitored metric stops improving.',
  options,
  describe: ({ factor, patience, threshold, cooldown, min_lr }) => ({
    title: 'plateau',
    settings: settingsOf({ factor, patience, threshold, cooldown, 'lowest learning rate': min_lr }),
  }),
  create(o, { lr: startLr, mode = 'min' }: ScheduleContext): Schedule {
    let lr = startLr;
    let best: number | null = null; // null before the first epoch: anything but NaN is better
    let badEpochs = 0;
    let cooldownLeft = 0;

    const isBetter = (metric: number) => {
      const limit = best ?? (mode === 'min' ? Infinity : -Infinity);
      const sign = mode === 'min' ? -1 : 1;
      const mark = o.threshold_mode === 'rel' ? limit * (1 + sign * o.threshold) : limit + sign * o.threshold;
      return mode === 'min' ? metric < mark : metric > mark;
    };

    return {
      lr: () => lr,
      afterStep() {},
      afterEpoch(metric) {
        if (isBetter(metric)) {
          best = metric;
          badEpochs = 0;
        } else {
          badEpochs++;
        }
        if (cooldownLeft > 0) {
          cooldownLeft--;
          badEpochs = 0;
        }
        if (badEpochs <= o.patience) return false;
        badEpochs = 0;
        cooldownLeft = o.cooldown;
        const lower = Math.max(lr * o.factor, o.min_lr);
        if (!(lr - lower > o.eps)) return false;
        lr = lower;
        return true;
      },
      state: () => ({ lr, best, bad_epochs: badEpochs, cooldown_left: cooldownLeft }),
      restore(state) {
        const saved = parseState('plateau', plateauState, state);
        ({ lr, best, bad_epochs: badEpochs, cooldown_left: cooldownLeft } = saved);
      },
    };
  },
});
