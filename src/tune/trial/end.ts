/** How a trial ends: by the told result, or by an error that callers can distinguish. */
import { ConfigError } from '../../core/errors.ts';
import type { StudyView } from '../study/view.ts';
import { type FrozenTrial, isFinished, lastStep, type TrialState } from './frozen-trial.ts';

/** An attempt to change a finished trial. Another process may have ended it, because its heartbeat stopped. */
export class TrialFinishedError extends ConfigError {
  constructor(number: number, state: string) {
    super(
      `[trial ${number}] must be running to be changed, but got one that is ${state} already. Ask for a new trial.`,
    );
  }
}

/** Thrown by an objective whose trial should end as PRUNED. Not an error: `optimize` continues with the next trial. */
export class TrialPruned extends Error {
  constructor(message = 'the trial was pruned') {
    super(message);
    this.name = 'TrialPruned';
  }
}

/** A state that is final. */
export type FinalState = Exclude<TrialState, 'RUNNING' | 'WAITING'>;

/** What an objective returns: a value, or one per objective. */
export type ObjectiveValue = number | readonly number[];

/** The end of a trial. */
export interface TrialEnd {
  readonly state: FinalState;
  readonly values: readonly number[] | null;
  /** Why it is FAIL although a value was told. */
  readonly reason?: string;
}

/**
 * A trial that is told by its number: another process runs it.
 * @param finishedToo Whether it may have ended.
 * @throws TrialFinishedError where it has
 * @throws ConfigError where there is none of this number, or it waits
 */
export function tellable({ name, trials }: StudyView, number: number, finishedToo: boolean): FrozenTrial {
  const trial = Object.hasOwn(trials, number) ? trials[number] : undefined;
  if (!trial) {
    throw new ConfigError(
      `[trial ${number}] must be one of the study ${name}, but it has ${trials.length} trials. Ask for it first.`,
    );
  }
  if (trial.state === 'WAITING') {
    throw new ConfigError(
      `[trial ${number}] must be running to be told, but got one that waits. Ask for it first.`,
    );
  }
  if (isFinished(trial.state) && !finishedToo) throw new TrialFinishedError(number, trial.state);
  return trial;
}

/** Why `values` cannot be the values of a trial; undefined where they can. They may be ±Infinity, never NaN. */
export function valuesProblem(values: readonly unknown[], objectives: number): string | undefined {
  for (const value of values) {
    if (typeof value !== 'number') return `a value must be a number, but got ${JSON.stringify(value)}`;
    if (Number.isNaN(value)) return 'a value must be a number, but got NaN';
  }
  return values.length === objectives
    ? undefined
    : `there must be ${objectives} value${objectives === 1 ? '' : 's'}, one per objective, but got ${values.length}`;
}

/**
 * The end of a running trial. Without a state: COMPLETE where the value can be one, FAIL otherwise. PRUNED takes the
 * last report as its value, unless that is NaN.
 * @param told What was told: a value, one per objective, or undefined.
 * @param objectives How many objectives the study has.
 * @throws ConfigError where state and value contradict each other
 */
export function endOf(
  trial: FrozenTrial,
  told: unknown,
  state: FinalState | undefined,
  objectives: number,
): TrialEnd {
  const where = `[trial ${trial.number}]`;
  if (state === 'PRUNED' || state === 'FAIL') {
    if (told !== undefined) {
      throw new ConfigError(
        `${where} must be told without a value to be ${state}, but got ${JSON.stringify(told)}. Leave it out.`,
      );
    }
    return { state, values: state === 'FAIL' ? null : lastReport(trial) };
  }
  const values = Array.isArray(told) ? (told as readonly unknown[]) : [told];
  const problem =
    told === undefined ? 'there must be a value, but got none' : valuesProblem(values, objectives);
  if (problem === undefined) return { state: 'COMPLETE', values: values as readonly number[] };
  if (state === 'COMPLETE') throw new ConfigError(`${where} to be COMPLETE, ${problem}. Report it as FAIL.`);
  return { state: 'FAIL', values: null, reason: problem };
}

function lastReport(trial: FrozenTrial): readonly number[] | null {
  const step = lastStep(trial);
  const value = step === null ? NaN : (trial.intermediateValues.get(step) ?? NaN);
  return Number.isNaN(value) ? null : [value];
}
