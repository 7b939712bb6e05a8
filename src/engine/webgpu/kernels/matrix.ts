/**
 * Matrix products in tiles of 64 × 64: 256 invocations with 4 × 4 sums each, 16 columns of A and rows of B at a time in workgroup
 * memory. The sum over k runs in order, so that its bits do not depend on anything else.
 */
import { ABSENT, defineGpuKernel } from '../kernel.ts';

/** Rows and columns of a tile. */
export const TILE = 64;

/** Most parts of one `productTN`. */
export const PARTS = 6;

/** The argument names of part p of `productTN`. */
const PART = ['x', 'ldx', 'index', 'y', 'ldy', 'c', 'ldc', 'M', 'N', 'bias'] as const;

/** One product of `productTN`: C[M×N] = Σ_k X[index[k]]ᵀ·Y[k], and bias[N] = Σ_k Y[k] where it is not ABSENT. */
export type TNPart = Readonly<Record<(typeof PART)[number], number>>;

/**
 * The tile loop. `loadA` and `loadB` are WGSL that set `v`, four elements of A (rows m, column k) or B (row k, columns n).
 * K must be declared; `each` follows the loads of a round.
 */
const tiles = (loadA: string, loadB: string, each = '') => `
  let tx = t % 16u; let ty = t / 16u;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f();
  for (var k0 = 0u; k0 < K; k0 += 16u) {
    { var v = vec4f(); ${loadA} }
    { var v = vec4f(); ${loadB} }
    workgroupBarrier();
    ${each}
    for (var k = 0u; k < 16u; k++) {
      let u = at[k * 16u + ty]; let v = bt[k * 16u + tx];
      c0 = fma(vec4f(u.x), v, c0); c1 = fma(vec4f(u.y), v, c1); c2 = fma(vec4f(u.z), v, c2); c3 = fma(vec4f(u.w), v, c3);
    }
    workgroupBarrier();
  }`;

const head = `
var<workgroup> at: array<vec4f, 256>;
var<workgroup> bt: array<vec4f, 256>;
fn columns(c0: vec4f, c1: vec4f, c2: vec4f, c3: vec4f, q: u32) -> vec4f {
  return select(select(c0, c1, q == 1u), select(c2, c3, q == 3u), q >= 2u);
}
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) t: u32) {
  let n0 = wg.x * 64u; let m0 = wg.y * 64u;`;

/** Four rows of A [M × K] at one column, into the tile. */
const rowsOfA = (lda: string, of = 'f') => `
    let k = k0 + t % 16u; let m = m0 + t / 16u * 4u;
    if (k < K) { for (var q = 0u; q < 4u; q++) { if (m + q < M) { v[q] = ${of}[aAt + (m + q) * ${lda} + k]; } } }
    at[t % 16u * 16u + t / 16u] = v;`;

const store = (value: string, each = '') => `
  let n = n0 + tx * 4u;
  if (n < N) {
    for (var q = 0u; q < 4u; q++) {
      let m = m0 + ty * 4u + q;
      if (m < M) {
        for (var p = 0u; p < 4u; p++) { let to = cAt + m * ldc + n + p; var value = ${value}; ${each} f[to] = value; }
      }
    }
  }`;

/**
 * C[M×N] = A[M×K]·B[K×N] + b1 + b2 for each of `wg.z` directions: A in `f`, B and both biases in `w`. b2 is added to the first
 * `folded` columns alone. M stands in `i` at the index `M`.
 */
export const productNN = defineGpuKernel({
  name: 'productNN',
  fields: ['x', 'lda', 'b', 'bStep', 'b1', 'b2', 'biasStep', 'c', 'cStep', 'M', 'K', 'N', 'folded'],
  code: `${head}
  let d = wg.z; let M = u32(i[a.M]); let K = a.K; let N = a.N; let ldc = N;
  let aAt = a.x; let bAt = a.b + d * a.bStep; let cAt = a.c + d * a.cStep; let biasAt = d * a.biasStep;
  ${tiles(
    rowsOfA('a.lda'),
    `let k = k0 + t / 16u; let n = n0 + t % 16u * 4u;
    if (k < K && n < N) { let at0 = bAt + k * N + n; v = vec4f(w[at0], w[at0 + 1u], w[at0 + 2u], w[at0 + 3u]); }
    bt[t] = v;`,
  )}
  ${store('columns(c0, c1, c2, c3, q)[p] + w[a.b1 + biasAt + n + p] + select(0.0, w[a.b2 + biasAt + n + p], n + p < a.folded)')}
}`,
});

