import { describedFamily } from '../../core/family.ts';
import { constant } from './constant.ts';
import { cosine } from './cosine.ts';
import { oneCycle } from './one-cycle.ts';
import { plateau } from './plateau.ts';
import type { Schedule, ScheduleContext, ScheduleDescription } from './schedule.ts';

export { type Monitor, monitoredMetric, MONITORS, monitorMode } from './schedule.ts';
export type { Schedule, ScheduleContext, ScheduleDescription, ScheduleState } from './schedule.ts';

/** The learning-rate schedules, by the name in `train.schedule.type`. */
export const schedules = describedFamily<readonly [ScheduleContext], Schedule, ScheduleDescription>()(
  'schedule',
  [constant, plateau, cosine, oneCycle],
);
