/** The context of a study and its trials, which is not stored. */
import { createRng } from '../../core/rng.ts';
import type { Pruner } from '../pruners/pruner.ts';
import type { Sampler } from '../samplers/sampler.ts';
import type { StudyStorage } from '../storage/contract.ts';
import type { FrozenTrial } from '../trial/frozen-trial.ts';
import type { SamplingView, StudyOfTrial } from './view.ts';

/** Storage, sampler, pruner and warnings of a study. */
export interface StudyContext {
  readonly storage: StudyStorage;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  /** How often parameters that repeat an earlier trial are sampled again; 0: never. */
  readonly redraws: number;
  /** Called with warnings. */
  readonly onWarning: (message: string) => void;
}

/** A trial to choose for, in its study. */
export interface SamplingTask {
  readonly study: SamplingView;
  readonly trial: FrozenTrial;
}

/**
 * The study as far as the pruner shows it, with the trial's random stream.
 * @param seen As if nothing had been run again.
 * @param draws How often the choice was made before for this trial; each time has a stream of its own.
 */
export function samplingTask(
  { sampler, pruner }: { readonly sampler: Sampler; readonly pruner: Pruner },
  { study, trial }: StudyOfTrial,
  draws = 0,
): SamplingTask {
  const rng = createRng(sampler.seed).fork('trial', trial.number);
  return {
    study: {
      ...(pruner.narrow?.(study, trial) ?? study),
      rng: draws === 0 ? rng : rng.fork('redraw', draws),
    },
    trial,
  };
}
