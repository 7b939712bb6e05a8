import { choice } from '../../core/options.ts';
import { addHiddenProduct, cellDefinition, hiddenGradient } from './cell.ts';

/**
 * Vanilla RNN (Elman, 1990), as `torch.nn.RNN`:
 *
 *     h = tanh(W_ih x + b_ih + W_hh h' + b_hh)      or max(·, 0) with `nonlinearity: relu`
 *
 * Shapes: x [D], h [H]; weight_ih [H × D], weight_hh [H × H], biases [H]. All start uniform in ±1/√H. With `hidden_init:
 * identity`, W_hh starts as the identity (Le, Jaitly and Hinton, 2015): for small inputs the state begins as their running
 * sum, and so the gradient reaches the first tokens of a text.
 */
export const rnn = cellDefinition({
  type: 'rnn',
  summary: 'vanilla recurrent network: one tanh or ReLU, with a short memory',
  method: {
    name: 'simple recurrent networks',
    works: {
      elman1990: 'J. L. Elman. Finding structure in time. Cognitive Science 14(2), 1990.',
    },
  },
  options: {
    nonlinearity: choice(['tanh', 'relu'], {
      default: 'tanh',
      doc: 'activation of the plain rnn; only for this type',
    }),
    hidden_init: choice(['uniform', 'identity'], {
      default: 'uniform',
      doc: 'how the hidden-to-hidden weights of the plain rnn start: uniform as in PyTorch, or identity, with which it remembers longer',
    }),
  },
  describe: ({ nonlinearity }) => ({
    title: 'RNN',
    article: 'an',
    memory: null,
    kind: nonlinearity,
    line: `h = ${nonlinearity}(W x + U h + b)`,
    equations: [
      nonlinearity === 'relu'
        ? 'h_t = \\max(0, W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})'
        : 'h_t = \\tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})',
    ],
  }),
  create: ({ nonlinearity, hidden_init }) => ({
    gates: 1,
    foldedGates: 1,
    ...(hidden_init === 'identity' && { hiddenInit: { kind: 'identity' } as const }),
    create(d) {
      const { H, columns } = d;
      const [forward, backward] =
        nonlinearity === 'tanh'
          ? (['rnnTanhForward', 'rnnTanhBackward'] as const)
          : (['rnnReluForward', 'rnnReluBackward'] as const);
      return {
        forward(engine, steps) {
          for (const step of steps) {
            const { row, prev, rows } = step;
            if (prev >= 0) addHiddenProduct(engine, d, step);
            engine.k[forward]({ g: d.g + row * columns, h: d.h + row * d.ldh, ldh: d.ldh, rows, H });
          }
        },
        backward(engine, steps) {
          for (const step of steps) {
            const { row, prev, b, rows } = step;
            const at = row * d.ldh;
            engine.k[backward]({
              g: d.g + row * columns,
              h: d.h + at,
              ldh: d.ldh,
              dhNext: d.dhNext + b * H,
              dOut: d.dOut + at,
              ldd: d.ldh,
              rows,
              H,
            });
            if (prev >= 0) hiddenGradient(engine, d, step);
          }
        },
      };
    },
  }),
});
