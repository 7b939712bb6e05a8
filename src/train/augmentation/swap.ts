import { augmentationDefinition, proportion } from './augmentation.ts';

/** Swaps pairs of random tokens, as many as the proportion of the tokens, at least one. */
export const swap = augmentationDefinition({
  type: 'swap',
  summary: 'two tokens change places, again and again',
  options: { proportion },
  create: (options) => (ids, rng) => {
    const result = ids.slice();
    const times = Math.max(1, Math.round((options.proportion * ids.length) / 2));
    for (let n = 0; n < times; n++) {
      const [a, b] = [rng.int(ids.length), rng.int(ids.length)];
      [result[a], result[b]] = [result[b], result[a]];
    }
    return result;
  },
});
