/** How many trials of a search there are; one that was run again counts once. */
import { count } from '../../core/words.ts';
import { STATE_WORDS } from '../../figures/study/trials.ts';
import { type FrozenTrial, isFinished, lastAttempts, type TrialState } from '../../tune/index.ts';
import type { TrialCounts } from './events.ts';

/** Trials of a state. */
export function countOf(state: TrialState, all: readonly FrozenTrial[]): number {
  return lastAttempts(all).filter((trial) => trial.state === state).length;
}

/** Trials that need not be run any more. */
export function countEnded(all: readonly FrozenTrial[]): number {
  return lastAttempts(all).filter(({ state }) => isFinished(state)).length;
}

/** Trials by their state. */
export function countTrials(all: readonly FrozenTrial[]): TrialCounts {
  const states: Partial<Record<TrialState, number>> = {};
  const last = lastAttempts(all);
  for (const { state } of last) states[state] = (states[state] ?? 0) + 1;
  return { trials: last.length, states };
}

/** `17 trials: 12 complete, 3 pruned, 2 failed`. */
export function describeCounts({ trials, states }: TrialCounts): string {
  const parts = Object.entries(STATE_WORDS).flatMap(([state, word]) => {
    const n = states[state as TrialState] ?? 0;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  return `${count(trials, 'trial')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** The same of trials that were not counted yet. */
export function describeTrials(all: readonly FrozenTrial[]): string {
  return describeCounts(countTrials(all));
}
