/**
 * A study as it would stand had no trial been run again. Samplers and pruners see that one: what they choose, and so the
 * whole search, is the same whether its workers were interrupted, died, or neither.
 */
import type { FrozenTrial } from './frozen-trial.ts';
import { firstAttempt, isRetry, lastAttempts } from './retry.ts';
import type { StudyView } from './study-view.ts';

/** A study, and a trial in it. */
export interface StudyOfTrial {
  readonly study: StudyView;
  readonly trial: FrozenTrial;
}

/**
 * Of each trial the last attempt alone, numbered 0, 1, … in the order of the first ones. Where nothing was run again that
 * is the study itself.
 * @param current A trial of the study as it is now, or one that is about to be made: it stands for its attempts.
 */
export function asIfUninterrupted(study: StudyView, current: FrozenTrial): StudyOfTrial {
  const all = [...study.trials];
  all[current.number] = current;
  if (!all.some(isRetry)) return { study: { ...study, trials: all }, trial: current };
  const last = lastAttempts(all);
  let place = last.indexOf(current);
  // somebody has ended it and runs it again
  if (place === -1) place = last.findIndex((trial) => firstAttempt(trial) === firstAttempt(current));
  const trials = last.map((trial, number) => renumbered(number === place ? current : trial, number));
  return { study: { ...study, trials }, trial: trials[place] };
}

/** Copies with another number, by the snapshot: samplers remember what they know of a snapshot. */
const copies = new WeakMap<FrozenTrial, FrozenTrial>();

function renumbered(trial: FrozenTrial, number: number): FrozenTrial {
  if (trial.number === number) return trial;
  let copy = copies.get(trial);
  if (copy?.number !== number) copies.set(trial, (copy = { ...trial, number }));
  return copy;
}
