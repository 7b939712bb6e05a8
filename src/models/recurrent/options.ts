/** The `model` section: which classifier, how large, how much dropout. */
import * as z from 'zod';
import { layers, rnn } from '../../nn/layers/index.ts';
import { poolingsOption } from '../../nn/pooling/index.ts';

/** The names of `model.type`: a recurrent layer, or `bi` and its name for the bidirectional network of it. */
const modelTypes: readonly string[] = [...layers.names, ...layers.names.map((name) => `bi${name}`)];

const rate = z.number().min(0).lt(1);

/**
 * Options of the classifier. The output names the cell and the direction apart:
 * `type: bilstm` becomes `type: lstm, bidirectional: true`.
 */
export const recurrentOptions = z
  .strictObject({
    type: z
      .enum(modelTypes)
      .default('bilstm')
      .describe('recurrent network; bilstm, bigru and birnn are the bidirectional ones'),
    embedding_dim: z.int().min(1).max(8192).default(128).describe('size of a token vector'),
    hidden_size: z.int().min(1).max(8192).default(128).describe('state size of each layer and direction'),
    num_layers: z.int().min(1).max(16).default(1).describe('stacked recurrent layers'),
    bidirectional: z
      .boolean()
      .optional()
      .describe('read the text in both directions; left out, the type decides (bilstm: true, lstm: false)'),
    dropout: rate.default(0.3).describe('dropout between layers and before the classifier, in [0, 1)'),
    embedding_dropout: rate.default(0).describe('dropout on the token vectors, in [0, 1)'),
    word_dropout: rate
      .default(0)
      .describe('proportion of tokens replaced by <UNK> while training, in [0, 1)'),
    variational_dropout: z
      .boolean()
      .default(false)
      .describe('one dropout mask for all time steps of a document'),
    nonlinearity: rnn.options.shape.nonlinearity.describe(
      'activation of the plain rnn; no other type has a choice',
    ),
    pooling: poolingsOption
      .prefault(['last', 'mean', 'max'])
      .describe('how states become one vector: a name, a list, or names joined by "+"'),
  })
  .transform((model, context) => {
    const { type, bidirectional, ...rest } = model;
    const both = !layers.names.includes(type);
    if (both && bidirectional === false) {
      context.addIssue({
        code: 'custom',
        path: ['bidirectional'],
        input: false,
        message: `must be true for model.type ${type}; the unidirectional network is called ${type.slice(2)}`,
      });
    }
    return { type: both ? type.slice(2) : type, bidirectional: bidirectional ?? both, ...rest };
  });

/** Complete model options. */
export type RecurrentModelOptions = z.output<typeof recurrentOptions>;
