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
      // the packed halves of W_hh: columns r, z and columns n; transposed, they are separate products
      const whhN = d.whh + two * H;
      const whhTN = d.whhT + two * H;
      return {
        forward({ k }, steps) {
          for (const { row, prev, rows } of steps) {
            const g = d.g + row * columns;
            const u = d.u + row * H; // U_n, then dU_n
            const bias = d.biasHh.at + two;
            const hPrev = prev >= 0 ? d.h + prev * d.ldh : d.zeros;
            const ldhPrev = prev >= 0 ? d.ldh : 0;
            if (prev >= 0)
              k.gemm({
                a: hPrev,
                lda: ldhPrev,
                bp: d.whh,
                c: g,
                ldc: columns,
                init: g,
                ldi: columns,
                M: rows,
                K: H,
                N: two,
              });
            k.gemm({
              a: hPrev,
              lda: ldhPrev,
              bp: whhN,
              c: u,
              ldc: H,
              init: bias,
              ldi: 0,
              M: rows,
              K: H,
              N: H,
            });
            k.gruForward({ g, un: u, hPrev, ldhPrev, h: d.h + row * d.ldh, ldh: d.ldh, rows, H });
          }
        },
        backward({ k }, steps) {
          for (const { row, prev, b, rows } of steps) {
            const g = d.g + row * columns;
            const u = d.u + row * H; // U_n, then dU_n
            const dh = d.dhNext + b * H;
            const hPrev = prev >= 0 ? d.h + prev * d.ldh : d.zeros;
            k.gruBackward({
              g,
              un: u,
              hPrev,
              ldhPrev: prev >= 0 ? d.ldh : 0,
              dhNext: dh,
              dOut: d.dOut + row * d.ldh,
              ldd: d.ldh,
              rows,
              H,
            });
            if (prev < 0) continue;
            k.gemm({
              a: g,
              lda: columns,
              bp: d.whhT,
              c: dh,
              ldc: H,
              init: dh,
              ldi: H,
              M: rows,
              K: two,
              N: H,
            }); // dh' = dh ⊙ z + [dG_r dG_z]·W_rzᵀ
            k.gemm({ a: u, lda: H, bp: whhTN, c: dh, ldc: H, init: dh, ldi: H, M: rows, K: H, N: H }); //             + dU_n·W_nᵀ
          }
        },
      };
    },
  }),
});
