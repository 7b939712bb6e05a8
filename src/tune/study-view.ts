/** What samplers and pruners see of a study: a snapshot, so that they are plain functions of it. */
import type { Rng } from '../core/rng.ts';
import type { Direction, FrozenTrial } from './frozen-trial.ts';

/** A study at one moment. */
export interface StudyView {
  /** The study's name. */
  readonly name: string;
  /** One an objective. */
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
