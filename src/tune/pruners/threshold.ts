/** Prunes a trial whose report leaves a range: losses that explode, accuracies that stay at chance. */
import { ConfigError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { number } from '../../core/options.ts';
import { intervalOptions, stepToJudge } from './interval.ts';
import type { Pruner } from './pruner.ts';

/** The band. */
export const threshold = member({
  type: 'threshold',
  summary: 'Stops a trial whose report is below lower, above upper, or NaN.',
  options: {
    lower: number({ nullable: true, default: null, doc: 'lowest report that is allowed; null: any' }),
    upper: number({ nullable: true, default: null, doc: 'highest report that is allowed; null: any' }),
    ...intervalOptions,
  },
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
