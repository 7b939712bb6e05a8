import { ConfigError } from '../../core/errors.ts';
import { integer } from '../../core/options.ts';
import { augmentationDefinition, proportion } from './augmentation.ts';

/** Tokens become one of the words nearest to them by their vectors; one without a vector stays. */
export const replacement = augmentationDefinition({
  type: 'replace',
  summary: 'words become one of their nearest neighbours; needs word vectors (model.vectors)',
  options: {
    proportion,
    neighbours: integer({ min: 1, max: 100, default: 5, doc: 'nearest words from which one is drawn' }),
  },
  create(options, { neighbours }) {
    if (!neighbours) {
      throw new ConfigError(
        '[train.augmentation] replace needs word vectors, but model.vectors is null. Set it, for example to learn, or leave out replace.',
        { key: 'train.augmentation' },
      );
    }
    return (ids, rng) =>
      ids.map((id) => {
        if (rng.float() >= options.proportion) return id;
        const near = neighbours(id, options.neighbours);
        return near.length === 0 ? id : near[rng.int(near.length)];
      });
  },
});
