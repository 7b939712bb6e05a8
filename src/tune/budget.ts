/** What counts against a budget of trials: a copy that retries another one does not. */
import type { FrozenTrial } from './frozen-trial.ts';
import { isRetry } from './retry.ts';

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
