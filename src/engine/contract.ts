/**
 * The kernel contract: all operations that layers use. `reference/` states each kernel in plain loops and is its
 * specification; `wasm/` and `native/` are fast and must agree with it.
 *
 * All arrays are **word offsets** into one memory (`f` for floats, `i` for int32); matrices are row-major with a
 * leading dimension (`ld…`, words from one row to the next). Row lengths are multiples of 16 (`padded()`): the
 * columns beyond the real width hold zeros in parameters and so stay zero in activations and gradients. M, K and
 * `rows` are free.
 *
 * Kernels never allocate, and each element they write depends on its inputs in one fixed order of operations, so that
 * any way of dividing the work among threads gives the same bits.
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

/** Arguments of `gemm`. */
export interface GemmArguments {
  /** A, [M × K], rows `lda` words apart. */
  readonly a: number;
  readonly lda: number;
  /** B [K × N], packed. */
  readonly bp: number;
  /** C, [M × N], rows `ldc` words apart: written. */
  readonly c: number;
  readonly ldc: number;
  /** Initial value of C, [M × N], rows `ldi` words apart; `ldi` = 0: one row for all (a bias, or zeros). */
  readonly init: number;
  readonly ldi: number;
  readonly M: number;
  readonly K: number;
  readonly N: number;
}

/** Arguments of `lstmForward`; matrices are [rows × H] but for the gates. */
export interface LstmForwardArguments {
  /** Gates i, f, g, o, [rows × 4H]: sums before the nonlinearity, then the gates themselves. */
  readonly g: number;
  /** Cell state before the step; `ldcPrev` = 0: one row for all. */
  readonly cPrev: number;
  readonly ldcPrev: number;
  /** Cell state after the step, and its tanh: written. */
  readonly c: number;
  readonly tc: number;
  /** Output: written. */
  readonly h: number;
  readonly ldh: number;
  readonly rows: number;
  readonly H: number;
}

/** Arguments of `lstmBackward`; matrices are [rows × H] but for the gates. */
export interface LstmBackwardArguments {
  /** Gates i, f, g, o, [rows × 4H]; replaced by the gradients of their sums. */
  readonly g: number;
  /** Cell state before the step; `ldcPrev` = 0: one row for all. */
  readonly cPrev: number;
  readonly ldcPrev: number;
  /** tanh of the cell state after the step. */
  readonly tc: number;
  /** Gradient of the output, from the next time step and from the layer above. */
  readonly dhNext: number;
  readonly dOut: number;
  readonly ldd: number;
  /** Gradient of the cell state: after the step, then before it. */
  readonly dc: number;
  readonly rows: number;
  readonly H: number;
}

/** Part of a time step: `rows` sequences from sequence `b`, whose states are packed rows from `row`. */
export interface RecurrentStep {
  /** First sequence of the part, from 0. */
  readonly b: number;
  /** Packed row of that sequence. */
  readonly row: number;
  /** Packed row of the state before; -1 where these sequences begin. */
  readonly prev: number;
  /** Sequences in the part. */
  readonly rows: number;
}

/** Arguments of `lstmForwardSteps`; matrices are [tokens × H] but for the gates. */
export interface LstmForwardStepsArguments {
  /** In the order in which they are computed. */
  readonly steps: readonly RecurrentStep[];
  /** Gates i, f, g, o, [tokens × 4H]: sums without the hidden product, then the gates themselves. */
  readonly g: number;
  /** Cell states and their tanh: written. */
  readonly c: number;
  readonly tc: number;
  /** Output: written. */
  readonly h: number;
  readonly ldh: number;
  /** W_hh [H × 4H], packed. */
  readonly whh: number;
  /** A row of H zeros. */
  readonly zeros: number;
  readonly H: number;
}

/** Arguments of `lstmBackwardSteps`; matrices are [tokens × H] but for the gates. */
export interface LstmBackwardStepsArguments {
  /** In the order in which they are computed: from the last in time to the first. */
  readonly steps: readonly RecurrentStep[];
  /** Gates i, f, g, o, [tokens × 4H]; replaced by the gradients of their sums. */
  readonly g: number;
  /** Cell states and their tanh. */
  readonly c: number;
  readonly tc: number;
  /** Gradient of the output from the next step, [sequences × H]; then that for the step before. */
  readonly dhNext: number;
  /** Gradient of the output from above. */
  readonly dOut: number;
  readonly ldd: number;
  /** Gradient of the cell state, [sequences × H]: after the step, then before it. */
  readonly dc: number;
  /** W_hhᵀ [4H × H], packed. */
  readonly whhT: number;
  /** A row of H zeros. */
  readonly zeros: number;
  readonly H: number;
}

/** Arguments of `gruForward`; matrices are [rows × H] but for the gates. */
export interface GruForwardArguments {
  /** Gates r, z, n, [rows × 3H]: sums before the nonlinearity, then the gates themselves. */
  readonly g: number;
  /** Recurrent sum of gate n. */
  readonly un: number;
  /** Output before the step; `ldhPrev` = 0: one row for all. */
  readonly hPrev: number;
  readonly ldhPrev: number;
  /** Output: written. */
  readonly h: number;
  readonly ldh: number;
  readonly rows: number;
  readonly H: number;
}

