/**
 * The integral of a gradient along a line, in as many steps as it needs:
 *
 *     weight_t = ∫₀¹ terms_t(α) dα          F(b) - F(a) = ∫_a^b Σ_t terms_t(α) dα
 *
 * The second line tells the error on every interval, since F is known at its ends. The intervals where it is largest are halved:
 * F may have a cliff of a ten-thousandth of the line, where a gate turns over.
 * On each, the rule of Gauss and Lobatto with five points, exact for polynomials of degree 7; points at the ends and in the
 * middle are used again after halving.
 *
 * A long text may have cliffs that are narrower than float32 can tell points apart. There F jumps, and the jump is divided among
 * the tokens in the proportions of the slope beside it: those of the normal of the surface at which F jumps.
 *
 *     weight_t += (F(b) - F(a)) terms_t(α*) / Σ_t terms_t(α*)          α*: where the slope towards F(b) is largest
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
  /** How far F jumps in all: Σ |F(b) - F(a)|; 0 where it does not. */
  readonly jumped: number;
}

/** Where the rule looks, from the start of the interval to its end, and the weights of what it finds. */
const NODES = [0, (1 - Math.sqrt(3 / 7)) / 2, 1 / 2, (1 + Math.sqrt(3 / 7)) / 2, 1] as const;
const RULE = [1 / 20, 49 / 180, 16 / 45, 49 / 180, 1 / 20] as const;

/** Intervals at the start: with one, errors might cancel out by chance, which matters less where the gap may be large. */
const INTERVALS = 4;
const LARGE_GAP = 0.05;
/** Points from which on errors of opposite sign may cancel out: by then there are hundreds of them, and no chance decides. */
const MANY_POINTS = 512;
/** Intervals that are halved at once, at most: their new points fill a batch. */
const HALVED = 16;
/** Intervals are not halved below this: between their points, the vectors of a text in float32 hardly differ. */
const NARROWEST = 2 ** -20;

/** A point, and dF/dα there. */
interface KnownPoint extends LinePoint {
  readonly slope: number;
}

/** A part of the line whose points are known. */
interface Interval {
  readonly from: number;
  readonly to: number;
  readonly points: readonly KnownPoint[];
  /** ∫ dF/dα dα - (F(to) - F(from)) by the rule; 0 of a jump. */
  readonly signed: number;
  /** Its absolute value. */
  readonly error: number;
  /** Where the slope is, of a jump, by whose terms it is divided. */
  readonly jump: KnownPoint | undefined;
}

/** How far to go. */
interface IntegralOptions {
  /** The gap to reach; while points are few, the sum of the gaps of all intervals stays below it. */
  readonly maxGap: number;
  /** Where to stop though the gap is larger. */
  readonly maxSteps: number;
}

/** @param evaluate What is known at points of the line, all at once. */
export function integrate(
  evaluate: (alphas: readonly number[]) => readonly LinePoint[],
  options: IntegralOptions,
): Integral {
  const steps = integration(options);
  let step = steps.next();
  while (step.done !== true) step = steps.next(evaluate(step.value));
  return step.value;
}

/** Yields points of the line, and is given what is known there. */
type Asking<T> = Generator<readonly number[], T, readonly LinePoint[]>;

