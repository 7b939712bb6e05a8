/** The warm-up of the network from scratch: toy task, gradient check, gradient through time. */
import { maxOf, minOf } from '../core/lists.ts';
import { formatCount, formatNumber } from '../figures/chart/format.ts';
import type { ScratchFile } from '../run/index.ts';
import { type Block, type Section, sentences } from './content.ts';
import type { PlacedFigure } from './figure-blocks.ts';

const written = { Wxh: 'W_xh', Whh: 'W_hh', bh: 'b_h', Why: 'W_hy', by: 'b_y' } as const;
const losses = { mse: 'MSE', cross_entropy: 'cross-entropy' } as const;

/** The network, as `src/scratch/rnn.ts` has it. */
export const forwardEquations = [
  'h_t = \\tanh(W_{xh} x_t + W_{hh} h_{t-1} + b_h)',
  'o_t = W_{hy} h_t + b_y',
  'y_t = \\mathrm{softmax}(o_t)',
] as const;

/** Its backward pass, as `docs/derivations/rnn.md` derives it; a_t is the argument of tanh. */
export const backwardEquations = [
  '\\frac{\\partial L}{\\partial h_t} = W_{hy}^\\top \\frac{\\partial L}{\\partial o_t} + W_{hh}^\\top \\frac{\\partial L}{\\partial a_{t+1}}',
  '\\frac{\\partial L}{\\partial a_t} = \\frac{\\partial L}{\\partial h_t} \\odot (1 - h_t^2)',
  '\\frac{\\partial L}{\\partial W_{hy}} = \\sum_t \\frac{\\partial L}{\\partial o_t} h_t^\\top',
  '\\frac{\\partial L}{\\partial b_y} = \\sum_t \\frac{\\partial L}{\\partial o_t}',
  '\\frac{\\partial L}{\\partial W_{hh}} = \\sum_t \\frac{\\partial L}{\\partial a_t} h_{t-1}^\\top',
  '\\frac{\\partial L}{\\partial W_{xh}} = \\sum_t \\frac{\\partial L}{\\partial a_t} x_t^\\top',
  '\\frac{\\partial L}{\\partial b_h} = \\sum_t \\frac{\\partial L}{\\partial a_t}',
] as const;

/** The section. @param figure The figure of that name, bound to the run. */
export function scratchSection(found: ScratchFile, figure: PlacedFigure): Section {
  return {
    id: 'from-scratch',
    title: 'The network from scratch, before it reads texts',
    blocks: [
      ...sentences([
        'This network is nothing but plain arrays of 64-bit numbers, with backpropagation through time and SGD written out; every element of the gradient is clipped.',
      ]),
      { kind: 'equations', lines: forwardEquations },
      {
        kind: 'paragraph',
        text: [
          'Backpropagation through time (BPTT) runs these lines from the last time step to the first. A state affects the loss ',
          { math: 'L' },
          ' through its own output and through the next state, whose term is missing at the last step; ',
          { math: 'a_t' },
          ' is what the tanh is taken of. Every step uses the same weights, so their gradients are sums over the steps:',
        ],
      },
      { kind: 'equations', lines: backwardEquations },
      {
        kind: 'paragraph',
        text: [
          'A step of SGD is ',
          { math: '\\theta - \\eta g' },
          ' in place of ',
          { math: '\\theta' },
          ', where every component of the gradient ',
          { math: 'g' },
          ' is clipped.',
        ],
      },
      ...sentences([`It first learns a toy task by mean squared error (MSE): ${found.task.summary}.`]),
      ...figure('toy-loss'),
      ...figure('toy-predictions'),
      ...gradientBlocks(found.gradient_check),
      ...figure('gradient-flow'),
      ...flowSentences(found),
      ...sentences(settingsSentences(found)),
    ],
  };
}

function gradientBlocks(checks: ScratchFile['gradient_check']): Block[] {
  const weights = checks.flatMap((check) => check.weights);
  const total = weights.reduce((sum, { count }) => sum + count, 0);
  const largest = weights.reduce((most, { largestError }) => Math.max(most, largestError), 0);
  return [
    ...sentences([
      `Each of the ${formatCount(total)} weights of two small networks was checked: the gradient by backpropagation through time against the slope of the loss by differences. The largest relative error is ${scientific(largest)}.`,
    ]),
    {
      kind: 'table',
      caption: 'The gradient check: for each array, the weight with the largest relative error.',
      head: ['Loss and array', 'Shape', 'Weights', 'Backpropagation', 'Differences', 'Relative error'],
      rows: checks.flatMap(({ loss, weights: arrays }) =>
        arrays.map((one) => [
          `${losses[loss]}, ${written[one.name]}`,
          one.shape.join(' × '),
          formatCount(one.count),
          one.analytic.toPrecision(6),
          one.numeric.toPrecision(6),
          scientific(one.largestError),
        ]),
      ),
    },
  ];
}

/** How much of the gradient reaches the first step, for the shortest and the longest sequences. */
function flowSentences({ gradient_flow: { curves, sequences } }: ScratchFile): Block[] {
  const lengths = curves.map(({ length }) => length);
  const [short, long] = [minOf(lengths), maxOf(lengths)];
  const names = [...new Set(curves.map(({ summary }) => summary))];
  const arrives = (summary: string, length: number) =>
    curves.find((curve) => curve.summary === summary && curve.length === length)?.arrives;
  const said = names.flatMap((summary) => {
    const [a, b] = [arrives(summary, short), arrives(summary, long)];
    return a === undefined || b === undefined
      ? []
      : [
          `${summary}: ${scientific(a)} of it in sequences of ${short} time steps, ${scientific(b)} in those of ${long}`,
        ];
  });
  if (said.length === 0) return [];
  return [
    ...sentences([
      `How much of the gradient at the last time step reaches the first one (mean of ${formatCount(sequences)} random sequences, before any learning):`,
    ]),
    { kind: 'list', items: said.map((text) => `${text}.`) },
  ];
}

/** Facts of its training on texts that the tables of the run have no row for. */
function settingsSentences({ settings: { clip, ask } }: ScratchFile): string[] {
  return [
    'Then it learns to classify texts; a token is a one-hot vector, so W_xh has a column for each token.',
    `Every element of a gradient is clipped to ±${formatNumber(clip)}, and while it learns, the class is predicted after ${ask === 'last' ? 'the last token' : 'every token'} of a text.`,
    'In the saved model, W_xh is an embedding before an identity matrix, and b_h has a second bias of zeros; these are not trained and not counted here.',
  ];
}

/** `2.1e-53`; plain where that is short. */
function scientific(value: number): string {
  return value >= 0.001 && value < 1000 ? formatNumber(value, 2) : value.toExponential(1);
}
