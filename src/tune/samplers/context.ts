/** What a sampler is created with, in addition to its options. */
import type { Distribution } from '../space/distributions.ts';

/** What a sampler is created with. */
export interface SamplerContext {
  /** Seed of its random streams, an integer in [0, 2^32). The same on every worker of a study. */
  readonly seed: number;
  /** The distribution of each parameter, if declared before the first trial, as in a search file. */
  readonly space?: ReadonlyMap<string, Distribution>;
}
