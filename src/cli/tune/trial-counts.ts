/** How many trials of a search there are; one that was run again counts once. */
import { count } from '../../data/dataset.ts';
import { STATE_WORDS } from '../../figures/study/trials.ts';
import { type FrozenTrial, isFinished, lastAttempts, type TrialState } from '../../tune/index.ts';

/** Trials of a state. */
export function countOf(state: TrialState, all: readonly FrozenTrial[]): number {
  return lastAttempts(all).filter((trial) => trial.state === state).length;
}

/** Trials that need not be run any more. */
export function countEnded(all: readonly FrozenTrial[]): number {
  return lastAttempts(all).filter(({ state }) => isFinished(state)).length;
}

/** `17 trials: 12 complete, 3 pruned, 2 failed`. */
export function describeTrials(all: readonly FrozenTrial[]): string {
  const parts = Object.entries(STATE_WORDS).flatMap(([state, word]) => {
    const n = countOf(state as TrialState, all);
    return n === 0 ? [] : [`${n} ${word}`];
  });
  return `${count(lastAttempts(all).length, 'trial')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
