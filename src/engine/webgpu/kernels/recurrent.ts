/**
 * A whole recurrent layer in one dispatch: a workgroup takes a direction and a few sequences through all their time steps, with h in
 * workgroup memory. Each invocation has a column of the gates or several; two barriers a step. The equations are those of
 * `kernels/lstm.ts`, `gru.ts` and `rnn.ts`.
 *
 * Where a column of W_hh fits into registers, it is read once; else it comes from the cache in every step, as float32 or as two halves a word.
 */
import { defineGpuKernel, type GpuKernel } from '../kernel.ts';
import { ACTIVATIONS } from './functions.ts';

/** The cells that have kernels. */
export type GpuCell = 'lstm' | 'gru' | 'rnn tanh' | 'rnn relu';

/** What a layer's kernels are made for. */
export interface RecurrentKernelOptions {
  readonly cell: GpuCell;
  /** H, padded. */
  readonly H: number;
  /** Sequences of a workgroup. */
  readonly sequences: number;
  /** Invocations of a workgroup, at most. */
  readonly invocations: number;
  /** Whether the weights are to be kept in registers: only for one column an invocation. */
  readonly registers: boolean;
  /** Whether weights that come from the cache are read in half precision. */
  readonly half: boolean;
}

const GATES = { lstm: 4, gru: 3, 'rnn tanh': 1, 'rnn relu': 1 } as const satisfies Record<GpuCell, number>;

const fields = [
  ...['g', 'gStep', 'u', 'uStep', 'h', 'dOut', 'ldh', 'c', 'cStep', 'tc'],
  ...['whh', 'wStep', 'bhh', 'bStep', 'whhT', 'tStep', 'starts', 'lengths'],
  ...['packed', 'packedT', 'packedStep'],
] as const;

/** Bytes of workgroup memory that the kernels take. */
export function recurrentMemory({ cell, H, sequences }: Pick<RecurrentKernelOptions, 'cell' | 'H' | 'sequences'>): number {
  return 4 * sequences * H * 2 * Math.max(GATES[cell], 1) + 4 * sequences * H;
}

