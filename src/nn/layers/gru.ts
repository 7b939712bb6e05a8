import { cellDefinition } from './cell.ts';

/**
 * GRU (Cho et al., 2014) in the variant of `torch.nn.GRU`, whose reset gate acts after the hidden product:
 *
 *     r = σ(W_ir x + b_ir + W_hr h' + b_hr)     z = σ(W_iz x + b_iz + W_hz h' + b_hz)
 *     n = tanh(W_in x + b_in + r ⊙ U_n)         U_n = W_hn h' + b_hn
 *     h = (1 - z) ⊙ n + z ⊙ h'
 *
 * Shapes: x [D], h [H]; weight_ih [3H × D], weight_hh [3H × H], biases [3H], gate order r, z, n.
 * All start uniform in ±1/√H.
 */
export const gru = cellDefinition({
  type: 'gru',
  summary: 'gated recurrent unit: three quarters of the parameters of an LSTM',
  method: {
    name: 'gated recurrent units',
    works: {
      cho2014:
        'K. Cho, B. van Merriënboer, Ç. Gülçehre, D. Bahdanau, F. Bougares, H. Schwenk and Y. Bengio. Learning phrase representations using RNN encoder-decoder for statistical machine translation. EMNLP, 2014.',
    },
  },
  options: {},
  describe: () => ({
    title: 'GRU',
    article: 'a',
    memory: null,
    line: 'gates r, z, n',
    equations: [
      'r_t = \\sigma(W_{ir} x_t + b_{ir} + W_{hr} h_{t-1} + b_{hr})',
      'z_t = \\sigma(W_{iz} x_t + b_{iz} + W_{hz} h_{t-1} + b_{hz})',
      'n_t = \\tanh(W_{in} x_t + b_{in} + r_t \\odot (W_{hn} h_{t-1} + b_{hn}))',
      'h_t = (1 - z_t) \\odot n_t + z_t \\odot h_{t-1}',
    ],
  }),
  create: () => ({
    gates: 3,
    foldedGates: 2,
    create(d) {
      const { H, columns } = d;
      const two = 2 * H; // columns of the gates r and z
      // W_hh is packed in two halves, columns r, z and columns n, as their products go to G and to U
      const whhN = d.whh + two * H;
      const whhTN = d.whhT + two * H;
      /** Where h' stands: zeros before the first token. */
      const stateBefore = (prev: number) =>
        prev >= 0 ? { hPrev: d.h + prev * d.ldh, ldhPrev: d.ldh } : { hPrev: d.zeros, ldhPrev: 0 };
      return {
        forward({ k }, steps) {
          for (const { row, prev, rows } of steps) {
            const g = d.g + row * columns;
            const u = d.u + row * H; // U_n, then dU_n
            const { hPrev: a, ldhPrev: lda } = stateBefore(prev);
            // G_r, G_z += h'·[W_hr W_hz]
            if (prev >= 0)
              k.gemm({ a, lda, bp: d.whh, c: g, ldc: columns, init: g, ldi: columns, M: rows, K: H, N: two });
            // U_n = h'·W_hn + b_hn
            const bias = d.biasHh.at + two;
            k.gemm({ a, lda, bp: whhN, c: u, ldc: H, init: bias, ldi: 0, M: rows, K: H, N: H });
            k.gruForward({ g, un: u, hPrev: a, ldhPrev: lda, h: d.h + row * d.ldh, ldh: d.ldh, rows, H });
          }
        },
        backward({ k }, steps) {
          for (const { row, prev, b, rows } of steps) {
            const g = d.g + row * columns;
            const u = d.u + row * H; // U_n, then dU_n
            const dh = d.dhNext + b * H;
            const above = { dhNext: dh, dOut: d.dOut + row * d.ldh, ldd: d.ldh };
            k.gruBackward({ g, un: u, ...stateBefore(prev), ...above, rows, H }); // dh' = dh ⊙ z
            if (prev < 0) continue;
            // dh' += [dG_r dG_z]·[W_hr W_hz]ᵀ + dU_n·W_hnᵀ
            const into = { c: dh, ldc: H, init: dh, ldi: H, M: rows, N: H };
            k.gemm({ ...into, a: g, lda: columns, bp: d.whhT, K: two });
            k.gemm({ ...into, a: u, lda: H, bp: whhTN, K: H });
          }
        },
      };
    },
  }),
});
