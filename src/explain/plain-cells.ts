/**
 * The recurrent cells in plain loops over one text, keeping all intermediate values for inspection. Equations and
 * names as in `src/nn/layers`; a test compares both.
 */
/** A part of a cell that can be shown. */
export interface CellPart {
  /** `forget gate` */
  readonly name: string;
  /** As the equations have it. */
  readonly symbol: string;
  readonly part: string;
  /** In [-1, 1], or any number as the cell state; else in [0, 1]. */
  readonly signed: boolean;
}

/** One direction of one layer over a text. */
export interface LayerTrace {
  readonly H: number;
  readonly T: number;
  /** W_hh [gates·H × H], row after row. */
  readonly whh: ArrayLike<number>;
  /** Each [T × H], by the symbol of the equations. */
  readonly parts: Readonly<Record<string, Float64Array>>;
  /** Of the plain RNN. */
  readonly nonlinearity: string;
  /** Whether it reads from the end. */
  readonly reverse: boolean;
}

/** A gradient on its way back through time: of h and c, [H] each. */
export interface StateGradient {
  readonly dh: Float64Array;
  readonly dc: Float64Array;
}

/** A cell in plain loops. `before` is the token that was read before token t; -1 at the first. */
export interface PlainCell {
  readonly title: string;
  readonly parts: readonly CellPart[];
  /** @param ahead x = W_ih x_t + b_ih and u = W_hh h' + b_hh, [gates·H] each. */
  step(
    trace: LayerTrace,
    t: number,
    before: number,
    ahead: { readonly x: Float64Array; readonly u: Float64Array },
  ): void;
  /** From the gradient of the states at t to that of the states before, along the recurrence alone. */
  back(trace: LayerTrace, t: number, before: number, gradient: StateGradient): StateGradient;
}

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));

/** y_j += Σ_r W_rj d_r for the rows r of W [R × H] from `first`; d [R]. */
function addTransposed(
  y: Float64Array,
  W: ArrayLike<number>,
  d: ArrayLike<number>,
  { first, rows, H }: { readonly first: number; readonly rows: number; readonly H: number },
): void {
  for (let r = 0; r < rows; r++) {
    const dr = d[r];
    if (dr === 0) continue;
    const at = (first + r) * H;
    for (let j = 0; j < H; j++) y[j] += W[at + j] * dr;
  }
}

/** h_t = tanh(a_t) or max(0, a_t) */
const rnn: PlainCell = {
  title: 'RNN',
  parts: [{ name: 'hidden state', symbol: 'h', part: 'h', signed: true }],
  step: ({ H, parts: { h }, nonlinearity }, t, _before, { x, u }) => {
    const at = t * H;
    for (let j = 0; j < H; j++)
      h[at + j] = nonlinearity === 'relu' ? Math.max(0, x[j] + u[j]) : Math.tanh(x[j] + u[j]);
  },
  // a_t = … + W_hh h': dh' = W_hhᵀ (f'(a) ⊙ dh)
  back({ H, whh, parts: { h }, nonlinearity }, t, _before, { dh }) {
    const slope = (y: number) => (nonlinearity === 'relu' ? Number(y > 0) : 1 - y ** 2);
    const da = dh.map((d, j) => d * slope(h[t * H + j]));
    const dhBefore = new Float64Array(H);
    addTransposed(dhBefore, whh, da, { first: 0, rows: H, H });
    return { dh: dhBefore, dc: new Float64Array(H) };
  },
};