/** Columns of an invocation and invocations of a workgroup. */
export function columnsOf({ cell, H, invocations }: Pick<RecurrentKernelOptions, 'cell' | 'H' | 'invocations'>): {
  readonly columns: number;
  readonly threads: number;
} {
  const all = GATES[cell] * H;
  const columns = Math.ceil(all / invocations);
  return { columns, threads: Math.ceil(all / columns) };
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const lines = (n: number, line: (i: number) => string) => range(n).map(line).join('\n');

/** The beginning of both kernels: which sequences, how long each is, and the steps of the longest. */
const begin = (S: number, threads: number) => `
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) t: u32) {
  let d = wg.y; let first = wg.x * ${S}u; let rows = u32(i[0]);
  let gAt = a.g + d * a.gStep; let uAt = a.u + d * a.uStep; let hAt = a.h + d * H; let cAt = a.c + d * a.cStep; let tcAt = a.tc + d * a.cStep;
  let wAt = a.whh + d * a.wStep; let packedAt = a.packed + d * a.packedStep; let packedTAt = a.packedT + d * a.packedStep;
  ${lines(S, (q) => `let b${q} = first + ${q}u; var T${q} = 0u; if (b${q} < rows) { T${q} = u32(i[a.lengths + b${q}]); }`)}
  let steps = u32(i[a.lengths + first]);`;

/** Sequence q of an element of [S × H]: its number, its length. */
const pick = (S: number, name: string) =>
  range(S - 1).reduce((else_, q) => `select(${else_}, ${name}${S - 2 - q}, q == ${S - 2 - q}u)`, `${name}${S - 1}`);

/** For each element of [S × H] that this invocation owns. */
const owned = (S: number, H: number, threads: number, body: (i: number) => string) =>
  lines(Math.ceil((S * H) / threads), (i) => `{
    let e = t + ${i * threads}u;
    if (e < ${S * H}u) { let q = e / H; let j = e % H; let b = first + q; let T = ${pick(S, 'T')}; ${body(i)} }
  }`);

const FORWARD: Record<GpuCell, (i: number) => string> = {
  lstm: (i) => `
      let ig = sigmoid(z[zAt]); let fg = sigmoid(z[zAt + H]); let gg = tanhOf(z[zAt + 2u * H]); let og = sigmoid(z[zAt + 3u * H]);
      let cell = fg * c${i} + ig * gg; c${i} = cell;
      let tc = tanhOf(cell); let y = og * tc;
      f[at] = ig; f[at + H] = fg; f[at + 2u * H] = gg; f[at + 3u * H] = og;
      f[cAt + row * H + j] = cell; f[tcAt + row * H + j] = tc;`,
  gru: () => `
      let r = sigmoid(z[zAt]); let zg = sigmoid(z[zAt + H]); let un = z[zAt + 2u * H];
      let n = tanhOf(f[at + 2u * H] + r * un);
      let y = n + zg * (h[e] - n);
      f[at] = r; f[at + H] = zg; f[at + 2u * H] = n; f[uAt + row * H + j] = un;`,
  'rnn tanh': () => 'let y = tanhOf(z[zAt]);',
  'rnn relu': () => 'let y = max(z[zAt], 0.0);',
};

/**
 * Forward: G becomes the gates, `h` the states; c and tanh(c) of an LSTM, and U of a GRU, are kept for the way back. With the input
 * projected, G += h'·W_hh.
 */
export function recurrentForward(options: RecurrentKernelOptions): GpuKernel<(typeof fields)[number]> {
  const { cell, H, sequences: S } = options;
  const { columns, threads } = columnsOf(options);
  const G = GATES[cell] * H;
  const registers = options.registers && columns === 1;
  const apart = cell === 'gru' ? 2 * H : G; // columns from here on go to U
  const guard = (j: number, body: string) => (columns * threads === G ? body : `if (t + ${j * threads}u < ${G}u) { ${body} }`);
  const sums = registers
    ? lines(H, (k) => lines(S, (q) => `s0_${q} = fma(h[${q * H + k}u], w${k}, s0_${q});`))
    : options.half
      ? `for (var k = 0u; k < H; k += 2u) {
      ${lines(columns, (j) => `let w${j} = unpack2x16float(packed[packedAt + k / 2u * ${G}u + min(t + ${j * threads}u, ${G - 1}u)]);`)}
      ${lines(S, (q) => `let h${q} = vec2f(h[${q}u * H + k], h[${q}u * H + k + 1u]); ${range(columns).map((j) => `s${j}_${q} = fma(h${q}.y, w${j}.y, fma(h${q}.x, w${j}.x, s${j}_${q}));`).join(' ')}`)}
    }`
      : `for (var k = 0u; k < H; k++) {
      ${lines(columns, (j) => `let w${j} = w[wAt + k * ${G}u + min(t + ${j * threads}u, ${G - 1}u)];`)}
      ${lines(S, (q) => `let h${q} = h[${q}u * H + k]; ${range(columns).map((j) => `s${j}_${q} = fma(h${q}, w${j}, s${j}_${q});`).join(' ')}`)}
    }`;
  return defineGpuKernel({
    name: `${cell} forward`,
    fields,
    code: `
const H = ${H}u;
var<workgroup> h: array<f32, ${S * H}>;
var<workgroup> z: array<f32, ${S * G}>;
${ACTIVATIONS}
${begin(S, threads)}
  for (var e = t; e < ${S * H}u; e += ${threads}u) { h[e] = 0.0; }
  ${cell === 'lstm' ? lines(Math.ceil((S * H) / threads), (i) => `var c${i} = 0.0;`) : ''}
  ${registers ? lines(H, (k) => `let w${k} = w[wAt + ${k * G}u + t];`) : ''}
  workgroupBarrier();
  for (var s = 0u; s < steps; s++) {
    let time = select(s, steps - 1u - s, d == 1u);
    let start = u32(i[a.starts + time]);
    ${lines(columns, (j) => `let col${j} = t + ${j * threads}u;
    ${lines(S, (q) => `var s${j}_${q} = 0.0; if (time < T${q}) { ${guard(j, `if (col${j} < ${apart}u) { s${j}_${q} = f[gAt + (start + b${q}) * ${G}u + col${j}]; }${apart < G ? ` else { s${j}_${q} = w[a.bhh + d * a.bStep + col${j}]; }` : ''}`)} }`)}`)}
    ${sums}
    ${lines(columns, (j) => guard(j, lines(S, (q) => `z[${q * G}u + col${j}] = s${j}_${q};`)))}
    workgroupBarrier();
    ${owned(S, H, threads, (i) => `
      if (time < T) {
      let row = start + b; let at = gAt + row * ${G}u + j; let zAt = q * ${G}u + j;
      ${FORWARD[cell](i)}
      h[e] = y; f[hAt + row * a.ldh + j] = y;
      }`)}
    workgroupBarrier();
  }
}`,
  });
}

/** dG of the gates in z and in `f`, from dh and the states; sets what goes to the step before beside the product. */
const BACKWARD: Record<GpuCell, (i: number) => string> = {
  lstm: (i) => `
      let ig = f[at]; let fg = f[at + H]; let gg = f[at + 2u * H]; let og = f[at + 3u * H];
      let tc = f[tcAt + row * H + j];
      var cPrev = 0.0; if (has) { cPrev = f[cAt + prev * H + j]; }
      let dc = carry${i} + dh * og * (1.0 - tc * tc);
      let d0 = dc * gg * ig * (1.0 - ig); let d1 = dc * cPrev * fg * (1.0 - fg); let d2 = dc * ig * (1.0 - gg * gg); let d3 = dh * tc * og * (1.0 - og);
      carry${i} = dc * fg;
      f[at] = d0; f[at + H] = d1; f[at + 2u * H] = d2; f[at + 3u * H] = d3;
      z[zAt] = d0; z[zAt + H] = d1; z[zAt + 2u * H] = d2; z[zAt + 3u * H] = d3;`,
  gru: (i) => `
      let r = f[at]; let zg = f[at + H]; let n = f[at + 2u * H]; let un = f[uAt + row * H + j];
      var hPrev = 0.0; if (has) { hPrev = f[hAt + prev * a.ldh + j]; }
      let d2 = dh * (1.0 - zg) * (1.0 - n * n); let d1 = dh * (hPrev - n) * zg * (1.0 - zg); let d0 = d2 * un * r * (1.0 - r); let du = d2 * r;
      carry${i} = dh * zg;
      f[at] = d0; f[at + H] = d1; f[at + 2u * H] = d2; f[uAt + row * H + j] = du;
      z[zAt] = d0; z[zAt + H] = d1; z[zAt + 2u * H] = du;`,
  'rnn tanh': () => `
      let y = f[hAt + row * a.ldh + j]; let d0 = dh * (1.0 - y * y);
      f[at] = d0; z[zAt] = d0;`,
  'rnn relu': () => `
      let d0 = select(dh, 0.0, f[hAt + row * a.ldh + j] <= 0.0);
      f[at] = d0; z[zAt] = d0;`,
};

/**
 * Backward: G becomes dG and U dU, from the gradient of the states. dh' = dG·W_hhᵀ is summed gate by gate, and the gates are added at
 * the next step. Without registers it reads W_hhᵀ from `f` or `packed`.
 */
export function recurrentBackward(options: RecurrentKernelOptions): GpuKernel<(typeof fields)[number]> {
  const { cell, H, sequences: S } = options;
  const { columns, threads } = columnsOf(options);
  const gates = GATES[cell];
  const G = gates * H;
  const registers = options.registers && columns === 1;
  const guard = (j: number, body: string) => (columns * threads === G ? body : `if (t + ${j * threads}u < ${G}u) { ${body} }`);
  // item col: gate col / H, element col % H of dh'
  const sums = registers
    ? lines(H, (k) => lines(S, (q) => `s0_${q} = fma(z[${q * G}u + gate0 + ${k}u], w${k}, s0_${q});`))
    : options.half
      ? `for (var k = 0u; k < H; k += 2u) {
      ${lines(columns, (j) => `let w${j} = unpack2x16float(packed[packedTAt + (gate${j} + k) / 2u * H + col${j} % H]);
      ${lines(S, (q) => `s${j}_${q} = fma(z[${q * G}u + gate${j} + k + 1u], w${j}.y, fma(z[${q * G}u + gate${j} + k], w${j}.x, s${j}_${q}));`)}`)}
    }`
      : `for (var k = 0u; k < H; k++) {
      ${lines(columns, (j) => `let w${j} = f[a.whhT + d * a.tStep + (gate${j} + k) * H + col${j} % H];
      ${lines(S, (q) => `s${j}_${q} = fma(z[${q * G}u + gate${j} + k], w${j}, s${j}_${q});`)}`)}
    }`;
  const carries = cell === 'lstm' || cell === 'gru';
  const direct = cell === 'gru';
  return defineGpuKernel({
    name: `${cell} backward`,
    fields,
    code: `
const H = ${H}u;
var<workgroup> z: array<f32, ${S * G}>;
var<workgroup> parts: array<f32, ${S * G}>;
${ACTIVATIONS}
${begin(S, threads)}
  for (var e = t; e < ${S * G}u; e += ${threads}u) { z[e] = 0.0; parts[e] = 0.0; }
  ${carries ? lines(Math.ceil((S * H) / threads), (i) => `var carry${i} = 0.0;`) : ''}
  ${lines(columns, (j) => `let col${j} = min(t + ${j * threads}u, ${G - 1}u); let gate${j} = col${j} / H * H;`)}
  ${registers ? lines(H, (k) => `let w${k} = w[wAt + col0 % H * ${G}u + gate0 + ${k}u];`) : ''}
  workgroupBarrier();
  for (var s = 0u; s < steps; s++) {
    let time = select(steps - 1u - s, s, d == 1u);
    let start = u32(i[a.starts + time]);
    ${owned(S, H, threads, (i) => `
      if (time < T) {
      let row = start + b; let at = gAt + row * ${G}u + j; let zAt = q * ${G}u + j;
      let has = select(time > 0u, time + 1u < T, d == 1u);
      var prev = 0u; if (has) { prev = u32(i[a.starts + select(time - 1u, time + 1u, d == 1u)]) + b; }
      var dh = f[a.dOut + d * H + row * a.ldh + j]${direct ? ` + carry${i}` : ''};
      ${lines(gates, (p) => `dh += parts[zAt + ${p}u * H];`)}
      ${BACKWARD[cell](i)}
      }`)}
    workgroupBarrier();
    ${lines(columns, (j) => lines(S, (q) => `var s${j}_${q} = 0.0;`))}
    ${sums}
    ${lines(columns, (j) => guard(j, lines(S, (q) => `parts[${q * G}u + col${j}] = s${j}_${q};`)))}
    workgroupBarrier();
  }
}`,
  });
}
