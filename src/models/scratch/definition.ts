/** The recurrent network from plain arrays (`src/scratch`) as a member of the model family. */
import { ConfigError } from '../../core/errors.ts';
import { choice, number, type OptionsOf } from '../../core/options.ts';
import type { LossDescription } from '../../nn/losses/index.ts';
import {
  box,
  countOf,
  type FlowBox,
  type FlowchartFacts,
  type ModelDescription,
  type ModelFlowchart,
  trainingInSteps,
} from '../description.ts';
import { modelDefinition, type ModelPlan } from '../model.ts';
import { recurrentShape, type RecurrentModelOptions } from '../recurrent/options.ts';
import { createScratchClassifier } from './classifier.ts';

const options = {
  hidden_size: recurrentShape.hidden_size,
  clip_value: number({
    above: 0,
    default: 0.001,
    doc: 'scratch: every component of the gradient is clipped to ± this',
  }),
  ask: choice(['last', 'every'], {
    default: 'last',
    doc: 'scratch: the time steps at which the class is predicted in training',
  }),
};

/** Complete options. */
export type ScratchModelOptions = OptionsOf<typeof options> & { readonly type: 'scratch' };

/** The network from scratch: one layer, forward, its last state classified; trained by plain SGD. */
export const scratchModel = modelDefinition({
  type: 'scratch',
  summary: 'the recurrent network from plain arrays, as unroll scratch trains it',
  types: ['scratch'],
  options,
  complete: (given): ScratchModelOptions => ({ ...given, type: 'scratch' }),
  saved: savedAsRecurrent,
  describe,
  parameters: ({ hidden_size: H }, { vocabularySize: D, classes: O }) =>
    (
      [
        ['W_xh', [H, D]],
        ['W_hh', [H, H]],
        ['b_h', [H]],
        ['W_hy', [O, H]],
        ['b_y', [O]],
      ] as const
    ).map(([name, shape]) => ({ name, shape, count: shape.reduce<number>((n, size) => n * size, 1) })),
  learns: 'in steps',
  open: async (model, plan) => {
    requirePlainSgd(plan);
    return createScratchClassifier(model, plan);
  },
});

/** Its files: an embedding as wide as the state, before a layer whose weight_ih is the identity. */
function savedAsRecurrent({ hidden_size }: ScratchModelOptions): RecurrentModelOptions {
  return {
    type: 'rnn',
    bidirectional: false,
    vectors: null,
    vectors_texts: null,
    vectors_freeze: false,
    vectors_lr: 1,
    vectors_others: 0,
    embedding_dim: hidden_size,
    embedding_std: 1,
    hidden_size,
    num_layers: 1,
    dropout: 0,
    embedding_dropout: 0,
    word_dropout: 0,
    ngram_buckets: 0,
    word_type_dropout: 0,
    weight_drop: 0,
    variational_dropout: false,
    nonlinearity: 'tanh',
    hidden_init: 'uniform',
    pooling: ['last'],
  };
}