/** The same for a caller that takes breaks between the points. */
export function* integration({ maxGap, maxSteps }: IntegralOptions): Asking<Integral> {
  const known = new Map<number, KnownPoint>();
  const measured = function* (ranges: readonly Range[]): Asking<Interval[]> {
    const wanted = ranges.flatMap((range) => nodesOf(range));
    const missing = [...new Set(wanted)].filter((alpha) => !known.has(alpha));
    for (const [n, point] of (yield missing).entries()) {
      const slope = point.terms.reduce((all, term) => all + term, 0);
      known.set(missing[n], { ...point, slope });
    }
    return ranges.map((range) =>
      measure(
        range,
        nodesOf(range).map((alpha) => known.get(alpha) as KnownPoint), // it has been given
      ),
    );
  };
  const parts = maxGap >= LARGE_GAP || maxSteps <= NODES.length ? 1 : INTERVALS;
  let intervals = yield* measured(
    Array.from({ length: parts }, (_, n): Range => [n / parts, (n + 1) / parts]),
  );
  for (;;) {
    const [from, to] = [intervals[0].points[0].value, intervals[intervals.length - 1].points[4].value];
    const allowed = maxGap * Math.max(Math.abs(to - from), LEAST_DIFFERENCE);
    const many = known.size >= MANY_POINTS;
    const total = Math.abs(intervals.reduce((sum, { error, signed }) => sum + (many ? signed : error), 0));
    const sorted = intervals.map(({ error }) => error).sort((a, b) => b - a);
    const limit = Math.max(allowed / intervals.length, sorted.at(HALVED) ?? 0);
    const wide = intervals.filter((one) => one.error > limit && one.to - one.from > NARROWEST);
    // NaN ends it too
    const enough = !(total > allowed) || known.size >= maxSteps || wide.length === 0;
    if (enough) return { ...sumUp(intervals, from, to), from, to, steps: known.size };
    const halves = yield* measured(wide.flatMap(halvesOf));
    intervals = [...intervals.filter((one) => !wide.includes(one)), ...halves].sort(
      (a, b) => a.from - b.from,
    );
  }
}

/**
 * The points of a {@link roughly | rough integral}: the baseline, and where the probability of a long text rises. On 30 news of
 * 1,467 characters, the slope there is about as like the weights as five points of the rule are: cosines of 0.90 and 0.93.
 */
export const ROUGH_POINTS = [0, 0.16] as const;

/** An integral by the slope at the second of these points alone. @param to F(1) */
export function roughly([{ value: from }, { terms: weights }]: readonly LinePoint[], to: number): Integral {
  return { weights, gap: gapOf(weights, to - from), from, to, steps: ROUGH_POINTS.length, jumped: 0 };
}

/** |Σ weights - difference| as a proportion of the difference. */
function gapOf(weights: Float64Array, difference: number): number {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return Math.abs(sum - difference) / Math.max(Math.abs(difference), LEAST_DIFFERENCE);
}

type Range = readonly [from: number, to: number];

function nodesOf([from, to]: Range): number[] {
  return NODES.map((node) => (node === 1 ? to : from + node * (to - from)));
}

function halvesOf({ from, to }: Interval): Range[] {
  const middle = from + (to - from) / 2;
  return [
    [from, middle],
    [middle, to],
  ];
}

function measure([from, to]: Range, points: readonly KnownPoint[]): Interval {
  const difference = points[4].value - points[0].value;
  let sum = 0;
  for (const [n, { slope }] of points.entries()) sum += RULE[n] * slope;
  const signed = sum * (to - from) - difference;
  const error = Math.abs(signed);
  if (to - from > NARROWEST || !(error > 0)) return { from, to, points, signed, error, jump: undefined };
  const towards = (point: KnownPoint) => point.slope * Math.sign(difference);
  const steepest = points.reduce((best, point) => (towards(point) > towards(best) ? point : best));
  const jump = towards(steepest) > 0 ? steepest : undefined;
  return { from, to, points, signed: jump ? 0 : signed, error: jump ? 0 : error, jump };
}

function sumUp(
  intervals: readonly Interval[],
  start: number,
  end: number,
): Pick<Integral, 'weights' | 'gap' | 'jumped'> {
  const weights = new Float64Array(intervals[0].points[0].terms.length);
  let jumped = 0;
  const add = ({ terms }: LinePoint, scale: number) => {
    for (let t = 0; t < weights.length; t++) weights[t] += scale * terms[t];
  };
  for (const { from, to, points, jump } of intervals) {
    if (jump) {
      const difference = points[4].value - points[0].value;
      jumped += Math.abs(difference);
      add(jump, difference / jump.slope);
    } else for (const [n, point] of points.entries()) add(point, RULE[n] * (to - from));
  }
  return { weights, gap: gapOf(weights, end - start), jumped };
}
