/**
 * One cycle (Smith and Topin, 2018) as PyTorch's `OneCycleLR` with two phases: up from max_lr / div_factor to max_lr
 * over the first `pct_start` of the T steps, then down to max_lr / div_factor / final_div_factor. Step t from 0,
 * E = pct_start·T - 1:
 *
 *     t <= E:  from max_lr / div_factor to max_lr at t / E
 *     else:    from max_lr to max_lr / div_factor / final_div_factor at (t - E) / (T - 1 - E)
 *
 * along half a cosine or a line. Only the learning rate follows the cycle; PyTorch's `cycle_momentum` is not
 * offered (compare with `cycle_momentum=False`). After step T the learning rate stays at its end.
 */
import { cos } from '../../core/math.ts';
import { choice, number } from '../../core/options.ts';
import { settingsOf } from '../description.ts';
import { type Schedule, type ScheduleContext, scheduleDefinition, stepSchedule } from './schedule.ts';

const options = {
  max_lr: number({ above: 0, nullable: true, default: null, doc: 'highest learning rate; null: train.lr' }),
  pct_start: number({
    min: 0,
    max: 1,
    default: 0.3,
    doc: 'proportion of all steps in which the rate rises, in [0, 1]',
  }),
  div_factor: number({ above: 0, default: 25, doc: 'max_lr divided by the learning rate at the start' }),
  final_div_factor: number({
    above: 0,
    default: 1e4,
    doc: 'learning rate at the start divided by that at the end',
  }),
  anneal: choice(['cos', 'linear'], { default: 'cos', doc: 'shape of both phases' }),
};

/** From `start` to `end` as `progress` goes from 0 to 1. */
function between(anneal: 'cos' | 'linear', start: number, end: number, progress: number): number {
  if (anneal === 'linear') return (end - start) * progress + start;
  return end + ((start - end) / 2) * (cos(Math.PI * progress) + 1);
}

/** One cycle up and down. */
export const oneCycle = scheduleDefinition({
  type: 'one_cycle',
  summary: 'Learning rate up to max_lr and down again, once over the whole run; the momentum stays.',
  options,
  describe: ({ max_lr, pct_start, div_factor, final_div_factor, anneal }) => ({
    title: 'one cycle',
    settings: settingsOf({
      'highest learning rate': max_lr,
      'fraction going up': pct_start,
      'first division': div_factor,
      'last division': final_div_factor,
      shape: anneal,
    }),
  }),
  create(o, { lr, totalSteps: T }: ScheduleContext): Schedule {
    const top = o.max_lr ?? lr;
    const start = top / o.div_factor;
    const end = start / o.final_div_factor;
    const E = o.pct_start * T - 1;
    return stepSchedule('one_cycle', (t) => {
      if (t >= T) return end;
      if (t <= E) return E === 0 ? top : between(o.anneal, start, top, t / E);
      return between(o.anneal, top, end, (t - E) / (T - 1 - E));
    });
  },
});
