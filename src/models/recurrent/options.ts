/** The `model` section of a recurrent classifier: which layer, how large, how much dropout. */
import { flatOptions, type TypeAndOptions } from '../../core/family.ts';
import { boolean, either, integer, number, optional, type OptionsOf, text } from '../../core/options.ts';
import { layers, type rnn } from '../../nn/layers/index.ts';
import { poolingsOption } from '../../nn/pooling/index.ts';

/** The names of `model.type`: a recurrent layer, or `bi` and its name for the bidirectional network of it. */
export const recurrentTypes: readonly string[] = [
  ...layers.names,
  ...layers.names.map((name) => `bi${name}`),
];

const rate = { min: 0, below: 1 } as const;

/** Options of the layers, side by side, as their family declares them. The type lists those that our code uses. */
const ofLayers = flatOptions(layers) as unknown as {
  readonly nonlinearity: typeof rnn.options.nonlinearity;
  readonly hidden_init: typeof rnn.options.hidden_init;
};

const vectorShape = {
  embedding_dim: integer({ min: 1, max: 8192, default: 128, doc: 'size of a token vector' }),
  embedding_std: number({
    above: 0,
    max: 10,
    default: 1,
    doc: 'standard deviation of the initial token vectors; 1 is what PyTorch has',
  }),
  vectors: text({
    min: 1,
    nullable: true,
    default: null,
    doc: 'pretrained word vectors: a file (.vec, .txt, .bin), a folder of model2vec, glove-100d, learn or skipgram: learned from the training texts, by co-occurrence or by skip-gram with parts of words; embedding_dim is then theirs',
  }),
  vectors_texts: text({
    min: 1,
    nullable: true,
    default: null,
    doc: 'a file of texts, with or without labels, that vectors are learned from too',
  }),
  vectors_freeze: either([boolean(), integer({ min: 1 })], {
    default: false,
    doc: 'true: the vectors stay fixed; a number: they stay fixed for that many epochs; false: they are trained from the start',
  }),
  vectors_lr: number({ above: 0, default: 1, doc: 'factor on the learning rate of the vectors' }),
  vectors_others: integer({
    min: 0,
    max: 10_000_000,
    default: 20_000,
    doc: 'how many words outside the training texts keep their vector, in the order of the file',
  }),
  ngram_buckets: integer({
    min: 0,
    max: 10_000_000,
    default: 0,
    doc: 'buckets for the vectors of character n-grams (3 to 5 characters), whose mean is added to the vector of their word, known or not; 0: none; 2000 to 30000 are usual',
  }),
};

const dropouts = {
  dropout: number({
    ...rate,
    default: 0.3,
    doc: 'dropout between layers and before the classifier, in [0, 1)',
  }),
  embedding_dropout: number({ ...rate, default: 0, doc: 'dropout on the token vectors, in [0, 1)' }),
  word_dropout: number({
    ...rate,
    default: 0,
    doc: 'proportion of tokens replaced by <UNK> while training, in [0, 1)',
  }),
  word_type_dropout: number({
    ...rate,
    default: 0,
    doc: 'proportion of the vocabulary that is dropped in a training batch, each word wherever it occurs, in [0, 1)',
  }),
};

/** The keys of every network of token vectors, whatever lies between these and the last layer. */
export const networkShape = {
  ...vectorShape,
  ...dropouts,
  variational_dropout: boolean({ default: false, doc: 'one dropout mask for all time steps of a document' }),
  pooling: poolingsOption,
};

/** The keys of the section, without `type`. */
export const recurrentShape = {
  ...vectorShape,
  hidden_size: integer({ min: 1, max: 8192, default: 128, doc: 'state size of each layer and direction' }),
  num_layers: integer({ min: 1, max: 16, default: 1, doc: 'stacked recurrent layers' }),
  bidirectional: optional(
    boolean({
      doc: 'read the text in both directions; left out, the type decides (bilstm: true, lstm: false)',
    }),
  ),
  ...dropouts,
  weight_drop: number({
    ...rate,
    default: 0,
    doc: 'proportion of the hidden-to-hidden weights that are 0 in a training batch, in [0, 1)',
  }),
  variational_dropout: networkShape.variational_dropout,
  ...ofLayers,
  pooling: poolingsOption,
};

/** Complete options that all networks of token vectors have. */
export type NetworkOptions = OptionsOf<typeof networkShape>;

/** Complete options. Layer and direction are separate keys: `bilstm` becomes `type: lstm, bidirectional: true`. */
export type RecurrentModelOptions = Omit<OptionsOf<typeof recurrentShape>, 'bidirectional'> & {
  /** A recurrent layer. */
  readonly type: string;
  /** Reads in both directions. */
  readonly bidirectional: boolean;
};

/** Completes the options. */
export function completeRecurrent(
  { type, bidirectional, ...rest }: OptionsOf<typeof recurrentShape> & { readonly type: string },
  refuse: (key: string, must: string) => void,
): RecurrentModelOptions {
  const both = !layers.names.includes(type);
  if (both && bidirectional === false) {
    const name = type.slice(2);
    refuse('bidirectional', `must be true for model.type ${type}; the unidirectional network is called ${name}`); // prettier-ignore
  }
  return { type: both ? type.slice(2) : type, bidirectional: bidirectional ?? both, ...rest };
}

/** The layer of a model, in its options. */
export function cellOptions(model: RecurrentModelOptions): TypeAndOptions {
  const own = Object.keys(layers.get(model.type).options);
  const given = Object.entries(model).filter(([key]) => own.includes(key));
  return { type: model.type, ...Object.fromEntries(given) };
}
