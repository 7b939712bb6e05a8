/**
 * Trials that are run again because their worker died or was interrupted: WAITING copies that refer to the original.
 */
import type { TrialTemplate } from '../storage/contract.ts';
import type { Attributes, FrozenTrial } from './frozen-trial.ts';

/** How often a trial is run again, and what the copy keeps. */
export interface RetryOptions {
  /** How often a trial is run again after its worker died; Infinity for unlimited. Default 3. */
  readonly maxRetries?: number;
  /** Whether the copy keeps the reports, for objectives that resume from a checkpoint. Default false. */
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

/** The last attempt of each trial, in the order of the first attempts. */
export function lastAttempts(trials: readonly FrozenTrial[]): readonly FrozenTrial[] {
  if (!trials.some(isRetry)) return trials;
  const last = new Map<number, FrozenTrial>();
  for (const trial of trials) {
    const first = firstAttempt(trial);
    // only failed trials are run again: other numbers come from another study whose trials were added to this one
    last.set(last.get(first)?.state === 'FAIL' ? first : trial.number, trial);
  }
  return [...last.values()];
}

/**
 * Trials for a new study, which renumbers them: retries then refer to the new numbers of their earlier attempts, if
 * copied.
 */
export function renumberRetries(trials: readonly FrozenTrial[]): readonly FrozenTrial[] {
  const places = new Map(trials.map(({ number }, place) => [number, place]));
  return trials.map((trial) => {
    if (!isRetry(trial)) return trial;
    const { failed_trial: _, retry_history: __, ...others } = trial.systemAttrs;
    const history = retryHistory(trial).flatMap((number) => places.get(number) ?? []);
    const systemAttrs =
      history.length > 0 ? { ...others, failed_trial: history[0], retry_history: history } : others;
    return { ...trial, systemAttrs };
  });
}

/** The system attribute that counts how often a trial was returned to the queue, which does not count as a death. */
const PARKED = 'parked';

/**
 * The copy that retries a trial whose worker died; undefined if it has no retries left. Names of the attributes are
 * Optuna's.
 */
export function retryOf(trial: FrozenTrial, options: RetryOptions = {}): TrialTemplate | undefined {
  const { maxRetries = 3 } = options;
  const deaths = retryHistory(trial).length + 1 - parkedOf(trial);
  return deaths > maxRetries ? undefined : copyOf(trial, options);
}

/** The copy of a trial that is returned to the queue. */
export function parkedCopy(trial: FrozenTrial, options: Pick<RetryOptions, 'keepReports'>): TrialTemplate {
  const copy = copyOf(trial, options);
  return { ...copy, systemAttrs: { ...copy.systemAttrs, [PARKED]: parkedOf(trial) + 1 } };
}

function parkedOf(trial: FrozenTrial): number {
  return Number(trial.systemAttrs[PARKED] ?? 0);
}

function copyOf(
  trial: FrozenTrial,
  { keepReports = false }: Pick<RetryOptions, 'keepReports'>,
): TrialTemplate {
  return {
    state: 'WAITING',
    internalParams: trial.internalParams,
    distributions: trial.distributions,
    userAttrs: trial.userAttrs,
    systemAttrs: {
      ...kept(trial.systemAttrs, keepReports),
      failed_trial: firstAttempt(trial),
      retry_history: [...retryHistory(trial), trial.number],
    },
    ...(keepReports ? { intermediateValues: trial.intermediateValues } : {}),
  };
}

/** The attributes without the end of the attempt and, if the copy starts from the beginning, without its progress. */
function kept(attrs: Attributes, keepReports: boolean): Attributes {
  return Object.fromEntries(
    Object.entries(attrs).filter(
      ([key]) => key !== FAIL_REASON && key !== WORKER && (keepReports || !key.startsWith('completed_rung_')),
    ),
  );
}

/** The system attribute with the worker that runs a trial. */
export const WORKER = 'worker';

/** The system attribute that says why a trial failed. */
export const FAIL_REASON = 'fail_reason';

/** How many trials count. */
export function countFirstAttempts(trials: readonly FrozenTrial[]): number {
  return trials.filter((trial) => !isRetry(trial)).length;
}

/** Whether a queued trial may begin within the budget. */
export function mayClaim(trials: readonly FrozenTrial[], budget: number): boolean {
  const waiting = trials.filter(({ state }) => state === 'WAITING');
  if (waiting.length === 0 || budget === Infinity) return waiting.length > 0;
  const started = countFirstAttempts(trials.filter(({ state }) => state !== 'WAITING'));
  return started < budget || waiting.some(isRetry);
}
