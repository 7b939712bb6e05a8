/** What counts against a budget of trials: a copy that retries another one does not. */
import type { FrozenTrial } from './frozen-trial.ts';

function isFirstAttempt(trial: FrozenTrial): boolean {
  return trial.systemAttrs.retry_history === undefined;
}

/** How many trials count. */
export function countFirstAttempts(trials: readonly FrozenTrial[]): number {
  return trials.filter(isFirstAttempt).length;
}

/** Whether one of the queue may begin within the budget. */
export function mayClaim(trials: readonly FrozenTrial[], budget: number): boolean {
  const waiting = trials.filter(({ state }) => state === 'WAITING');
  if (waiting.length === 0 || budget === Infinity) return waiting.length > 0;
  const started = countFirstAttempts(trials.filter(({ state }) => state !== 'WAITING'));
  return started < budget || waiting.some((trial) => !isFirstAttempt(trial));
}