function requirePlainSgd({ training }: ModelPlan): void {
  if (!training) return;
  const {
    optimizer,
    loss,
    classWeights,
    clipNorm,
    average,
    adversarial = 0,
    mixup = 0,
    rDrop = 0,
    softLabels = false,
  } = training;
  if (softLabels) {
    throw new ConfigError(
      '[model.type] must not be scratch for soft labels: the network from scratch learns from classes. Use model.type rnn, or name a column of classes with --label-col.',
      { key: 'model.type' },
    );
  }
  const inUse = Object.entries(optimizer).filter(
    ([key, value]) => key !== 'type' && value !== 0 && value !== false && value !== null,
  );
  const refused: readonly (readonly [key: string, must: string, wrong: boolean])[] = [
    ['optimizer', 'sgd', optimizer.type !== 'sgd'],
    [inUse[0]?.[0] ?? '', 'left out', inUse.length > 0],
    ['loss', 'cross_entropy', loss.type !== 'cross_entropy'],
    ['label_smoothing', '0', loss['label_smoothing'] !== undefined && loss['label_smoothing'] !== 0],
    ['logit_adjustment', '0', (loss['logit_adjustment'] ?? 0) !== 0],
    ['class_weights', 'none', classWeights !== undefined],
    ['clip_norm', 'null', clipNorm !== null],
    ['average', 'none', average === true],
    ['adversarial', '0', adversarial > 0],
    ['mixup', '0', mixup > 0],
    ['r_drop', '0', rDrop > 0],
  ];
  const found = refused.find(([, , wrong]) => wrong);
  if (!found) return;
  throw new ConfigError(
    `[train.${found[0]}] must be ${found[1]} for the network from scratch, but is not. ` +
      'It has plain SGD with model.clip_value and nothing else: correct it, or use model.type rnn.',
    { key: `train.${found[0]}` },
  );
}

function describe(model: ScratchModelOptions): ModelDescription {
  const { hidden_size: H } = model;
  return {
    title: 'RNN',
    sentence: `an RNN of plain arrays with 1 layer of ${H}`,
    settings: {
      'Sequence modelling': `RNN of plain arrays (tanh), 1 layer of ${H}`,
      Direction: 'forward',
      Pooling: 'last',
    },
    regularisation: [],
    equations: (loss) => equations(H, loss),
    flowchart: (facts) => flowchart(H, facts),
    training: (facts) =>
      trainingInSteps(facts, {
        title: 'RNN',
        unit: 'time step',
        backward: 'Backpropagation through time',
        more: { backward: [[`each clipped to ± ${model.clip_value}`]] },
      }),
  };
}

function equations(H: number, loss: LossDescription): ReturnType<ModelDescription['equations']> {
  return [
    {
      kind: 'paragraph',
      text: [
        'A token is a vector ',
        { math: 'x_t' },
        ' with a single 1, so that ',
        { math: 'W_{xh}' },
        ' holds a column for each; a state ',
        { math: 'h_t' },
        ` of ${H} numbers is kept, and from the last one come the probabilities `,
        { math: 'y' },
        ' of the classes:',
      ],
    },
    {
      kind: 'equations',
      lines: [
        'h_t = \\tanh(W_{xh} x_t + W_{hh} h_{t-1} + b_h)',
        `y = ${loss.probabilitiesOf('W_{hy} h_T + b_y')}`,
      ],
    },
  ];
}

function flowchart(
  H: number,
  { vocabularySize, classes, maxLength, parameters }: FlowchartFacts,
): ModelFlowchart {
  const count = (...names: readonly string[]) =>
    countOf(parameters.filter(({ name }) => names.includes(name)));
  const layer: FlowBox = {
    title: 'RNN layer',
    lines: [['h = tanh(W_xh x + W_hh h + b_h)'], [`W_hh ${H} × ${H}`], [count('W_hh', 'b_h'), ' parameters']],
    kind: 'layer',
  };
  const words = count('W_xh');
  return {
    stages: [
      box('data', 'Text', '[B, T]', ['tokens as ids, at most ', maxLength, ' of a document']),
      box('layer', 'Columns of W_xh', `[B, T, ${H}]`, [vocabularySize, ` × ${H}`], [words, ' parameters']),
      { boxes: [layer], after: `[B, T, ${H}]` },
      box('operation', 'Last state', `[B, ${H}]`, [`[B, ${H}]`]),
      box(
        'layer',
        'Linear',
        `[B, ${classes}]`,
        [`${H} to ${classes}`],
        [count('W_hy', 'b_y'), ' parameters'],
      ),
      box('data', 'Softmax', undefined, [`probabilities of ${classes} classes`]),
    ],
    legend: 'B: documents of a batch, T: tokens',
    words: { name: 'W_xh', count: words },
  };
}
