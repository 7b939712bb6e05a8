/** What the benchmarks of accuracy share: the recipe that the settings follow from, and the documents that a run may learn from. */
import type { Dataset } from '../../src/data/dataset.ts';
import { splitDataset } from '../../src/data/splits.ts';

/** The recipe for 1,000 documents of 4 words or more, without what else follows from the size of the data. */
export const recipe = {
  model: { embedding_dropout: 0.3, word_dropout: 0.5, variational_dropout: true, dropout: 0.5 },
  train: {
    lr: 0.003,
    optimizer: 'adamw' as const,
    schedule: { type: 'cosine' as const, warmup_fraction: 0.1 },
    label_smoothing: 0.1,
    clip_norm: 1,
    patience: null,
  },
};

/**
 * The training and validation part of the split of seed 0, as a data set: test documents stay unseen.
 * @param textOf What is kept of a text. Default all of it.
 */
export function trainingPart(dataset: Dataset, textOf = (text: string): string => text): Dataset {
  const { train, val } = splitDataset(dataset, { seed: 0 });
  const rows = Int32Array.from([...train, ...val]).sort();
  return {
    ...dataset,
    texts: Array.from(rows, (i) => textOf(dataset.texts[i])),
    labels: rows.map((i) => dataset.labels[i]),
    rowIds: rows.map((i) => dataset.rowIds[i]),
  };
}
