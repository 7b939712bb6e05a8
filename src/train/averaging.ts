/**
 * The average of the weights in the training loop: when it begins, the weight of each step, and when it replaces the
 * weights.
 */
import { ConfigError } from '../core/errors.ts';
import type { LearningClassifier } from '../models/trainable.ts';
import { averages } from '../nn/averages/index.ts';
import type { TrainOptions } from './options.ts';

/** The average of a session's weights. */
export interface Averaging {
  /** The options of the session for a step, from 0. */
  rate(step: number): number;
  /** Runs `work` with the average in place of the weights, after so many steps. */
  during<T>(steps: number, work: () => Promise<T>): Promise<T>;
  /** Puts the average into the session for good, after so many steps. */
  keep(steps: number): Promise<void>;
}

/** @throws ConfigError where the classifier cannot average its weights */
export function createAveraging(
  session: LearningClassifier,
  { average: options }: Pick<TrainOptions, 'average'>,
  totalSteps: number,
): Averaging {
  const average = averages.create(options, { totalSteps });
  if (options.type !== 'none' && !session.exchangeAverage) {
    throw new ConfigError(
      `[train.average] must be none for a model that does not run on an engine, but got ${options.type}. Leave it out.`,
      { key: 'train.average' },
    );
  }
  const begun = (steps: number) => steps > 0 && average.rate(steps - 1) > 0;
  return {
    rate: (step) => average.rate(step),
    async during(steps, work) {
      if (!begun(steps)) return work();
      await session.exchangeAverage?.();
      const result = await work(); // where it fails, the session keeps what it was left with
      await session.exchangeAverage?.();
      return result;
    },
    async keep(steps) {
      if (begun(steps)) await session.exchangeAverage?.();
    },
  };
}
