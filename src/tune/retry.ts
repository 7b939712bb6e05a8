/** Trials that are run again because their worker died or was interrupted: WAITING copies that know where they come from. */
import type { Attributes, FrozenTrial } from './frozen-trial.ts';
import type { TrialTemplate } from './storage/contract.ts';

/** How often and with what a trial is run again. */
export interface RetryOptions {
  /** Most retries of one trial; Infinity for no end. Default 3. */
  readonly maxRetries?: number;
  /** Whether the copy keeps the reports, for objectives that go on from a checkpoint. Default false. */
  readonly keepReports?: boolean;
}

/** The numbers of the trials that this one retries, the first attempt first; empty where it is a first attempt. */
export function retryHistory(trial: FrozenTrial): readonly number[] {
  const history = trial.systemAttrs.retry_history;
  return Array.isArray(history) ? history.map(Number) : [];
}

/** The number of the first attempt: the trial's own where it retries none. */
export function firstAttempt(trial: FrozenTrial): number {
  return Number(trial.systemAttrs.failed_trial ?? trial.number);
}

/** Whether it runs another trial again. */
export function isRetry(trial: FrozenTrial): boolean {
  return trial.systemAttrs.failed_trial !== undefined;
}

/** The last attempt of each trial, by the number of the first: where a trial was run again, that alone counts. */
export function lastAttempts(trials: readonly FrozenTrial[]): readonly FrozenTrial[] {
  const last = new Map<number, FrozenTrial>();
  for (const trial of trials) last.set(firstAttempt(trial), trial);
  return [...last.values()];
}

/** The copy that retries a trial; undefined where it was retried often enough. Names of the attributes are Optuna's. */
export function retryOf(
  trial: FrozenTrial,
  { maxRetries = 3, keepReports = false }: RetryOptions = {},
): TrialTemplate | undefined {
  const history = [...retryHistory(trial), trial.number];
  if (history.length > maxRetries) return undefined;
  return {
    state: 'WAITING',
    internalParams: trial.internalParams,
    distributions: trial.distributions,
    userAttrs: trial.userAttrs,
    systemAttrs: {
      ...kept(trial.systemAttrs, keepReports),
      failed_trial: firstAttempt(trial),
      retry_history: history,
    },
    ...(keepReports ? { intermediateValues: trial.intermediateValues } : {}),
  };
}

/** Without how the attempt ended and, where the copy starts from the beginning, how far it got. */
function kept(attrs: Attributes, keepReports: boolean): Attributes {
  return Object.fromEntries(
    Object.entries(attrs).filter(
      ([key]) => key !== FAIL_REASON && (keepReports || !key.startsWith('completed_rung_')),
    ),
  );
}

/** The system attribute that says why a trial failed. */
export const FAIL_REASON = 'fail_reason';
