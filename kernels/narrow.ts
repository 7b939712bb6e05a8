/**
 * The export list of the **narrow** module: product kernels 8 columns wide (plain 128-bit vectors).
 * Everything but the tile width is the same in both modules.
 */
import {
  One, Two, Three, Four, Five, Six, Eight, Twelve, Sixteen, TwentyFour, ThirtyTwo, FortyEight, SixtyFour, nn, tn,
} from './gemm';
import { packRows, packColumns, packTiles } from './pack';

export function nn1(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<One, Eight, One>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn2(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Two, Eight, One>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn3(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Three, Eight, One>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn4(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Four, Eight, One>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn5(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Five, Eight, One>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, One>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6x64(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, Four>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6x128(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, Eight>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6x192(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, Twelve>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6x256(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, Sixteen>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6x384(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, TwentyFour>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6x512(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, ThirtyTwo>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6x768(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, FortyEight>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function nn6x1024(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void { nn<Six, Eight, SixtyFour>(a, lda, bp, c, ldc, init, ldi, M, K, N); }
export function tn4(ap: usize, bp: usize, c: usize, ldc: usize, M: i32, K: i32, N: i32): void { tn<Four, Eight>(ap, bp, c, ldc, M, K, N); }
export function tn6(ap: usize, bp: usize, c: usize, ldc: usize, M: i32, K: i32, N: i32): void { tn<Six, Eight>(ap, bp, c, ldc, M, K, N); }
export function packB(b: usize, ldb: usize, bp: usize, K: i32, N: i32): void { packRows<Eight>(b, ldb, bp, K, N); }
export function packBt(w: usize, ldw: usize, bp: usize, K: i32, N: i32): void { packColumns<Eight>(w, ldw, bp, K, N); }
export function packA4(a: usize, lda: usize, index: usize, ap: usize, K: i32, M: i32): void { packTiles<Four>(a, lda, index, ap, K, M); }
export function packA6(a: usize, lda: usize, index: usize, ap: usize, K: i32, M: i32): void { packTiles<Six>(a, lda, index, ap, K, M); }

export { lstmForward, lstmBackward } from './lstm';
export { gruForward, gruBackward } from './gru';
export { rnnTanhForward, rnnTanhBackward, rnnReluForward, rnnReluBackward } from './rnn';
export { add, scale, addScaled, maxRow, scatterColumns, gatherRows, scatterAddRows, sumRows } from './rows';
export { dropout } from './dropout';
export { adam, sgd, sumSquares } from './optim';
