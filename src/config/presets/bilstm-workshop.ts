/** The workshop's tuned bidirectional LSTM (its trial 13 of 40), on the first 50 whitespace tokens of a text. */
import type { Preset } from './preset.ts';

export const bilstmWorkshop: Preset = {
  name: 'bilstm-workshop',
  summary: "the workshop's tuned 2-layer BiLSTM: 50 whitespace tokens, plain random split",
  config: {
    // the workshop's plain random split: copies of a text may stand on both sides
    data: { split: 'random', fractions: [0.8, 0.1, 0.1], allow_leakage: true },
    text: {
      tokenizer: 'whitespace',
      normalization: 'none',
      lowercase: true,
      vocabulary_size: 5000,
      max_length: 50,
    },
    model: {
      type: 'bilstm',
      embedding_dim: 128,
      hidden_size: 128,
      num_layers: 2,
      // the report does not say where its dropout stands: on the embedding, between the layers, before the classifier
      dropout: 0.35,
      embedding_dropout: 0.35,
      pooling: ['last', 'mean', 'max'],
    },
    train: {
      epochs: 60,
      batch_size: 24,
      lr: 4.84e-3,
      optimizer: 'adam',
      weight_decay: 1.4e-4,
      loss: 'cross_entropy',
      label_smoothing: 0.13,
      schedule: { type: 'plateau', factor: 0.5, patience: 10 },
      patience: 10,
    },
  },
};
