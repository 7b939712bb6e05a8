/** What a sampler sees when it chooses for one trial. */
import { createRng } from '../core/rng.ts';
import { asIfUninterrupted } from './as-if-uninterrupted.ts';
import type { FrozenTrial } from './frozen-trial.ts';
import type { Pruner } from './pruners/pruner.ts';
import type { Sampler } from './samplers/sampler.ts';
import type { SamplingView, StudyView } from './study-view.ts';

/** A trial to choose for, in its study. */
export interface SamplingTask {
  readonly study: SamplingView;
  readonly trial: FrozenTrial;
}

/**
 * The study with this trial in its place, as far as the pruner shows it, and the trial's random stream: both as they
 * would be had nothing been run again.
 * @param draws How often the choice was made before for this trial; each time has a stream of its own.
 */
export function samplingTask(
  { sampler, pruner }: { readonly sampler: Sampler; readonly pruner: Pruner },
  given: StudyView,
  current: FrozenTrial,
  draws = 0,
): SamplingTask {
  const { study, trial } = asIfUninterrupted(given, current);
  const rng = createRng(sampler.seed).fork('trial', trial.number);
  return {
    study: {
      ...(pruner.narrow?.(study, trial) ?? study),
      rng: draws === 0 ? rng : rng.fork('redraw', draws),
    },
    trial,
  };
}
