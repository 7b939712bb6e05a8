/**
 * The kernels of the library as those of the contract: each call writes its arguments into the buffer that the C side
 * reads, in the order that stands above each kernel in `native/`.
 */
import type { DocumentRows, Kernels, OuterPart, RecurrentStep } from '../contract.ts';
import type { NativeKernel, NativeLibrary } from './library.ts';

/** Parts of one call of `gemmTN`: the buffer has room for more, and layers have fewer. */
const MOST_PARTS = 8;

/** The kernels in the library, to replace those of another engine. */
export function nativeKernels({ x, ...n }: ReturnType<NativeLibrary['bind']>) {
  const call = (kernel: NativeKernel, ...values: readonly number[]): void => {
    for (let j = 0; j < values.length; j++) x[j] = values[j];
    kernel();
  };
  return {
    ...productKernels(n, call),
    ...cellKernels(n, call),
    ...stepKernels(n, x),
    ...rowKernels(n, call),
    ...optimKernels(n, call, x),
  } satisfies Partial<Kernels>;
}

type Natives = Readonly<Record<string, NativeKernel>>;
type Call = (kernel: NativeKernel, ...values: readonly number[]) => void;

function productKernels(n: Natives, call: Call) {
  return {
    packB: (b, ldb, bp, K, N) => call(n.packB, b, ldb, bp, K, N),
    packBt: (w, ldw, bp, K, N) => call(n.packBt, w, ldw, bp, K, N),
    gemm: ({ a, lda, bp, c, ldc, init, ldi, M, K, N }) =>
      call(n.gemm, a, lda, bp, c, ldc, init, ldi, M, K, N),
    gemmTN(parts, b, ldb, K, N, workspace) {
      for (let p = 0; p < parts.length; p += MOST_PARTS) {
        const some = parts.slice(p, p + MOST_PARTS);
        call(n.gemmTN, b, ldb, K, N, workspace, some.length, ...some.flatMap(partFields));
      }
    },
  } satisfies Partial<Kernels>;
}

function partFields({ a, lda, index, M, c, ldc }: OuterPart): number[] {
  return [a, lda, index, M, c, ldc];
}

function cellKernels(n: Natives, call: Call) {
  return {
    lstmForward: ({ g, cPrev, ldcPrev, c, tc, h, ldh, rows, H }) =>
      call(n.lstmForward, g, cPrev, ldcPrev, c, tc, h, ldh, rows, H),
    lstmBackward: ({ g, cPrev, ldcPrev, tc, dhNext, dOut, ldd, dc, rows, H }) =>
      call(n.lstmBackward, g, cPrev, ldcPrev, tc, dhNext, dOut, ldd, dc, rows, H),
    gruForward: ({ g, un, hPrev, ldhPrev, h, ldh, rows, H }) =>
      call(n.gruForward, g, un, hPrev, ldhPrev, h, ldh, rows, H),
    gruBackward: ({ g, un, hPrev, ldhPrev, dhNext, dOut, ldd, rows, H }) =>
      call(n.gruBackward, g, un, hPrev, ldhPrev, dhNext, dOut, ldd, rows, H),
    rnnTanhForward: ({ g, h, ldh, rows, H }) => call(n.rnnTanhForward, g, h, ldh, rows, H),
    rnnTanhBackward: ({ g, h, ldh, dhNext, dOut, ldd, rows, H }) =>
      call(n.rnnTanhBackward, g, h, ldh, dhNext, dOut, ldd, rows, H),
    rnnReluForward: ({ g, h, ldh, rows, H }) => call(n.rnnReluForward, g, h, ldh, rows, H),
    rnnReluBackward: ({ g, h, ldh, dhNext, dOut, ldd, rows, H }) =>
      call(n.rnnReluBackward, g, h, ldh, dhNext, dOut, ldd, rows, H),
  } satisfies Partial<Kernels>;
}

/** Whole runs of time steps, as many in one call as the buffer has room for. */
function stepKernels(n: Natives, x: Float64Array) {
  const call = (kernel: NativeKernel, values: readonly number[], steps: readonly RecurrentStep[]): void => {
    const head = values.length + 1;
    const most = Math.floor((x.length - head) / 4);
    for (let from = 0; from < steps.length; from += most) {
      const count = Math.min(most, steps.length - from);
      x.set(values);
      x[head - 1] = count;
      for (let s = 0; s < count; s++) {
        const { row, prev, rows, b } = steps[from + s];
        const at = head + 4 * s;
        x[at] = row;
        x[at + 1] = prev;
        x[at + 2] = rows;
        x[at + 3] = b;
      }
      kernel();
    }
  };
  return {
    lstmForwardSteps: ({ steps, g, c, tc, h, ldh, whh, zeros, H }) =>
      call(n.lstmForwardSteps, [g, c, tc, h, ldh, whh, zeros, H], steps),
    lstmBackwardSteps: ({ steps, g, c, tc, dhNext, dOut, ldd, dc, whhT, zeros, H }) =>
      call(n.lstmBackwardSteps, [g, c, tc, dhNext, dOut, ldd, dc, whhT, zeros, H], steps),
  } satisfies Partial<Kernels>;
}

function rowKernels(n: Natives, call: Call) {
  return {
    add: (to, from, count) => call(n.add, to, from, count),
    scale: (to, from, alpha, count) => call(n.scale, to, from, alpha, count),
    addScaled: (to, from, alpha, count) => call(n.addScaled, to, from, alpha, count),
    maxRow: (max, winner, from, row, count) => call(n.maxRow, max, winner, from, row, count),
    addDocument: (to, from, rows) => call(n.addDocument, to, from, ...rowFields(rows)),
    maxDocument: (max, winner, from, rows) => call(n.maxDocument, max, winner, from, ...rowFields(rows)),
    addScaledToDocument: (to, from, alpha, rows) =>
      call(n.addScaledToDocument, to, from, alpha, ...rowFields(rows)),
    scatterColumns: (to, ld, winner, from, count) => call(n.scatterColumns, to, ld, winner, from, count),
    gatherRows: (to, ldt, table, ld, ids, rows, count) =>
      call(n.gatherRows, to, ldt, table, ld, ids, rows, count),
    scatterAddRows: ({ table, ld, ids, skip, from, ldf, rows, n: count }) =>
      call(n.scatterAddRows, table, ld, ids, skip, from, ldf, rows, count),
    sumRows: (to, from, ld, rows, count) => call(n.sumRows, to, from, ld, rows, count),
    dropout: ({ to, from, ld, key, first, threshold, keep, rows, n: count }) =>
      call(n.dropout, to, from, ld, key, first, threshold, keep, rows, count),
  } satisfies Partial<Kernels>;
}

function rowFields({ starts, b, first, steps, n, ld }: DocumentRows): number[] {
  return [starts, b, first, steps, n, ld];
}

function optimKernels(n: Natives, call: Call, x: Float64Array) {
  return {
    adam: ({ p, g, m, v, n: count, clip, l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, step, root, eps }) =>
      call(n.adam, p, g, m, v, count, clip, l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, step, root, eps),
    sgd: ({ p, g, u, n: count, clip, l2, momentum, damp, direct, follow, lr }) =>
      call(n.sgd, p, g, u, count, clip, l2, momentum, damp, direct, follow, lr),
    sumSquares(g, count) {
      call(n.sumSquares, g, count);
      return x[0];
    },
  } satisfies Partial<Kernels>;
}
