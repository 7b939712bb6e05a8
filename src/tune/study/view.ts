/**
 * The snapshot of a study that samplers and pruners work on, so that they are pure functions of it. In it, no trial
 * was ever run again, so the whole search is the same whether or not workers were interrupted or died.
 */
import type { Rng } from '../../core/rng.ts';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.ts';
import { firstAttempt, isRetry, lastAttempts } from '../trial/retry.ts';

/** A study at one moment. */
export interface StudyView {
  /** The study's name. */
  readonly name: string;
  /** One per objective. */
  readonly directions: readonly Direction[];
  /** All trials by number, of every state. */
  readonly trials: readonly FrozenTrial[];
}

/** A study at one moment, and the random stream of one trial. */
export interface SamplingView extends StudyView {
  /**
   * The stream of the sampler's seed and this trial's number: the same trial of the same study draws the same numbers,
   * in whatever process, and when it is run again. Fork it by name: `rng.fork('independent', param)`.
   */
  readonly rng: Rng;
}

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
  // another process has ended it and runs it again
  if (place === -1) place = last.findIndex((trial) => firstAttempt(trial) === firstAttempt(current));
  const trials = last.map((trial, number) => renumbered(number === place ? current : trial, number));
  return { study: { ...study, trials }, trial: trials[place] };
}

/** Renumbered copies, cached by the snapshot: samplers cache by the identity of a snapshot. */
const copies = new WeakMap<FrozenTrial, FrozenTrial>();

function renumbered(trial: FrozenTrial, number: number): FrozenTrial {
  if (trial.number === number) return trial;
  let copy = copies.get(trial);
  if (copy?.number !== number) copies.set(trial, (copy = { ...trial, number }));
  return copy;
}
