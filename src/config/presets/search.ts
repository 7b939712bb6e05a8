/** The default search of `unroll tune`: network size, regularisation, learning rate. */
import type { Preset } from './preset.ts';

export const search: Preset = {
  name: 'search',
  summary: 'a search of size, dropout, smoothing and learning rate: what unroll tune uses without -c',
  config: { model: { type: 'bilstm' } },
  // ranges around the values that a training without a preset has; the other keys have those values, also the vectors, which
  // decide the size of the embedding
  fromData: true,
  search: {
    model: {
      hidden_size: { type: 'int', low: 64, high: 192, step: 64 },
      num_layers: { type: 'int', low: 1, high: 2 },
      dropout: { type: 'float', low: 0.2, high: 0.7 },
      embedding_dropout: { type: 'float', low: 0.1, high: 0.6 },
      word_dropout: { type: 'float', low: 0.1, high: 0.7 },
    },
    train: {
      batch_size: { type: 'int', low: 16, high: 64, step: 16 },
      lr: { type: 'float', low: 1e-3, high: 1e-2, log: true },
      label_smoothing: { type: 'float', low: 0, high: 0.2 },
    },
  },
};
