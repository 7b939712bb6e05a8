/**
 * Linear classifiers of two classes by dual coordinate descent, as LIBLINEAR trains them. Both losses minimise
 *
 *     ½ ‖w‖² + Σ_i C_i ℓ(y_i w·x_i)          y_i = ±1
 *
 * - squared hinge, ℓ(z) = max(0, 1 - z)²: Hsieh et al., "A dual coordinate descent method for large-scale linear SVM",
 *   ICML 2008, algorithm 1 with shrinking (§ 3.2);
 * - logistic, ℓ(z) = ln(1 + e^-z): Yu, Huang and Lin, "Dual coordinate descent methods for logistic regression and
 *   maximum entropy models", Machine Learning 85 (2011), algorithm 5.
 *
 * Each x_i has one more feature that is always 1, whose weight is the intercept; it is regularised like the others.
 * The order of the documents comes from a seeded stream and all sums have a fixed order: the same data and seed give
 * the same bits.
 */
import { log } from '../../core/math.ts';
import type { Rng } from '../../core/rng.ts';
import { addRow, type DocumentRows, dotRow } from './sparse.ts';

/** A problem of two classes. */
export interface BinaryProblem {
  /** [N × F] documents. */
  readonly x: DocumentRows;
  /** [N] +1 or -1; [2N] where each document stands in the problem twice: number N + i is document i again. */
  readonly y: Int8Array;
  /** [N] or [2N] weight of each document's loss, C_i > 0. */
  readonly cost: Float64Array;
}

/** When to stop. */
export interface SolverOptions {
  /** Stops when the projected gradients of all coordinates are within this of each other. */
  readonly tolerance: number;
  /** Most passes over the documents. */
  readonly maxPasses: number;
  /** Order of the documents. */
  readonly rng: Rng;
}

/** Dual variables and the weights; carried over from one C to the next. */
export interface SolverState {
  /** [N] or [2N] dual variables. */
  readonly alpha: Float64Array;
  /** [F + 1] weights, the intercept last. */
  readonly w: Float64Array;
}

/** How it ended. */
export interface SolverResult {
  /** Passes over the documents. */
  readonly passes: number;
  /** Whether the tolerance was reached. */
  readonly converged: boolean;
}

/** The losses. */
export const LINEAR_LOSSES = ['squared_hinge', 'logistic'] as const;
/** See {@link LINEAR_LOSSES}. */
export type LinearLoss = (typeof LINEAR_LOSSES)[number];

/** The initial state. */
export function initialState({ x, y }: Pick<BinaryProblem, 'x' | 'y'>): SolverState {
  return { alpha: new Float64Array(y.length), w: new Float64Array(x.columns + 1) };
}

/** w·x_i, the intercept included. */
export function margin(w: Float64Array, x: DocumentRows, i: number): number {
  return dotRow(w, x, i, w[x.columns]);
}

/** w += step · x_i */
function addDocument(w: Float64Array, x: DocumentRows, i: number, step: number): void {
  addRow(w, x, i, step);
  w[x.columns] += step;
}

/**
 * Minimises the loss from `state`, which it changes.
 * @param norms [N] ‖x_i‖², with the intercept's feature.
 */
export function solve(
  loss: LinearLoss,
  problem: BinaryProblem,
  norms: Float64Array,
  state: SolverState,
  options: SolverOptions,
): SolverResult {
  switch (loss) {
    case 'squared_hinge':
      return squaredHinge(problem, norms, state, options);
    case 'logistic':
      return logistic(problem, norms, state, options);
    default:
      return loss satisfies never;
  }
}

/**
 * min_α ½ αᵀ(Q + D)α - Σ α_i with α_i ≥ 0, Q_ij = y_i y_j x_i·x_j, D_ii = 1 / (2 C_i); w = Σ y_i α_i x_i.
 * One coordinate: α_i ← max(0, α_i - G / (Q_ii + D_ii)),  G = y_i w·x_i - 1 + D_ii α_i.
 */
