/** The definition of a schedule: the learning rate of each step, from the number of steps done or from a metric. */
import { integer, object, type OptionsByName, type OptionsOf } from '../../core/options.ts';
import { readOption } from '../../core/read-options.ts';
import { ConfigError } from '../../core/errors.ts';
import type { DescribedMember } from '../../core/family.ts';
import type { NamedSetting } from '../description.ts';
import { type Metric, type MetricName, metrics, tableMetrics } from '../../evaluate/metrics/index.ts';

/** A value on the validation part: the loss of training, or a metric. */
export type Monitor = 'val_loss' | `val_${MetricName}`;
/** The values on the validation part that can be watched. */
export const MONITORS: readonly Monitor[] = [
  'val_loss',
  ...tableMetrics.map(({ type }) => `val_${type}` as const),
];

/** The metric that is watched; undefined where it is the loss of training. */
export function monitoredMetric(monitor: Monitor): Metric<MetricName> | undefined {
  return metrics.find(({ type }) => `val_${type}` === monitor);
}

/** Whether a monitored value should fall or rise. */
export function monitorMode(monitor: Monitor): 'min' | 'max' {
  return monitoredMetric(monitor)?.better === 'higher' ? 'max' : 'min';
}

/** The state of a schedule as JSON: numbers, null for "none yet". */
export type ScheduleState = Readonly<Record<string, number | null>>;

/** A learning-rate schedule during a run. */
export interface Schedule {
  /** Learning rate of the next step. */
  lr(): number;
  /** Tells that a step was done. */
  afterStep(): void;
  /** Tells that an epoch was done and what the monitored metric was; true when the learning rate was lowered for it. */
  afterEpoch(metric: number): boolean;
  /** The state to save, to resume exactly. */
  state(): ScheduleState;
  /** Restores a saved state; a ConfigError if it is not of this schedule. */
  restore(state: unknown): void;
}

/** The properties of a run that a schedule depends on. */
export interface ScheduleContext {
  /** `train.lr`, positive. */
  readonly lr: number;
  /** Optimiser steps of the whole run, at least 1. */
  readonly totalSteps: number;
  /** Optimiser steps of an epoch, at least 1. */
  readonly stepsPerEpoch: number;
  /** Whether the monitored metric should fall (a loss) or rise (accuracy, F1). Default `min`. */
  readonly mode?: 'min' | 'max';
}

/** The description of a schedule. */
export interface ScheduleDescription {
  /** In sentences: `cosine`. */
  readonly title: string;
  /** Options that are in use, such as `patience`, 3. */
  readonly settings: readonly NamedSetting[];
}

/** A schedule's definition: a member of the schedule family. */
export type ScheduleDefinition<Type extends string, Options extends OptionsByName> = DescribedMember<
  Type,
  Options,
  readonly [ScheduleContext],
  Schedule,
  ScheduleDescription
>;

/** Declares a schedule. */
export function scheduleDefinition<Type extends string, Options extends OptionsByName>(
  definition: ScheduleDefinition<Type, Options>,
): ScheduleDefinition<Type, Options> {
  return definition;
}

/** Checks a saved state; a ConfigError when it does not fit. */
export function parseState<Numbers extends OptionsByName>(
  type: string,
  numbers: Numbers,
  state: unknown,
): OptionsOf<Numbers> {
  const { value, problem } = readOption(object(numbers), state);
  if (!problem) return value;
  throw new ConfigError(
    `[schedule ${type}] the saved state must have the numbers ${Object.keys(numbers).join(', ')}, but got ` +
      `${JSON.stringify(state)}. Resume with the schedule that the run was started with.`,
  );
}

const stepState = { step: integer({ min: 0 }) };

/** A schedule that is a function of the steps done (0 before the first), such as a cosine. */
export function stepSchedule(type: string, lrAt: (step: number) => number): Schedule {
  let step = 0;
  return {
    lr: () => lrAt(step),
    afterStep() {
      step++;
    },
    afterEpoch: () => false,
    state: () => ({ step }),
    restore(state) {
      ({ step } = parseState(type, stepState, state));
    },
  };
}
