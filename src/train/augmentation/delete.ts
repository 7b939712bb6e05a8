import { augmentationDefinition, proportion } from './augmentation.ts';

/** Tokens are left out, each with the probability of the proportion; one stays at least. */
export const deletion = augmentationDefinition({
  type: 'delete',
  summary: 'tokens are left out',
  options: { proportion },
  create: (options) => (ids, rng) => {
    const kept = ids.filter(() => rng.float() >= options.proportion);
    return kept.length > 0 ? kept : Int32Array.of(ids[rng.int(ids.length)]);
  },
});
