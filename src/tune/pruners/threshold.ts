/** Stops a trial whose report leaves a band: losses that explode, accuracies that never start. */
import * as z from 'zod';
import { ConfigError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { intervalOptions, stepToJudge } from './interval.ts';
import type { Pruner } from './pruner.ts';

/** The band. */
export const threshold = member({
  type: 'threshold',
  summary: 'Stops a trial whose report is below lower, above upper, or NaN.',
  options: z.object({
    lower: z.number().nullable().default(null).describe('lowest report that may go on; null: any'),
    upper: z.number().nullable().default(null).describe('highest report that may go on; null: any'),
    ...intervalOptions,
  }),
  create(o): Pruner {
    const { lower, upper } = o;
    if (lower === null && upper === null) {
      throw new ConfigError(
        '[pruner threshold] lower or upper must be given, but got neither. Give a bound.',
      );
    }
    if (lower !== null && upper !== null && lower > upper) {
      throw new ConfigError(
        `[pruner threshold] lower must be at most upper, but got lower ${lower} and upper ${upper}. Swap them.`,
      );
    }
    return {
      type: 'threshold',
      decide(_, trial) {
        const step = stepToJudge(trial, o);
        if (step === null) return { prune: false };
        const value = trial.intermediateValues.get(step) ?? NaN;
        return { prune: !(value >= (lower ?? -Infinity) && value <= (upper ?? Infinity)) };
      },
    };
  },
});
