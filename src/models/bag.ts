/**
 * A bag of words: the vectors of the tokens pooled, without a recurrent layer between them. The difference to the
 * recurrent classifier shows what word order contributes: it is the same network without recurrent layers, trained in
 * the same way.
 */
import type { OptionsOf } from '../core/options.ts';
import { groupDigits } from '../core/words.ts';
import { poolingName, poolingOptions } from '../nn/pooling/index.ts';
import type { ModelDescription } from './description.ts';
import { modelDefinition, type Refuse } from './model.ts';
import {
  networkFlowchart,
  networkRegularisation,
  networkTraining,
  outputEquations,
  parametersOfRecurrent,
} from './recurrent/describe.ts';
import { networkShape, type RecurrentModelOptions } from './recurrent/options.ts';
import { createSession } from './session.ts';

/** Complete options. */
export type BagModelOptions = OptionsOf<typeof networkShape> & { readonly type: 'bag' };

/** Pooled vectors of the tokens, whatever their order. */
export const bagModel = modelDefinition({
  type: 'bag',
  summary: 'a bag of words: embedding, poolings without last, a linear layer; ignores word order',
  methods: [
    {
      name: 'pooled word vectors',
      works: {
        iyyer2015:
          'M. Iyyer, V. Manjunatha, J. Boyd-Graber and H. Daumé III. Deep unordered composition rivals syntactic methods for text classification. ACL, 2015.',
      },
    },
  ],
  types: ['bag'],
  options: networkShape,
  complete: completeBag,
  describe,
  parameters: (model, sizes) => parametersOfRecurrent(bagNetwork(model), sizes),
  learns: 'in steps',
  open: (model, { vocabularySize, classes, pretrained, loss, ...rest }) =>
    createSession({
      ...rest,
      shape: {
        model: bagNetwork(model),
        vocabularySize,
        classes,
        ...(pretrained && { pretrained }),
        ...(loss && { loss }),
      },
    }),
});

function completeBag(
  given: OptionsOf<typeof networkShape> & { readonly type: string },
  refuse: Refuse,
): BagModelOptions {
  const usual = JSON.stringify(given.pooling) === JSON.stringify(networkShape.pooling.default);
  const types = given.pooling.map((one) => poolingOptions(one).type);
  const ordered = ['last', 'hierarchical'].find((type) => types.includes(type));
  if (!usual && ordered !== undefined)
    refuse('pooling', `must leave out ${ordered} for model.type bag, which ignores word order`);
  const pooling = given.pooling.filter((one) => one !== 'last');
  return { ...given, type: 'bag', pooling };
}

/** The network of no layers that it is. */
export function bagNetwork({ type: _, ...model }: BagModelOptions): RecurrentModelOptions {
  return {
    ...model,
    type: 'rnn',
    bidirectional: false,
    hidden_size: model.embedding_dim,
    num_layers: 0,
    weight_drop: 0,
    nonlinearity: 'tanh',
    hidden_init: 'uniform',
  };
}

function describe(model: BagModelOptions): ModelDescription {
  const { embedding_dim: D, ngram_buckets: buckets } = model;
  const network = bagNetwork(model);
  const ngrams = buckets === 0 ? '' : `, character n-grams in ${groupDigits(buckets)} buckets`;
  return {
    title: 'Bag of words',
    sentence: `a bag of words with vectors of ${D}`,
    settings: {
      'Sequence modelling': `bag of words, embedding ${D}${ngrams}`,
      Pooling: model.pooling.map(poolingName).join(' + '),
    },
    regularisation: networkRegularisation(network),
    equations: (loss) => [
      {
        kind: 'paragraph',
        text: [
          'Each token is a vector ',
          { math: 'x_t' },
          ` of ${D} numbers, which no layer changes, so that the order of the tokens does not matter:`,
        ],
      },
      { kind: 'equations', lines: ['h_t = x_t'] },
      ...outputEquations('The vectors', network, loss),
    ],
    flowchart: (facts) => networkFlowchart(network, facts),
    training: (facts) =>
      networkTraining(network, facts, { title: 'Bag of words', unit: 'token', backward: 'Backpropagation' }),
  };
}
