/** Trials that are run again because their worker died or was interrupted: WAITING copies that know where they come from. */
import type { TrialTemplate } from '../storage/contract.ts';
import type { Attributes, FrozenTrial } from './frozen-trial.ts';

/** How often and with what a trial is run again. */
export interface RetryOptions {
  /** How many deaths of its workers a trial outlives; Infinity for any. Default 3. */
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

/** The last attempt of each trial, in the order of the first ones: where a trial was run again, that alone counts. */
export function lastAttempts(trials: readonly FrozenTrial[]): readonly FrozenTrial[] {
  if (!trials.some(isRetry)) return trials;
  const last = new Map<number, FrozenTrial>();
  for (const trial of trials) {
    const first = firstAttempt(trial);
    // nothing but a failure is run again: any other number is from a study whose trials were added to this one
    last.set(last.get(first)?.state === 'FAIL' ? first : trial.number, trial);
  }
  return [...last.values()];
}

/** Trials for a new study, which numbers them anew: retries name their earlier attempts among them, if there are any. */
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

/** The system attribute that counts how often a trial was given back; that is no death. */
const PARKED = 'parked';

/**
 * The copy that retries a trial whose worker died; undefined where that happened often enough. Names of the attributes are
 * Optuna's.
 */
export function retryOf(trial: FrozenTrial, options: RetryOptions = {}): TrialTemplate | undefined {
  const { maxRetries = 3 } = options;
  const deaths = retryHistory(trial).length + 1 - parkedOf(trial);
  return deaths > maxRetries ? undefined : copyOf(trial, options);
}

/** The copy of a trial that is given back. */
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

/** Without how the attempt ended and, where the copy starts from the beginning, how far it got. */
function kept(attrs: Attributes, keepReports: boolean): Attributes {
  return Object.fromEntries(
    Object.entries(attrs).filter(
      ([key]) => key !== FAIL_REASON && key !== WORKER && (keepReports || !key.startsWith('completed_rung_')),
    ),
  );
}

/** The system attribute that names whoever runs a trial. */
export const WORKER = 'worker';

/** The system attribute that says why a trial failed. */
export const FAIL_REASON = 'fail_reason';

/** How many trials count. */
export function countFirstAttempts(trials: readonly FrozenTrial[]): number {
  return trials.filter((trial) => !isRetry(trial)).length;
}

/** Whether one of the queue may begin within the budget. */
export function mayClaim(trials: readonly FrozenTrial[], budget: number): boolean {
  const waiting = trials.filter(({ state }) => state === 'WAITING');
  if (waiting.length === 0 || budget === Infinity) return waiting.length > 0;
  const started = countFirstAttempts(trials.filter(({ state }) => state !== 'WAITING'));
  return started < budget || waiting.some(isRetry);
}