function squaredHinge(
  { x, y, cost }: BinaryProblem,
  norms: Float64Array,
  { alpha, w }: SolverState,
  { tolerance, maxPasses, rng }: SolverOptions,
): SolverResult {
  const N = y.length;
  const order = Int32Array.from({ length: N }, (_, i) => i);
  let active = N; // the documents order[0 … active) are active, the others are shrunk
  let limit = Infinity; // a document at its bound with a gradient above this is shrunk
  for (let pass = 1; pass <= maxPasses; pass++) {
    shuffleFirst(order, active, rng);
    let [low, high] = [Infinity, -Infinity];
    for (let s = 0; s < active; s++) {
      const i = order[s];
      const D = 0.5 / cost[i];
      const row = i < x.rows ? i : i - x.rows;
      const G = y[i] * margin(w, x, row) - 1 + D * alpha[i];
      let projected = G;
      if (alpha[i] === 0) {
        if (G > limit) {
          order[s] = order[--active];
          order[active] = i;
          s--;
          continue;
        }
        projected = Math.min(G, 0);
      }
      low = Math.min(low, projected);
      high = Math.max(high, projected);
      if (Math.abs(projected) < 1e-12) continue;
      const next = Math.max(alpha[i] - G / (norms[row] + D), 0);
      addDocument(w, x, row, (next - alpha[i]) * y[i]);
      alpha[i] = next;
    }
    if (high - low <= tolerance) {
      if (active === N) return { passes: pass, converged: true };
      // one more pass over all
      active = N;
      limit = Infinity;
      continue;
    }
    limit = high > 0 ? high : Infinity;
  }
  return { passes: maxPasses, converged: false };
}

/** Shuffles the first n numbers, in a loop of its own: drawing between the steps, the solver takes some 15 % longer. */
function shuffleFirst(order: Int32Array, n: number, rng: Rng): void {
  for (let s = 0; s < n - 1; s++) {
    const swap = s + rng.int(n - s);
    const i = order[swap];
    order[swap] = order[s];
    order[s] = i;
  }
}

/** Newton steps within one coordinate. */
const INNER_STEPS = 20;

/**
 * min_α ½ αᵀQα + Σ α_i ln α_i + (C_i - α_i) ln(C_i - α_i) with 0 < α_i < C_i; w = Σ y_i α_i x_i.
 * One coordinate by Newton's method on the smaller of α_i and C_i - α_i, which keeps digits near both bounds.
 */
function logistic(
  { x, y, cost }: BinaryProblem,
  norms: Float64Array,
  { alpha, w }: SolverState,
  { tolerance, maxPasses, rng }: SolverOptions,
): SolverResult {
  const N = y.length;
  const order = Int32Array.from({ length: N }, (_, i) => i);
  for (let i = 0; i < N; i++) {
    if (alpha[i] > 0 && alpha[i] < cost[i]) continue;
    const start = Math.min(0.001 * cost[i], 1e-8);
    addDocument(w, x, i < x.rows ? i : i - x.rows, (start - alpha[i]) * y[i]);
    alpha[i] = start;
  }
  for (let pass = 1; pass <= maxPasses; pass++) {
    rng.shuffle(order);
    let worst = 0;
    for (let s = 0; s < N; s++) {
      const i = order[s];
      const C = cost[i];
      const row = i < x.rows ? i : i - x.rows;
      const Q = norms[row];
      // gradient of the quadratic part at α_i; moving by z - α_i adds Q (z - α_i)
      const b = y[i] * margin(w, x, row);
      const old = alpha[i];
      // work on z = α (sign +) or z = C - α (sign -), whichever is smaller
      const lower = b + Q * (C / 2 - old) >= 0;
      const sign = lower ? 1 : -1;
      const start = lower ? old : C - old;
      let z = start;
      if (C - z < 0.5 * C) z *= 0.1; // from beyond the middle, Newton's steps might leave (0, C)
      let gradient = Q * (z - start) + sign * b + log(z / (C - z));
      worst = Math.max(worst, Math.abs(sign * b + log(start / (C - start))));
      for (let inner = 0; inner < INNER_STEPS && Math.abs(gradient) > 1e-10; inner++) {
        const curvature = Q + C / (C - z) / z;
        const next = z - gradient / curvature;
        z = next <= 0 ? z * 0.1 : next;
        gradient = Q * (z - start) + sign * b + log(z / (C - z));
      }
      const value = lower ? z : C - z;
      if (value !== old) {
        addDocument(w, x, row, (value - old) * y[i]);
        alpha[i] = value;
      }
    }
    if (worst <= tolerance) return { passes: pass, converged: true };
  }
  return { passes: maxPasses, converged: false };
}
