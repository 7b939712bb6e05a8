/** The interface of samplers, which choose the parameters of trials. */
import type { Distribution } from '../space/distributions.ts';
import type { SamplingView, StudyView } from '../study/view.ts';
import type { Attributes, FrozenTrial, TrialState } from '../trial/frozen-trial.ts';

/** Values for a joint space. */
export interface RelativeSample {
  /** Internal values by parameter; a parameter that is missing is sampled on its own. */
  readonly params: ReadonlyMap<string, number>;
  /** The joint space; a value is used only where the objective asks for an equal or wider distribution of that name. */
  readonly distributions: ReadonlyMap<string, Distribution>;
  /** System attributes to keep with the trial, such as `grid_id`. */
  readonly systemAttrs?: Attributes;
}

/** Chooses parameters. Stateless between trials: it depends only on the study and the random stream. */
export interface Sampler {
  /** The name in configs. */
  readonly type: string;
  /** Seed of its random streams, an integer in [0, 2^32). */
  readonly seed: number;
  /** Called once when a trial begins: jointly chosen values for the parameters that are known in advance. */
  sampleRelative(study: SamplingView, trial: FrozenTrial): RelativeSample;
  /** The internal value of a parameter that was not sampled together with others. Never called where there is one value only. */
  sampleIndependent(
    study: SamplingView,
    trial: FrozenTrial,
    name: string,
    distribution: Distribution,
  ): number;
  /**
   * Whether nothing is left to try (grid exhausted): called before a new trial, which `optimize` then does not begin.
   */
  isUsedUp?(study: StudyView): boolean;
  /** After a trial ended, unless it is to be run again; system attributes to keep with it, and whether the study is done. */
  afterTrial?(
    study: SamplingView,
    trial: FrozenTrial,
    state: TrialState,
    values: readonly number[] | null,
  ): { readonly systemAttrs?: Attributes; readonly stop?: boolean };
}

/** `sampleJoint` of a sampler without joint sampling. */
export const NO_RELATIVE: RelativeSample = { params: new Map(), distributions: new Map() };