/** Arguments of `gruBackward`; matrices are [rows × H] but for the gates. */
export interface GruBackwardArguments {
  /** Gates r, z, n, [rows × 3H]; replaced by the gradients of their sums. */
  readonly g: number;
  /** Recurrent sum of gate n; replaced by its gradient. */
  readonly un: number;
  /** Output before the step; `ldhPrev` = 0: one row for all. */
  readonly hPrev: number;
  readonly ldhPrev: number;
  /** Gradient of the output from the next step; replaced by the part of the step before that skips the gates. */
  readonly dhNext: number;
  /** Gradient of the output from above. */
  readonly dOut: number;
  readonly ldd: number;
  readonly rows: number;
  readonly H: number;
}

/** Arguments of `rnnTanhForward` and `rnnReluForward`; matrices are [rows × H]. */
export interface RnnForwardArguments {
  /** Sums before the nonlinearity. */
  readonly g: number;
  /** Output: written. */
  readonly h: number;
  readonly ldh: number;
  readonly rows: number;
  readonly H: number;
}

/** Arguments of `rnnTanhBackward` and `rnnReluBackward`; matrices are [rows × H]. */
export interface RnnBackwardArguments {
  /** Gradient of the sums: written. */
  readonly g: number;
  /** Output. */
  readonly h: number;
  readonly ldh: number;
  /** Gradient of the output, from the next time step and from the layer above. */
  readonly dhNext: number;
  readonly dOut: number;
  readonly ldd: number;
  readonly rows: number;
  readonly H: number;
}

/** The rows of one document in a packed batch: row starts[t] + b for each time step t in [first, steps). */
export interface DocumentRows {
  /** int32: first row of each time step. */
  readonly starts: number;
  /** The document's place in each step. */
  readonly b: number;
  readonly first: number;
  readonly steps: number;
  /** Words of a row that are used, and from one row to the next. */
  readonly n: number;
  readonly ld: number;
}

/** Arguments of `scatterAddRows`. */
export interface ScatterAddRowsArguments {
  /** [any × n], rows `ld` words apart: added to. */
  readonly table: number;
  readonly ld: number;
  /** int32 [rows]: row of the table to which row k is added. */
  readonly ids: number;
  /** Rows with this id are left out. */
  readonly skip: number;
  /** [rows × n], rows `ldf` words apart. */
  readonly from: number;
  readonly ldf: number;
  readonly rows: number;
  readonly n: number;
}

/** Arguments of `dropout`. */
export interface DropoutArguments {
  /** [rows × n], rows `ld` words apart, as those of `from`: written. */
  readonly to: number;
  readonly from: number;
  readonly ld: number;
  /** int32: names the stream of random numbers. */
  readonly key: number;
  /** Row of the stream with which `from` begins. */
  readonly first: number;
  /** p · 2³². */
  readonly threshold: number;
  /** 1 / (1 - p). */
  readonly keep: number;
  readonly rows: number;
  readonly n: number;
}

/** Arguments of `adam`; the arrays have n words. */
export interface AdamArguments {
  /** Parameters. */
  readonly p: number;
  /** Gradients. */
  readonly g: number;
  /** Running mean of the gradients. */
  readonly m: number;
  /** Running mean of their squares. */
  readonly v: number;
  readonly n: number;
  /** Factor of the gradients. */
  readonly clip: number;
  /** Weight decay that joins the gradient (Adam). */
  readonly l2: number;
  /** Factor of the parameters (AdamW). */
  readonly decay: number;
  readonly oneMinusBeta1: number;
  readonly beta2: number;
  readonly oneMinusBeta2: number;
  /** Learning rate over the bias correction of m. */
  readonly step: number;
  /** 1 over the root of the bias correction of v. */
  readonly root: number;
  readonly eps: number;
}

/** Arguments of `sgd`; the arrays have n words. */
export interface SgdArguments {
  /** Parameters. */
  readonly p: number;
  /** Gradients. */
  readonly g: number;
  /** Momentum. */
  readonly u: number;
  readonly n: number;
  /** Factor of the gradients. */
  readonly clip: number;
  /** Weight decay that joins the gradient. */
  readonly l2: number;
  readonly momentum: number;
  /** 1 - dampening. */
  readonly damp: number;
  /** Factors of the gradient and of the momentum in the update. */
  readonly direct: number;
  readonly follow: number;
  readonly lr: number;
}