/** C[M×N] = Σ_d A_d[M×K]·B_dᵀ over `parts` directions: A in `f`, B [N × K] in `w`. M stands in `i` at the index `M`. */
export const productNT = defineGpuKernel({
  name: 'productNT',
  fields: ['x', 'lda', 'xStep', 'b', 'bStep', 'c', 'M', 'K', 'N', 'parts'],
  code: `${head}
  let M = u32(i[a.M]); let N = a.N; let ldc = N; let cAt = a.c;
  // K is a multiple of 16: no round crosses from one direction to the next
  let K = a.K * a.parts;
  ${tiles(
    `let d = k0 / a.K; let k = k0 - d * a.K + t % 16u; let m = m0 + t / 16u * 4u;
    for (var q = 0u; q < 4u; q++) { if (m + q < M) { v[q] = f[a.x + d * a.xStep + (m + q) * a.lda + k]; } }
    at[t % 16u * 16u + t / 16u] = v;`,
    `let d = k0 / a.K; let k = k0 - d * a.K + t % 16u; let n = n0 + t / 16u * 4u;
    if (n < N) { for (var q = 0u; q < 4u; q++) { v[q] = w[a.b + d * a.bStep + (n + q) * a.K + k]; } }
    bt[t % 16u * 16u + t / 16u] = v;`,
  )}
  ${store('columns(c0, c1, c2, c3, q)[p]')}
}`,
});

/**
 * Products with a transposed left side, each {@link TNPart} a layer of `wg.z`, added to C and bias where `add` is 1; K stands in `i` at the index `K`. `index` is an
 * offset in `i`, of the row of X for row k of Y, negative for none; 0: rows in order.
 */
export const productTN = defineGpuKernel({
  name: 'productTN',
  fields: ['K', 'add', ...Array.from({ length: PARTS }, (_, p) => PART.map((name) => `${name}${p}`)).flat()],
  code: `${head}
  let K = u32(i[a.K]);
  ${PART.map((name) => `var ${name} = a.${name}0;`).join(' ')}
  ${Array.from({ length: PARTS - 1 }, (_, p) => `if (wg.z == ${p + 1}u) { ${PART.map((name) => `${name} = a.${name}${p + 1};`).join(' ')} }`).join('\n  ')}
  let cAt = c; var sum = vec4f(); // of the columns of Y, in the invocations of the first row of sums
  ${tiles(
    `let k = k0 + t / 16u; let m = m0 + t % 16u * 4u;
    if (k < K && m < M) {
      var row = i32(k);
      if (index != 0u) { row = i[index + k]; }
      if (row >= 0) { let at0 = x + u32(row) * ldx + m; v = vec4f(f[at0], f[at0 + 1u], f[at0 + 2u], f[at0 + 3u]); }
    }
    at[t] = v;`,
    `let k = k0 + t / 16u; let n = n0 + t % 16u * 4u;
    if (k < K && n < N) { let at0 = y + k * ldy + n; v = vec4f(f[at0], f[at0 + 1u], f[at0 + 2u], f[at0 + 3u]); }
    bt[t] = v;`,
    'if (m0 == 0u && ty == 0u) { for (var k = 0u; k < 16u; k++) { sum += bt[k * 16u + tx]; } }',
  )}
  ${store('columns(c0, c1, c2, c3, q)[p]', 'if (a.add == 1u) { value += f[to]; }')}
  if (bias != ${ABSENT}u && m0 == 0u && ty == 0u && n < N) { for (var p = 0u; p < 4u; p++) { f[bias + n + p] = sum[p] + select(0.0, f[bias + n + p], a.add == 1u); } }
}`,
});

/** The arguments of {@link productTN} for these parts. */
export function argumentsTN(K: number, parts: readonly TNPart[], add: boolean): Record<string, number> {
  const entries = parts.flatMap((part, p) => PART.map((name) => [`${name}${p}`, part[name]] as const));
  return { K, add: Number(add), ...Object.fromEntries(entries) };
}

/** T[N × M] = Wᵀ for W [M × N] of `w`, into `f`; each of `wg.z` directions. */
export const transpose = defineGpuKernel({
  name: 'transpose',
  fields: ['b', 'bStep', 'c', 'cStep', 'M', 'N'],
  code: `
var<workgroup> tile: array<f32, 272>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) t: u32) {
  let m0 = wg.y * 16u; let n0 = wg.x * 16u;
  tile[t / 16u * 17u + t % 16u] = w[a.b + wg.z * a.bStep + (m0 + t / 16u) * a.N + n0 + t % 16u];
  workgroupBarrier();
  f[a.c + wg.z * a.cStep + (n0 + t / 16u) * a.M + m0 + t % 16u] = tile[t % 16u * 17u + t / 16u];
}`,
});
