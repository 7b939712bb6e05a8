/** Checks that an engine may replace another in the middle of a training: every kernel must give the same bits. */
import { FIRST_WORD as BASE } from '../../core/arena.ts';
import { type Engine, gemmTNWorkspace } from '../contract.ts';

type Bound = Pick<Engine, 'f' | 'k'>;

/** Sizes of the sample: rows that leave a rest in every tile, and a row of two vectors of 16. */
const [ROWS, COLUMNS] = [7, 32];

/**
 * The results of the kernels that a training step of an LSTM, a GRU and an RNN consists of, on a few rows: engines whose
 * samples have the same bits may take each other's place.
 */
export function sampleOf(create: (words: number) => Bound): readonly number[] {
  const size = 4 * COLUMNS * COLUMNS;
  const at = (array: number) => BASE + array * size;
  const { f, k } = create(at(17) + gemmTNWorkspace(COLUMNS, COLUMNS));
  for (let j = BASE; j < at(8); j++) f[j] = ((j * 7919) % 1013) / 400 - 1.25;
  const [rows, H] = [ROWS, COLUMNS];
  const states = { dhNext: at(5), dOut: at(6), ldd: H, rows, H };
  k.packB(at(0), H, at(8), H, H);
  k.gemm({ a: at(1), lda: H, bp: at(8), c: at(2), ldc: H, init: at(3), ldi: 0, M: rows, K: H, N: H });
  k.packBt(at(0), H, at(8), H, H);
  k.gemm({ a: at(2), lda: H, bp: at(8), c: at(1), ldc: H, init: at(3), ldi: H, M: rows, K: H, N: H });
  k.gemmTN([{ a: at(2), lda: H, index: 0, M: H, c: at(9), ldc: H }], at(1), H, rows, H, at(17));
  k.lstmForward({ g: at(0), cPrev: at(4), ldcPrev: 0, c: at(10), tc: at(11), h: at(7), ldh: H, rows, H });
  k.lstmBackward({ ...states, g: at(0), cPrev: at(4), ldcPrev: 0, tc: at(11), dc: at(10) });
  k.gruForward({ g: at(1), un: at(2), hPrev: at(7), ldhPrev: H, h: at(4), ldh: H, rows, H });
  k.gruBackward({ ...states, g: at(1), un: at(2), hPrev: at(7), ldhPrev: H });
  k.rnnTanhForward({ g: at(5), h: at(7), ldh: H, rows, H });
  k.rnnTanhBackward({ ...states, g: at(5), h: at(7), ldh: H });
  const steps = [
    { b: 0, row: 0, prev: -1, rows },
    { b: 0, row: rows, prev: 0, rows: rows - 2 },
  ];
  f.copyWithin(at(12), at(0), at(1));
  const whole = { steps, g: at(12), c: at(13), tc: at(14), zeros: at(14) + 2 * H * H, H };
  k.packB(at(2), 4 * H, at(8), H, 4 * H);
  k.lstmForwardSteps({ ...whole, h: at(15), ldh: H, whh: at(8) });
  k.packBt(at(2), 4 * H, at(8), 4 * H, H);
  const gradients = { dhNext: at(13) + (H * H) / 2, dOut: at(6), ldd: H, dc: at(16), whhT: at(8) };
  k.lstmBackwardSteps({ ...whole, ...gradients, steps: steps.toReversed() });
  const rates = { clip: 0.7, l2: 0.01, decay: 0.999, oneMinusBeta1: 0.1, beta2: 0.999, oneMinusBeta2: 0.001 };
  const v = at(11) + 2 * rows * H; // zeros
  k.adam({ ...rates, p: at(3), g: at(0), m: at(6), v, n: rows * H, step: 0.01, root: 1.2, eps: 1e-8 });
  f[at(11)] = k.sumSquares(at(3), rows * H);
  // packed matrices, whose layout is the engine's own, do not count
  const results = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16].map((array) => [
    ...f.subarray(at(array), at(array) + H * H),
  ]);
  return results.flat();
}
