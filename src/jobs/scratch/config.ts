/** The configuration of a run from scratch: its defaults, and the keys that a network of plain arrays lacks. */
import { type Override, overrideLayer } from '../../config/overrides.ts';
import { plainLayer, resolveConfig } from '../../config/resolve.ts';
import type { Config, ConfigInput } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { asRecurrent } from '../../models/family.ts';
import type { RecurrentModelOptions } from '../../models/options.ts';

const defaults: ConfigInput = {
  // the maximum length of the workshop
  text: {
    tokenizer: 'whitespace',
    normalization: 'none',
    lowercase: true,
    vocabulary_size: 5000,
    max_length: 50,
  },
  model: { type: 'rnn', hidden_size: 32, num_layers: 1, dropout: 0, pooling: ['last'] },
  train: {
    epochs: 15,
    batch_size: 8,
    lr: 3,
    optimizer: 'sgd',
    schedule: { type: 'cosine', warmup_steps: 0 },
    patience: null,
    monitor: 'val_accuracy',
    // nothing is padded here: texts of similar length need not share a batch
    bucket: false,
  },
};

/** The options of this network that a run keeps in `scratch.json`. */
export interface ScratchSettings {
  /** Every number of the gradient is clipped to ± this. */
  readonly clip: number;
  /** The time steps at which a text's class is asked for in training; always the last when it counts. */
  readonly ask: 'last' | 'every';
}

/** The settings that only this network has. */
export const defaultSettings: ScratchSettings = { clip: 0.001, ask: 'last' };

/** The recurrent network that the configuration names. @throws ConfigError where it names another model */
export function scratchNetwork({ model }: Pick<Config, 'model'>): RecurrentModelOptions {
  const network = asRecurrent(model);
  if (network) return network;
  throw new ConfigError(
    `[--model.type] must be rnn for the network from scratch, but got ${model.type}. Leave it out, or use unroll train --model ${model.type}.`,
    { key: 'model.type' },
  );
}

/** The keys of `train` that this network does not support; each must have its default. */
const unknown = [
  'optimizer',
  'momentum',
  'dampening',
  'nesterov',
  'weight_decay',
  'loss',
  'label_smoothing',
  'logit_adjustment',
  'class_weights',
  'class_weights_beta',
  'clip_norm',
  'refit',
] as const satisfies readonly (keyof Config['train'])[];

/**
 * The configuration of a new run.
 * @param base A layer above the defaults and below the overrides.
 * @throws ConfigError for a key that only the engine's networks know
 */
export function scratchConfig(overrides: readonly Override[], base: ConfigInput = {}): Config {
  const layers = [
    plainLayer(defaults, 'the defaults of unroll scratch'),
    plainLayer(base, 'the defaults'),
    overrideLayer(overrides),
  ];
  const { hidden_size } = scratchNetwork(resolveConfig(...layers));
  // as a model file, W_xh is an embedding as wide as the state
  const config = resolveConfig(...layers, plainLayer({ model: { embedding_dim: hidden_size } }, '--hidden'));
  const plain = resolveConfig(plainLayer(defaults, 'the defaults'));
  for (const key of unknown) {
    if (JSON.stringify(config.train[key]) === JSON.stringify(plain.train[key])) continue;
    throw new ConfigError(
      `[--train.${key}] must be ${JSON.stringify(plain.train[key])} for the network from scratch, but got ${JSON.stringify(config.train[key])}. ` +
        'It has plain SGD with clipping and nothing else: leave the key out, or use unroll train --model rnn.',
      { key: `train.${key}` },
    );
  }
  return config;
}
