/** The workshop's tuned bidirectional LSTM (its trial 13 of 40), on the first 50 whitespace tokens of a text. */
import type { Preset } from './preset.ts';

/** The ranges that the workshop searched for both of its networks. */
export const workshopRanges = {
  model: {
    embedding_dim: { type: 'int', low: 64, high: 192, step: 64 },
    hidden_size: { type: 'int', low: 64, high: 192, step: 64 },
    num_layers: { type: 'int', low: 1, high: 2 },
    dropout: { type: 'float', low: 0.28, high: 0.45 },
  },
  train: {
    epochs: { type: 'int', low: 30, high: 60, step: 10 },
    batch_size: { type: 'int', low: 16, high: 64, step: 8 },
    lr: { type: 'float', low: 5e-4, high: 1e-2, log: true },
    weight_decay: { type: 'float', low: 1e-6, high: 1e-3, log: true },
    label_smoothing: { type: 'float', low: 0.09, high: 0.15 },
  },
} as const;

/** In trials of 30 to 60 epochs, the first ones say little. */
export const workshopPruner = { type: 'median', n_warmup_steps: 10 } as const;

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
      // the workshop saw the rate fall two or three times before it stopped: with one patience for both, they watch two figures
      schedule: { type: 'plateau', factor: 0.5, patience: 10, monitor: 'val_loss' },
      monitor: 'val_accuracy',
      patience: 10,
    },
  },
  search: {
    model: {
      ...workshopRanges.model,
      type: 'lstm',
      bidirectional: { type: 'categorical', choices: [true, false] },
      pooling: { type: 'categorical', choices: ['last', 'mean', 'max', 'last+mean+max'] },
    },
    train: workshopRanges.train,
    tune: { trials: 40, pruner: workshopPruner },
  },
};
