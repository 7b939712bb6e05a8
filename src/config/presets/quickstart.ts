/** A small network that trains in a minute on two cores and does well on e-mails and other texts of some length. */
import type { Preset } from './preset.ts';

export const quickstart: Preset = {
  name: 'quickstart',
  summary: 'a small BiLSTM on the first 400 words of a text, in six epochs: what npm run quickstart trains',
  config: {
    text: { max_length: 400 },
    model: {
      type: 'bilstm',
      embedding_dim: 128,
      hidden_size: 64,
      num_layers: 1,
      dropout: 0.4,
      embedding_dropout: 0.3,
      word_dropout: 0.1,
    },
    train: {
      epochs: 6,
      lr: 6e-3,
      schedule: { type: 'one_cycle' },
      label_smoothing: 0.05,
      // with the one-cycle schedule, the last epochs are the best
      patience: null,
    },
  },
};
