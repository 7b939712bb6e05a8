/** The interface of pruners, which decide whether a running trial should stop. */
import type { StudyView } from '../study/view.ts';
import type { Attributes, FrozenTrial } from '../trial/frozen-trial.ts';

/** The decision of a pruner. */
export interface PruneDecision {
  /** Whether the trial should end here. */
  readonly prune: boolean;
  /** System attributes to keep with the trial, such as `completed_rung_0`. */
  readonly systemAttrs?: Attributes;
}

/** Decides from the reports of this trial and the others; for studies of one objective. Stateless. */
export interface Pruner {
  /** The name in configs. */
  readonly type: string;
  /** Called after each report. `study.trials` includes this trial, as given. */
  decide(study: StudyView, trial: FrozenTrial): PruneDecision;
  /** The study as the sampler sees it for a trial. Default: all of it. Hyperband only shows the trial's bracket. */
  narrow?(study: StudyView, trial: FrozenTrial): StudyView;
}
