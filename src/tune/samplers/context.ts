/** What a sampler is made with, beside its options. */
import type { Distribution } from '../space/distributions.ts';

/** What a sampler is made with. */
export interface SamplerContext {
  /** Seed of its random streams, an integer in [0, 2^32). The same on every worker of a study. */
  readonly seed: number;
  /** What each parameter may be, where that is declared before the first trial, as in a search file. */
  readonly space?: ReadonlyMap<string, Distribution>;
}
