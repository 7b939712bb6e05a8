/**
 * The kernel contract: everything a layer may ask of an engine. `reference/` states each kernel in plain loops and is
 * its specification; `wasm/` is the fast version and must agree with it.
 *
 * All arrays are **word offsets** into one memory (`f` for floats, `i` for int32); matrices are row-major with a
 * leading dimension (`ld…`, words from one row to the next). Row lengths are multiples of 16 (`padded()`): the
 * columns beyond the real width hold zeros in parameters and so stay zero in activations and gradients. M, K and
 * `rows` are free.
 *
 * Kernels never allocate, and each element they write depends on its inputs in one fixed order of operations, so that
 * any way of sharing the work among threads gives the same bits.
 */

/** One left-hand side of `gemmTN`: C[M×N] += A[index]ᵀ·B. */
export interface OuterPart {
  /** A, [rows × M]. */
  readonly a: number;
  /** Words from one row of A to the next. */
  readonly lda: number;
  /** int32 [K]: row of A to take for row k of B; negative = zeros. 0 = rows in order. */
  readonly index: number;
  /** Columns of A, rows of C. */
  readonly M: number;
  /** C, [M × N]: the part is added to it. */
  readonly c: number;
  /** Words from one row of C to the next. */
  readonly ldc: number;
}

/** The kernels of an engine. */
export interface Kernels {
  /** Packs B[K×N] for `gemm` into `bp` [K·N words]. Columns n0… of the packed matrix start at bp + n0·K (n0 a multiple of 16). */
  packB(b: number, ldb: number, bp: number, K: number, N: number): void;
  /** Packs Bᵀ for `gemm`: W is [N×K]; the result is the packed form of Wᵀ [K×N]. K a multiple of 4. */
  packBt(w: number, ldw: number, bp: number, K: number, N: number): void;
  /** C[M×N] = init[M×N] + A[M×K]·B, B packed. `ldi` = 0: one row of `init` for all rows (a bias, or zeros). */
  gemm(
    a: number,
    lda: number,
    bp: number,
    c: number,
    ldc: number,
    init: number,
    ldi: number,
    M: number,
    K: number,
    N: number,
  ): void;
  /** For each part: C[M×N] += Σ_k A[index[k]]ᵀ·B[k]. `scratch`: `gemmTNScratch(max M, N)` words. */
  gemmTN(parts: readonly OuterPart[], b: number, ldb: number, K: number, N: number, scratch: number): void;

  /** LSTM step, `kernels/lstm.ts`. */
  lstmForward(
    g: number,
    cPrev: number,
    ldcPrev: number,
    c: number,
    tc: number,
    h: number,
    ldh: number,
    rows: number,
    H: number,
  ): void;
  /** Backward pass of `lstmForward`. */
  lstmBackward(
    g: number,
    cPrev: number,
    ldcPrev: number,
    tc: number,
    dhNext: number,
    dOut: number,
    ldd: number,
    dc: number,
    rows: number,
    H: number,
  ): void;
  /** GRU step, `kernels/gru.ts`. */
  gruForward(
    g: number,
    un: number,
    hPrev: number,
    ldhPrev: number,
    h: number,
    ldh: number,
    rows: number,
    H: number,
  ): void;
  /** Backward pass of `gruForward`. */
  gruBackward(
    g: number,
    un: number,
    hPrev: number,
    ldhPrev: number,
    dhNext: number,
    dOut: number,
    ldd: number,
    rows: number,
    H: number,
  ): void;
  /** RNN step, `kernels/rnn.ts`. */
  rnnTanhForward(g: number, h: number, ldh: number, rows: number, H: number): void;
  /** Backward pass of `rnnTanhForward`. */
  rnnTanhBackward(
    g: number,
    h: number,
    ldh: number,
    dhNext: number,
    dOut: number,
    ldd: number,
    rows: number,
    H: number,
  ): void;
  /** As `rnnTanhForward`, with max(0, x) for tanh. */
  rnnReluForward(g: number, h: number, ldh: number, rows: number, H: number): void;
  /** Backward pass of `rnnReluForward`. */
  rnnReluBackward(
    g: number,
    h: number,
    ldh: number,
    dhNext: number,
    dOut: number,
    ldd: number,
    rows: number,
    H: number,
  ): void;

  /** to[0..n) += from. */
  add(to: number, from: number, n: number): void;
  /** to[0..n) = alpha · from. */
  scale(to: number, from: number, alpha: number, n: number): void;
  /** to[0..n) += alpha · from. */
  addScaled(to: number, from: number, alpha: number, n: number): void;
  /** Where from > max (or from is NaN): max = from, winner (int32) = row. */
  maxRow(max: number, winner: number, from: number, row: number, n: number): void;
  /** For each column j: to[winner[j]·ld + j] += from[j]. */
  scatterColumns(to: number, ld: number, winner: number, from: number, n: number): void;
  /** Row k of `to` = row ids[k] of `table`. */
  gatherRows(to: number, ldt: number, table: number, ld: number, ids: number, rows: number, n: number): void;
  /** Row ids[k] of `table` += row k of `from`, k ascending; rows with id `skip` are left out. */
  scatterAddRows(
    table: number,
    ld: number,
    ids: number,
    skip: number,
    from: number,
    ldf: number,
    rows: number,
    n: number,
  ): void;
  /** to[0..n) += Σ of the rows of `from`, in order. */
  sumRows(to: number, from: number, ld: number, rows: number, n: number): void;

  /** Inverted dropout, `kernels/dropout.ts`: keeps element e of the stream when hash(e, key) >= threshold = p·2³², times keep = 1/(1-p). */
  dropout(
    to: number,
    from: number,
    ld: number,
    key: number,
    first: number,
    threshold: number,
    keep: number,
    rows: number,
    n: number,
  ): void;

  /** Adam and AdamW, `kernels/optim.ts`. */
  adam(
    p: number,
    g: number,
    m: number,
    v: number,
    n: number,
    clip: number,
    l2: number,
    decay: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    step: number,
    root: number,
    eps: number,
  ): void;
  /** SGD with momentum, `kernels/optim.ts`. */
  sgd(
    p: number,
    g: number,
    u: number,
    n: number,
    clip: number,
    l2: number,
    momentum: number,
    damp: number,
    direct: number,
    follow: number,
    lr: number,
  ): void;
  /** Σ g² in float64. */
  sumSquares(g: number, n: number): number;
}

/** The kernels by name. */
export type KernelName = keyof Kernels;

/** Rows of B that `gemmTN` packs at a time. Not a power of two: tiles 2^k apart would share cache sets. */
export const TN_BLOCK = 240;

/** Words of scratch that `gemmTN` needs for parts of at most M columns and a right-hand side of N columns. */
export function gemmTNScratch(M: number, N: number): number {
  return TN_BLOCK * (M + N) + 64;
}

/** A memory and the kernels that work on it. */
export interface Engine {
  /** For people: `reference float64`, `wasm wide`, … */
  readonly name: string;
  /** The memory as floating-point words; offsets of the kernels count in these. */
  readonly f: Float32Array | Float64Array;
  /** The same memory as 32-bit integers. */
  readonly i: Int32Array;
  /** The kernels, all on this memory. */
  readonly k: Kernels;
}