/** The kernels of an engine. Kernels with many arguments take a record, which has no measurable cost. */
export interface Kernels {
  /** Packs B[K×N] for `gemm` into `bp` [K·N words]. Columns n0… of the packed matrix start at bp + n0·K (n0 a multiple of 16). */
  packB(b: number, ldb: number, bp: number, K: number, N: number): void;
  /** Packs Bᵀ for `gemm`: W is [N×K]; the result is the packed form of Wᵀ [K×N]. K a multiple of 4. */
  packBt(w: number, ldw: number, bp: number, K: number, N: number): void;
  /** C[M×N] = init[M×N] + A[M×K]·B, B packed. `ldi` = 0: one row of `init` for all rows (a bias, or zeros). */
  gemm(args: GemmArguments): void;
  /** For each part: C[M×N] += Σ_k A[index[k]]ᵀ·B[k]. `workspace`: `gemmTNWorkspace(max M, N)` words. */
  gemmTN(parts: readonly OuterPart[], b: number, ldb: number, K: number, N: number, workspace: number): void;

  /** LSTM step, `kernels/lstm.ts`. */
  lstmForward(args: LstmForwardArguments): void;
  /** Backward pass of `lstmForward`. */
  lstmBackward(args: LstmBackwardArguments): void;
  /** For each step: G += h'·W_hh where it has a state before, then `lstmForward`. `lstmSteps` does it for engines without more. */
  lstmForwardSteps(args: LstmForwardStepsArguments): void;
  /** For each step: `lstmBackward`, then dh' = dG·W_hhᵀ where it has a state before. */
  lstmBackwardSteps(args: LstmBackwardStepsArguments): void;
  /** GRU step, `kernels/gru.ts`. */
  gruForward(args: GruForwardArguments): void;
  /** Backward pass of `gruForward`. */
  gruBackward(args: GruBackwardArguments): void;
  /** RNN step, `kernels/rnn.ts`. */
  rnnTanhForward(args: RnnForwardArguments): void;
  /** Backward pass of `rnnTanhForward`. */
  rnnTanhBackward(args: RnnBackwardArguments): void;
  /** As `rnnTanhForward`, with max(0, x) for tanh. */
  rnnReluForward(args: RnnForwardArguments): void;
  /** Backward pass of `rnnReluForward`. */
  rnnReluBackward(args: RnnBackwardArguments): void;

  /** to[0..n) += from. */
  add(to: number, from: number, n: number): void;
  /** to[0..n) = alpha · from. */
  scale(to: number, from: number, alpha: number, n: number): void;
  /** to[0..n) += alpha · from. */
  addScaled(to: number, from: number, alpha: number, n: number): void;
  /** Where from > max (or from is NaN): max = from, winner (int32) = row. */
  maxRow(max: number, winner: number, from: number, row: number, n: number): void;
  /** `add` of each row of a document in `from`, in order; `documentRows` does it for engines without more, and the next two. */
  addDocument(to: number, from: number, rows: DocumentRows): void;
  /** `maxRow` with each row of a document in `from`, in order. */
  maxDocument(max: number, winner: number, from: number, rows: DocumentRows): void;
  /** `addScaled` of `from` to each row of a document in `to`. */
  addScaledToDocument(to: number, from: number, alpha: number, rows: DocumentRows): void;
  /** For each column j: to[winner[j]·ld + j] += from[j]. */
  scatterColumns(to: number, ld: number, winner: number, from: number, n: number): void;
  /** Row k of `to` = row ids[k] of `table`. */
  gatherRows(to: number, ldt: number, table: number, ld: number, ids: number, rows: number, n: number): void;
  /** Row ids[k] of `table` += row k of `from`, k ascending; rows with id `skip` are left out. */
  scatterAddRows(args: ScatterAddRowsArguments): void;
  /** to[0..n) += Σ of the rows of `from`, in order. */
  sumRows(to: number, from: number, ld: number, rows: number, n: number): void;

  /** Inverted dropout, `kernels/dropout.ts`: keeps element e of the stream when hash(e, key) >= threshold = p·2³², times keep = 1/(1-p). */
  dropout(args: DropoutArguments): void;

  /** Adam and AdamW, `kernels/optim.ts`. */
  adam(args: AdamArguments): void;
  /** SGD with momentum, `kernels/optim.ts`. */
  sgd(args: SgdArguments): void;
  /** Σ g² in float64. */
  sumSquares(g: number, n: number): number;
}

/** The kernels by name. */
export type KernelName = keyof Kernels;

/** Rows of B that `gemmTN` packs at a time. Not a power of two: tiles 2^k apart would share cache sets. */
export const TN_BLOCK = 240;

/** Words of temporary memory that `gemmTN` needs for parts of at most M columns and a right-hand side of N columns. */
export function gemmTNWorkspace(M: number, N: number): number {
  return TN_BLOCK * (M + N) + 64;
}

/** A memory and the kernels that work on it. */
export interface Engine {
  /** For people: `reference float64`, `wasm wide`, … */
  readonly name: string;
  /**
   * Whether products are added as the fused multiply-add of float32 does, with one rounding. WebAssembly leaves that to
   * the runtime. Engines that fuse give the same bits on every machine; one that does not gives others.
   */
  readonly fused: boolean;
  /** The memory as floating-point words; offsets of the kernels count in these. */
  readonly f: Float32Array | Float64Array;
  /** The same memory as 32-bit integers. */
  readonly i: Int32Array;
  /** The kernels, all on this memory. */
  readonly k: Kernels;
}
