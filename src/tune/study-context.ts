/** What a study and its trials work with; not kept in the storage. */
import type { Pruner } from './pruners/pruner.ts';
import type { Sampler } from './samplers/sampler.ts';
import type { StudyStorage } from './storage/contract.ts';

/** How the trials of a study are kept, chosen, pruned and spoken of. */
export interface StudyContext {
  readonly storage: StudyStorage;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  /** How often a choice of parameters that repeats an earlier trial is made anew; 0: never. */
  readonly redraws: number;
  /** Called with what is odd but no error. */
  readonly onWarning: (message: string) => void;
}
