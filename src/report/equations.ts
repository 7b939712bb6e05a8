/** The equations of a network, in the symbols of the layers' own comments. */
import type { Config } from '../config/schema.ts';
import { append } from '../core/lists.ts';
import type { ModelFacts } from '../figures/sources.ts';
import { poolingOptions, poolings } from '../nn/pooling/index.ts';
import type { Block } from './content.ts';

const CELLS: Readonly<Record<string, (activation: string) => readonly string[]>> = {
  rnn: (activation) => [
    activation === 'relu'
      ? 'h_t = \\max(0, W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})'
      : 'h_t = \\tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})',
  ],
  lstm: () => [
    'i_t = \\sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1} + b_{hi})',
    'f_t = \\sigma(W_{if} x_t + b_{if} + W_{hf} h_{t-1} + b_{hf})',
    'g_t = \\tanh(W_{ig} x_t + b_{ig} + W_{hg} h_{t-1} + b_{hg})',
    'o_t = \\sigma(W_{io} x_t + b_{io} + W_{ho} h_{t-1} + b_{ho})',
    'c_t = f_t \\odot c_{t-1} + i_t \\odot g_t',
    'h_t = o_t \\odot \\tanh(c_t)',
  ],
  gru: () => [
    'r_t = \\sigma(W_{ir} x_t + b_{ir} + W_{hr} h_{t-1} + b_{hr})',
    'z_t = \\sigma(W_{iz} x_t + b_{iz} + W_{hz} h_{t-1} + b_{hz})',
    'n_t = \\tanh(W_{in} x_t + b_{in} + r_t \\odot (W_{hn} h_{t-1} + b_{hn}))',
    'h_t = (1 - z_t) \\odot n_t + z_t \\odot h_{t-1}',
  ],
};

/** Equations of the cell, of the pooling and of the classifier, each with a sentence on its symbols. */
export function equationBlocks(config: Config, { from_scratch = false }: Partial<ModelFacts> = {}): Block[] {
  const { model, train } = config;
  if (from_scratch)
    return [...plainArrays(config), ...(train.loss === 'cross_entropy' ? lossBlocks(train) : [])];
  const cell = CELLS[model.type]?.(model.nonlinearity);
  const pools = model.pooling.map((given) => poolings.describe(poolingOptions(given)));
  const blocks: Block[] = [];
  if (cell) {
    blocks.push(
      {
        kind: 'paragraph',
        text: [
          model.num_layers === 1 ? 'The layer reads the embeddings ' : 'Each layer reads the vectors ',
          { math: 'x_t' },
          model.num_layers === 1
            ? ' of the tokens one after another and keeps a state '
            : ' of the tokens one after another (the first layer their embeddings, the next ones the states of the layer below) and keeps a state ',
          { math: 'h_t' },
          ` of ${model.hidden_size} numbers`,
          ...(model.type === 'lstm' ? [' beside a cell ', { math: 'c_t' }] : []),
          model.bidirectional
            ? '; a second set of weights reads from the end, and the two states stand side by side:'
            : ':',
        ],
      },
      { kind: 'equations', lines: cell.map((line) => line) },
    );
  }
  const symbols = pools.map(({ symbol }) => symbol).join(', ');
  blocks.push(
    {
      kind: 'paragraph',
      text: [
        'The states of the last layer over the ',
        { math: 'T' },
        ' tokens of a document become one vector, from which the last layer computes the probabilities ',
        { math: 'y' },
        ' of the classes:',
      ],
    },
    {
      kind: 'equations',
      lines: [
        ...pools.flatMap(({ equations }) => equations(model)),
        `y = \\mathrm{softmax}(W_y ${pools.length === 1 ? symbols : `[${symbols}]`} + b_y)`,
      ],
    },
  );
  if (train.loss === 'cross_entropy') append(blocks, lossBlocks(train));
  return blocks;
}

/** The network from scratch. */
function plainArrays({ model }: Config): Block[] {
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
        ` of ${model.hidden_size} numbers is kept, and from the last one come the probabilities `,
        { math: 'y' },
        ' of the classes:',
      ],
    },
    {
      kind: 'equations',
      lines: ['h_t = \\tanh(W_{xh} x_t + W_{hh} h_{t-1} + b_h)', 'y = \\mathrm{softmax}(W_{hy} h_T + b_y)'],
    },
  ];
}

function lossBlocks(train: Config['train']): Block[] {
  const smoothing = (train as unknown as Readonly<Record<string, unknown>>)['label_smoothing'];
  if (typeof smoothing !== 'number' || smoothing === 0) {
    return [
      {
        kind: 'paragraph',
        text: ['Training lowers the cross-entropy of the true class ', { math: 'k' }, ':'],
      },
      { kind: 'equations', lines: ['\\ell = -\\log y_k'] },
    ];
  }
  return [
    {
      kind: 'paragraph',
      text: [
        'Training lowers the cross-entropy of the true class ',
        { math: 'k' },
        ' among ',
        { math: 'C' },
        ', with label smoothing ',
        { math: `\\alpha = ${smoothing}` },
        ':',
      ],
    },
    {
      kind: 'equations',
      lines: ['\\ell = -(1 - \\alpha) \\log y_k - \\frac{\\alpha}{C} \\sum_{c=1}^{C} \\log y_c'],
    },
  ];
}