/** c = f ⊙ c' + i ⊙ g, h = o ⊙ tanh(c) */
const lstm: PlainCell = {
  title: 'LSTM',
  parts: [
    { name: 'input gate', symbol: 'i', part: 'i', signed: false },
    { name: 'forget gate', symbol: 'f', part: 'f', signed: false },
    { name: 'output gate', symbol: 'o', part: 'o', signed: false },
    { name: 'candidate', symbol: 'g', part: 'g', signed: true },
    { name: 'cell state', symbol: 'c', part: 'c', signed: true },
    { name: 'hidden state', symbol: 'h', part: 'h', signed: true },
  ],
  step({ H, parts: { i, f, g, o, c, h } }, t, before, { x, u }) {
    for (let j = 0; j < H; j++) {
      const at = t * H + j;
      i[at] = sigmoid(x[j] + u[j]);
      f[at] = sigmoid(x[H + j] + u[H + j]);
      g[at] = Math.tanh(x[2 * H + j] + u[2 * H + j]);
      o[at] = sigmoid(x[3 * H + j] + u[3 * H + j]);
      c[at] = f[at] * (before < 0 ? 0 : c[before * H + j]) + i[at] * g[at];
      h[at] = o[at] * Math.tanh(c[at]);
    }
  },
  back({ H, whh, parts: { i, f, g, o, c } }, t, before, { dh, dc }) {
    const da = new Float64Array(4 * H); // of i, f, g, o before their σ or tanh
    const dcBefore = new Float64Array(H);
    for (let j = 0; j < H; j++) {
      const at = t * H + j;
      const tanhC = Math.tanh(c[at]);
      const dct = dc[j] + dh[j] * o[at] * (1 - tanhC ** 2); // h = o ⊙ tanh(c)
      da[j] = dct * g[at] * i[at] * (1 - i[at]);
      da[H + j] = dct * (before < 0 ? 0 : c[before * H + j]) * f[at] * (1 - f[at]);
      da[2 * H + j] = dct * i[at] * (1 - g[at] ** 2);
      da[3 * H + j] = dh[j] * tanhC * o[at] * (1 - o[at]);
      dcBefore[j] = dct * f[at]; //                            c = f ⊙ c' + i ⊙ g
    }
    const dhBefore = new Float64Array(H);
    addTransposed(dhBefore, whh, da, { first: 0, rows: 4 * H, H });
    return { dh: dhBefore, dc: dcBefore };
  },
};

/** h = (1 - z) ⊙ n + z ⊙ h' */
const gru: PlainCell = {
  title: 'GRU',
  parts: [
    { name: 'reset gate', symbol: 'r', part: 'r', signed: false },
    { name: 'update gate', symbol: 'z', part: 'z', signed: false },
    { name: 'candidate', symbol: 'n', part: 'n', signed: true },
    { name: 'hidden state', symbol: 'h', part: 'h', signed: true },
  ],
  step({ H, parts: { r, z, n, U, h } }, t, before, { x, u }) {
    for (let j = 0; j < H; j++) {
      const at = t * H + j;
      r[at] = sigmoid(x[j] + u[j]);
      z[at] = sigmoid(x[H + j] + u[H + j]);
      U[at] = u[2 * H + j];
      n[at] = Math.tanh(x[2 * H + j] + r[at] * U[at]);
      h[at] = (1 - z[at]) * n[at] + z[at] * (before < 0 ? 0 : h[before * H + j]);
    }
  },
  back({ H, whh, parts: { r, z, n, U, h } }, t, before, { dh }) {
    const da = new Float64Array(2 * H); // of r and z before their σ
    const dU = new Float64Array(H);
    const dhBefore = new Float64Array(H);
    for (let j = 0; j < H; j++) {
      const at = t * H + j;
      const hBefore = before < 0 ? 0 : h[before * H + j];
      const dn = dh[j] * (1 - z[at]) * (1 - n[at] ** 2);
      da[j] = dn * U[at] * r[at] * (1 - r[at]);
      da[H + j] = dh[j] * (hBefore - n[at]) * z[at] * (1 - z[at]);
      dU[j] = dn * r[at];
      dhBefore[j] = dh[j] * z[at];
    }
    addTransposed(dhBefore, whh, da, { first: 0, rows: 2 * H, H });
    addTransposed(dhBefore, whh, dU, { first: 2 * H, rows: H, H });
    return { dh: dhBefore, dc: new Float64Array(H) };
  },
};

/** By the name of the layer. */
export const plainCells: Readonly<Record<string, PlainCell>> = { rnn, lstm, gru };

/** Names of the buffers of a cell, [T × H] each. */
export function partsOfCell(cell: PlainCell): string[] {
  return [...cell.parts.map(({ part }) => part), ...(cell === gru ? ['U'] : [])];
}
