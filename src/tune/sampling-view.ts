/** What a sampler sees when it chooses for one trial. */
import { createRng } from '../core/rng.ts';
import type { FrozenTrial } from './frozen-trial.ts';
import type { Pruner } from './pruners/pruner.ts';
import type { Sampler } from './samplers/sampler.ts';
import type { SamplingView, StudyView } from './study-view.ts';

/**
 * The study with this trial in its place, as far as the pruner shows it, and the trial's random stream.
 * @param draws How often the choice was made before for this trial; each time has a stream of its own.
 */
export function samplingView(
  { sampler, pruner }: { readonly sampler: Sampler; readonly pruner: Pruner },
  study: StudyView,
  trial: FrozenTrial,
  draws = 0,
): SamplingView {
  const trials = [...study.trials];
  trials[trial.number] = trial;
  const whole = { ...study, trials };
  const rng = createRng(sampler.seed).fork('trial', trial.number);
  return {
    ...(pruner.narrow?.(whole, trial) ?? whole),
    rng: draws === 0 ? rng : rng.fork('redraw', draws),
  };
}
