/** Several time steps of an LSTM from the kernels of one: the specification, and what engines use that have nothing faster. */
import type { Kernels } from './contract.ts';

/** The kernels of several steps. */
export function lstmSteps({
  gemm,
  lstmForward,
  lstmBackward,
}: Pick<Kernels, 'gemm' | 'lstmForward' | 'lstmBackward'>): Pick<
  Kernels,
  'lstmForwardSteps' | 'lstmBackwardSteps'
> {
  return {
    lstmForwardSteps({ steps, g: gates, c, tc, h, ldh, whh, zeros, H }) {
      const columns = 4 * H;
      for (const { row, prev, rows } of steps) {
        const g = gates + row * columns;
        const begins = prev < 0;
        if (!begins) {
          const sums = { c: g, ldc: columns, init: g, ldi: columns };
          gemm({ a: h + prev * ldh, lda: ldh, bp: whh, ...sums, M: rows, K: H, N: columns });
        }
        lstmForward({
          g,
          cPrev: begins ? zeros : c + prev * H,
          ldcPrev: begins ? 0 : H,
          c: c + row * H,
          tc: tc + row * H,
          h: h + row * ldh,
          ldh,
          rows,
          H,
        });
      }
    },
    lstmBackwardSteps({ steps, g: gates, c, tc, dhNext, dOut, ldd, dc, whhT, zeros, H }) {
      const columns = 4 * H;
      for (const { row, prev, b, rows } of steps) {
        const g = gates + row * columns;
        const dh = dhNext + b * H;
        const begins = prev < 0;
        lstmBackward({
          g,
          cPrev: begins ? zeros : c + prev * H,
          ldcPrev: begins ? 0 : H,
          tc: tc + row * H,
          dhNext: dh,
          dOut: dOut + row * ldd,
          ldd,
          dc: dc + b * H,
          rows,
          H,
        });
        if (begins) continue;
        gemm({ a: g, lda: columns, bp: whhT, c: dh, ldc: H, init: zeros, ldi: 0, M: rows, K: columns, N: H });
      }
    },
  };
}
