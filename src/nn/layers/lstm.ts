import { cellDefinition } from './cell.ts';

/**
 * LSTM (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers et al., 2000), as `torch.nn.LSTM`:
 *
 *     i = σ(W_ii x + b_ii + W_hi h' + b_hi)     f = σ(W_if x + b_if + W_hf h' + b_hf)
 *     g = tanh(W_ig x + b_ig + W_hg h' + b_hg)  o = σ(W_io x + b_io + W_ho h' + b_ho)
 *     c = f ⊙ c' + i ⊙ g                        h = o ⊙ tanh(c)
 *
 * Shapes: x [D], h, c [H]; weight_ih [4H × D], weight_hh [4H × H], biases [4H], gate order i, f, g, o.
 * All start uniform in ±1/√H.
 */
export const lstm = cellDefinition({
  type: 'lstm',
  summary: 'long short-term memory: gated cell state, the default',
  method: {
    name: 'long short-term memory',
    works: {
      hochreiter1997:
        'S. Hochreiter and J. Schmidhuber. Long short-term memory. Neural Computation 9(8), 1997.',
      gers2000:
        'F. A. Gers, J. Schmidhuber and F. Cummins. Learning to forget: continual prediction with LSTM. Neural Computation 12(10), 2000.',
    },
  },
  options: {},
  describe: () => ({
    title: 'LSTM',
    article: 'an',
    memory: 'c_t',
    line: 'gates i, f, g, o',
    equations: [
      'i_t = \\sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1} + b_{hi})',
      'f_t = \\sigma(W_{if} x_t + b_{if} + W_{hf} h_{t-1} + b_{hf})',
      'g_t = \\tanh(W_{ig} x_t + b_{ig} + W_{hg} h_{t-1} + b_{hg})',
      'o_t = \\sigma(W_{io} x_t + b_{io} + W_{ho} h_{t-1} + b_{ho})',
      'c_t = f_t \\odot c_{t-1} + i_t \\odot g_t',
      'h_t = o_t \\odot \\tanh(c_t)',
    ],
  }),
  create: () => ({
    gates: 4,
    foldedGates: 4,
    create(d, { arena, capacity, name, training }) {
      const { H, g, h, ldh, dhNext, dOut, whh, whhT, zeros } = d;
      const c = arena.alloc(`${name}.c`, capacity.tokens * H); //   cell state [tokens × H]
      const tc = arena.alloc(`${name}.tc`, capacity.tokens * H); // tanh(c) [tokens × H]
      const dc = training ? arena.alloc(`${name}.dc`, capacity.rows * H) : -1; // gradient of c [rows × H]
      return {
        forward({ k }, steps) {
          k.lstmForwardSteps({ steps, g, c, tc, h, ldh, whh, zeros, H });
        },
        backward({ k }, steps) {
          k.lstmBackwardSteps({ steps, g, c, tc, dhNext, dOut, ldd: ldh, dc, whhT, zeros, H });
        },
        resetBackward({ f }, from, to) {
          f.fill(0, dc + from * H, dc + to * H);
        },
      };
    },
  }),
});
