/**
 * Linear warm-up, then half a cosine down to `min_lr` (Loshchilov and Hutter, 2017). With T steps in all, W of them
 * warm-up, step t from 0:
 *
 *     t < W:   lr (t + 1) / (W + 1)
 *     else:    min_lr + (lr - min_lr) (1 + cos(π (t - W) / (T - W))) / 2
 *
 * PyTorch: `SequentialLR` of `LinearLR(start_factor=1/(W+1), total_iters=W)` and `CosineAnnealingLR(T_max=T-W,
 * eta_min=min_lr)`, stepped every batch. After step T the learning rate stays at `min_lr`.
 */
import { ConfigError } from '../../core/errors.ts';
import { cos } from '../../core/math.ts';
import { integer, number } from '../../core/options.ts';
import { settingsOf } from '../description.ts';
import { type Schedule, type ScheduleContext, scheduleDefinition, stepSchedule } from './schedule.ts';

const options = {
  warmup_steps: integer({
    min: 0,
    nullable: true,
    default: null,
    doc: 'steps of warm-up; null: warmup_fraction of all',
  }),
  warmup_fraction: number({
    min: 0,
    max: 1,
    default: 0.05,
    doc: 'proportion of all steps that is warm-up, in [0, 1]',
  }),
  min_lr: number({ min: 0, default: 0, doc: 'learning rate at the end' }),
};

/** Warm-up, then a cosine. */
export const cosine = scheduleDefinition({
  type: 'cosine',
  summary: 'Linear warm-up, then half a cosine down to min_lr over the whole run.',
  options,
  describe: ({ warmup_steps, warmup_fraction, min_lr }) => ({
    title: 'cosine',
    settings: settingsOf({
      'warm-up steps': warmup_steps,
      'warm-up fraction': warmup_steps === null ? warmup_fraction : 0,
      'lowest learning rate': min_lr,
    }),
  }),
  create(o, { lr, totalSteps: T }: ScheduleContext): Schedule {
    if (o.min_lr > lr) {
      throw new ConfigError(
        `[schedule cosine] min_lr must be at most the learning rate ${lr}, but got ${o.min_lr}. Lower min_lr.`,
      );
    }
    const W = Math.min(o.warmup_steps ?? Math.round(o.warmup_fraction * T), T);
    return stepSchedule('cosine', (t) => {
      if (t < W) return (lr * (t + 1)) / (W + 1);
      if (t >= T) return o.min_lr;
      return o.min_lr + ((lr - o.min_lr) * (1 + cos((Math.PI * (t - W)) / (T - W)))) / 2;
    });
  },
});
