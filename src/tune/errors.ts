/** Errors of studies that callers tell apart. */
import { ConfigError } from '../core/errors.ts';

/** A finished trial was about to be changed. Another process may have ended it, because its heartbeat stopped. */
export class TrialFinishedError extends ConfigError {
  constructor(number: number, state: string) {
    super(
      `[trial ${number}] must be running to be changed, but got one that is ${state} already. Ask for a new trial.`,
    );
  }
}

/** Thrown by an objective whose trial should end as PRUNED. Not a mistake: `optimize` goes on with the next trial. */
export class TrialPruned extends Error {
  constructor(message = 'the trial was pruned') {
    super(message);
    this.name = 'TrialPruned';
  }
}
