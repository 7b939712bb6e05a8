/**
 * The integral of a gradient along a line, in as many steps as it needs:
 *
 *     weight_t = ∫₀¹ terms_t(α) dα          F(b) - F(a) = ∫_a^b Σ_t terms_t(α) dα
 *
 * The second line tells the error on every interval, since F is known at its ends. Intervals where it is large are halved.
 * On each, the rule of Gauss and Lobatto with five points, exact for polynomials of degree 7; points at the ends and in the
 * middle are used again after halving.
 */
import { LEAST_DIFFERENCE } from './explanation.ts';

/** What is known at a point of the line. */
export interface LinePoint {
  /** F(α) */
  readonly value: number;
  /** [T] terms whose sum is dF/dα. */
  readonly terms: Float64Array;
}

/** An integral. */
export interface Integral {
  /** [T] */
  readonly weights: Float64Array;
  /** F(0) and F(1). */
  readonly from: number;
  readonly to: number;
  /** |Σ weights - (F(1) - F(0))| / max(|F(1) - F(0)|, LEAST_DIFFERENCE) */
  readonly gap: number;
  /** Points at which the terms were computed. */
  readonly steps: number;
}

/** Where the rule looks, from the start of the interval to its end, and the weights of what it finds. */
const NODES = [0, (1 - Math.sqrt(3 / 7)) / 2, 1 / 2, (1 + Math.sqrt(3 / 7)) / 2, 1] as const;
const RULE = [1 / 20, 49 / 180, 16 / 45, 49 / 180, 1 / 20] as const;

/** Intervals at the start: with one, errors might cancel out by chance. */
const INTERVALS = 4;

type Interval = readonly [from: number, to: number];

/**
 * @param evaluate What is known at points of the line, all at once.
 * @param maxGap The gap to reach; the sum of the gaps of all intervals stays below it.
 * @param maxSteps Where to stop though the gap is larger.
 */
export function integrate(
  evaluate: (alphas: readonly number[]) => readonly LinePoint[],
  { maxGap, maxSteps }: { readonly maxGap: number; readonly maxSteps: number },
): Integral {
  const points = new Map<number, LinePoint>();
  const at = (alpha: number) => points.get(alpha) as LinePoint; // `look` has been there
  const look = (intervals: readonly Interval[]) => {
    const wanted = intervals.flatMap((interval) => nodesOf(interval));
    const missing = [...new Set(wanted)].filter((alpha) => !points.has(alpha));
    for (const [n, point] of evaluate(missing).entries()) points.set(missing[n], point);
  };
  let intervals = Array.from({ length: INTERVALS }, (_, n): Interval => [n / INTERVALS, (n + 1) / INTERVALS]);
  for (;;) {
    look(intervals);
    const [from, to] = [at(0).value, at(1).value];
    const allowed = maxGap * Math.max(Math.abs(to - from), LEAST_DIFFERENCE);
    const errors = intervals.map((interval) => errorOf(interval, at));
    const total = errors.reduce((sum, error) => sum + error, 0);
    // NaN ends it too
    const enough = !(total > allowed) || points.size >= maxSteps;
    if (enough) return { ...sumUp(intervals, at), from, to, steps: points.size };
    const limit = allowed / intervals.length;
    intervals = intervals.flatMap((interval, n) => (errors[n] > limit ? halves(interval) : [interval]));
  }
}

function nodesOf([from, to]: Interval): number[] {
  return NODES.map((node) => (node === 1 ? to : from + node * (to - from)));
}

function halves([from, to]: Interval): Interval[] {
  const middle = from + (to - from) / 2;
  return [
    [from, middle],
    [middle, to],
  ];
}

function errorOf(interval: Interval, at: (alpha: number) => LinePoint): number {
  const [from, to] = interval;
  let sum = 0;
  for (const [n, alpha] of nodesOf(interval).entries())
    sum += RULE[n] * at(alpha).terms.reduce((all, term) => all + term, 0);
  return Math.abs(sum * (to - from) - (at(to).value - at(from).value));
}

function sumUp(
  intervals: readonly Interval[],
  at: (alpha: number) => LinePoint,
): Pick<Integral, 'weights' | 'gap'> {
  const weights = new Float64Array(at(0).terms.length);
  for (const interval of intervals) {
    for (const [n, alpha] of nodesOf(interval).entries()) {
      const scale = RULE[n] * (interval[1] - interval[0]);
      const { terms } = at(alpha);
      for (let t = 0; t < weights.length; t++) weights[t] += scale * terms[t];
    }
  }
  const difference = at(1).value - at(0).value;
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return { weights, gap: Math.abs(sum - difference) / Math.max(Math.abs(difference), LEAST_DIFFERENCE) };
}
