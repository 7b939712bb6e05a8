/** The same learning rate throughout. */
import * as z from 'zod';
import { member } from '../../core/family.ts';
import { type Schedule, type ScheduleContext, stepSchedule } from './schedule.ts';

/** Constant learning rate. */
export const constant = member({
  type: 'constant',
  summary: 'The same learning rate throughout.',
  options: z.object({}),
  create: (_options, { lr }: ScheduleContext): Schedule => stepSchedule('constant', () => lr),
});
