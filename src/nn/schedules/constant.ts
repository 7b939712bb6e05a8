/** The same learning rate throughout. */
import { type Schedule, type ScheduleContext, scheduleDefinition, stepSchedule } from './schedule.ts';

/** Constant learning rate. */
export const constant = scheduleDefinition({
  type: 'constant',
  summary: 'The same learning rate throughout.',
  options: {},
  describe: () => ({ title: 'constant', settings: [] }),
  create: (_options, { lr }: ScheduleContext): Schedule => stepSchedule('constant', () => lr),
});
