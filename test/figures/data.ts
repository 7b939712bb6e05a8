/** A small made-up data set: words drawn so that a few are frequent and many are rare. */
import { createRng } from '../../src/core/rng.ts';
import type { Dataset } from '../../src/data/dataset.ts';

/** `perClass` documents of each class, about `words` words each. */
export function createDataset(labelNames: readonly string[], perClass: number, words: number): Dataset {
  const rng = createRng(3);
  const count = labelNames.length * perClass;
  const texts = Array.from({ length: count }, () => {
    const length = 1 + rng.int(2 * words);
    return Array.from({ length }, () => `w${Math.floor(400 * rng.uniform(0, 1) ** 3)}`).join(' ');
  });
  return {
    name: 'made-up',
    source: 'made-up',
    texts,
    labels: Int32Array.from({ length: count }, (_, n) => n % labelNames.length),
    labelNames,
    rowIds: Int32Array.from({ length: count }, (_, n) => n),
    dropped: { emptyText: 0, emptyLabel: 0 },
    notices: [],
    hash: 'made-up',
  };
}
