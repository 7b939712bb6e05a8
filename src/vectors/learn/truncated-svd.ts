/**
 * The largest singular values of a sparse square matrix and their left vectors, by randomised subspace iteration (Halko,
 * Martinsson and Tropp, 2011). Deterministic: sums in a fixed order, draws from a named stream.
 */
import type { Rng } from '../../core/rng.ts';
import { blocksOf, type SparseRows } from './cooccurrence.ts';
import type { LearningProgress } from './corpus.ts';

/** A dense matrix, row-major. */
interface Dense {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** M ≈ U diag(σ) Vᵀ, without V. */
export interface LeftSingular {
  /** [n × k] row-major: U. Columns beyond the rank of M are zero. */
  readonly vectors: Float64Array;
  /** [k], falling. */
  readonly values: Float64Array;
}

/** Oversampling: additional directions, which improve the requested ones. */
const OVERSAMPLING = 16;
/** Rounds of M Mᵀ. */
const ROUNDS = 2;

/** Entries of M that are multiplied between two progress reports. */
const EVERY = 1 << 19;

/** The `k` largest singular values of M and their left vectors. */
export async function truncatedSvd(
  matrix: SparseRows,
  k: number,
  { rng, progress = () => undefined }: { readonly rng: Rng; readonly progress?: LearningProgress },
): Promise<LeftSingular> {
  const n = matrix.starts.length - 1;
  const columns = Math.min(n, k + OVERSAMPLING);
  const products = 2 * ROUNDS + 2;
  let done = 0;
  const product = async (add: AddProduct, x: Dense): Promise<Dense> => {
    const out = new Float64Array(n * columns);
    for (const [from, to] of blocksOf(matrix.starts, EVERY)) {
      await progress((done + from / n) / products);
      add(matrix, x, out, [from, to]);
    }
    await progress(++done / products);
    return { rows: n, columns, data: out };
  };
  const orthonormal = async (x: Dense): Promise<Dense> => {
    const once = choleskyQr(x);
    await progress(done / products);
    return choleskyQr(once);
  };
  const drawn = Float64Array.from({ length: n * columns }, () => rng.normal());
  let basis = await orthonormal(await product(addTimes, { rows: n, columns, data: drawn }));
  for (let round = 0; round < ROUNDS; round++) {
    const back = await product(addTransposedTimes, basis);
    basis = await orthonormal(await product(addTimes, back));
  }
  // M ≈ Q (MᵀQ)ᵀ, and the left singular vectors of (MᵀQ)ᵀ are the eigenvectors of its Gram matrix
  const { values, vectors } = symmetricEigen(gram(await product(addTransposedTimes, basis)), columns);
  const kept = Math.min(k, columns);
  const left = new Float64Array(n * k);
  for (let row = 0; row < n; row++) {
    for (let c = 0; c < columns; c++) {
      const q = basis.data[row * columns + c];
      for (let j = 0; j < kept; j++) left[row * k + j] += q * vectors[c * columns + j];
    }
  }
  const singular = new Float64Array(k);
  for (let j = 0; j < kept; j++) singular[j] = Math.sqrt(Math.max(0, values[j]));
  return { vectors: left, values: singular };
}

/** Adds to `out` what the rows [from, to) of M contribute to a product with X. */
type AddProduct = (
  matrix: SparseRows,
  x: Dense,
  out: Float64Array,
  range: readonly [from: number, to: number],
) => void;

/** M X */
const addTimes: AddProduct = ({ starts, columns, values }, { columns: l, data }, out, [first, end]) => {
  for (let row = first; row < end; row++) {
    const to = row * l;
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const value = values[e];
      const from = columns[e] * l;
      for (let c = 0; c < l; c++) out[to + c] += value * data[from + c];
    }
  }
};

/** Mᵀ X */
const addTransposedTimes: AddProduct = (
  { starts, columns, values },
  { columns: l, data },
  out,
  [first, end],
) => {
  for (let row = first; row < end; row++) {
    const from = row * l;
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const value = values[e];
      const to = columns[e] * l;
      for (let c = 0; c < l; c++) out[to + c] += value * data[from + c];
    }
  }
};

/** XᵀX [columns × columns] */
function gram({ rows, columns: l, data }: Dense): Float64Array {
  const out = new Float64Array(l * l);
  for (let row = 0; row < rows; row++) {
    const at = row * l;
    for (let a = 0; a < l; a++) {
      const value = data[at + a];
      const to = a * l;
      for (let b = a; b < l; b++) out[to + b] += value * data[at + b];
    }
  }
  for (let a = 0; a < l; a++) for (let b = 0; b < a; b++) out[a * l + b] = out[b * l + a];
  return out;
}

/**
 * A basis of the columns of X, by X R⁻¹ with RᵀR = XᵀX (Cholesky); done twice, it is orthonormal to rounding. Columns that
 * depend on those before become zero.
 */
function choleskyQr({ rows, columns: l, data }: Dense): Dense {
  const r = cholesky(gram({ rows, columns: l, data }), l);
  const out = new Float64Array(data);
  for (let row = 0; row < rows; row++) {
    const at = row * l;
    for (let c = 0; c < l; c++) {
      const pivot = r[c * l + c];
      const value = pivot > 0 ? out[at + c] / pivot : 0;
      out[at + c] = value;
      if (value !== 0) for (let b = c + 1; b < l; b++) out[at + b] -= value * r[c * l + b];
    }
  }
  return { rows, columns: l, data: out };
}

/** Pivots below this part of their column's square count as zero. */
const RANK_TOLERANCE = 1e-12;

/** Upper triangular R with RᵀR = A; a row is zero where A is singular there. */
function cholesky(a: Float64Array, l: number): Float64Array {
  const r = new Float64Array(l * l);
  for (let i = 0; i < l; i++) {
    let pivot = a[i * l + i];
    for (let k = 0; k < i; k++) pivot -= r[k * l + i] ** 2;
    if (pivot <= RANK_TOLERANCE * a[i * l + i]) continue;
    const root = Math.sqrt(pivot);
    r[i * l + i] = root;
    for (let j = i + 1; j < l; j++) {
      let sum = a[i * l + j];
      for (let k = 0; k < i; k++) sum -= r[k * l + i] * r[k * l + j];
      r[i * l + j] = sum / root;
    }
  }
  return r;
}

/** Eigenvalues of a symmetric matrix, falling, and eigenvectors as columns, by cyclic Jacobi rotations. */
export function symmetricEigen(
  symmetric: Float64Array,
  n: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const a = symmetric.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  let total = 0;
  for (const value of a) total += value * value;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
    if (off <= 1e-24 * total) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i] || i - j);
  const vectors = new Float64Array(n * n);
  for (const [to, from] of order.entries())
    for (let row = 0; row < n; row++) vectors[row * n + to] = v[row * n + from];
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors };
}

/** Makes a[p, q] zero (Golub and Van Loan, 8.5.2). */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [k * n + p, k * n + q];
    const [x, y] = [a[kp], a[kq]];
    a[kp] = c * x - s * y;
    a[kq] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [p * n + k, q * n + k];
    const [x, y] = [a[pk], a[qk]];
    a[pk] = c * x - s * y;
    a[qk] = s * x + c * y;
    const [vx, vy] = [v[k * n + p], v[k * n + q]];
    v[k * n + p] = c * vx - s * vy;
    v[k * n + q] = s * vx + c * vy;
  }
}
