/** The contract of pruners: whether a running trial is worth going on with. */
import type { StudyView } from '../study/view.ts';
import type { Attributes, FrozenTrial } from '../trial/frozen-trial.ts';

/** What a pruner says. */
export interface PruneDecision {
  /** Whether the trial should end here. */
  readonly prune: boolean;
  /** System attributes to keep with the trial, such as `completed_rung_0`. */
  readonly systemAttrs?: Attributes;
}

/** Decides from the reports of this trial and the others; for studies of one objective. Has no state of its own. */
export interface Pruner {
  /** The name in configs. */
  readonly type: string;
  /** Asked after each report. `study.trials` holds this trial as well, as given. */
  decide(study: StudyView, trial: FrozenTrial): PruneDecision;
  /** What the sampler sees of the study for a trial; everything where left out. Hyperband shows its bracket alone. */
  narrow?(study: StudyView, trial: FrozenTrial): StudyView;
}
