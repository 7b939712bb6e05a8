/** A text as read by an ensemble, whose members may tokenize it differently. */
import { type Calibrated, calibrateRows } from '../evaluate/thresholds.ts';
import type { PlacedToken } from '../text/spans.ts';
import type { Lens, Path, VariantScores } from './lens.ts';
import { throughCalibration } from './slopes.ts';

/** A model of the ensemble, and what its probabilities count. */
export interface LensMember {
  readonly lens: Lens;
  readonly weight: number;
  /** With which its probabilities go into the mean. */
  readonly calibrated: Calibrated;
}

/** Combines the members' views of a text; the units are the smallest parts that no member's token crosses. */
export function ensembleLens(members: readonly LensMember[], text: string, classes: number): Lens {
  const { units, unitOf } = unite(
    members.map(({ lens }) => lens.tokens),
    text,
  );
  const toUnits = (m: number, terms: Float64Array, width: number): Float64Array => {
    const T = unitOf[m].length;
    const rows = terms.length / T / width;
    const sums = new Float64Array(rows * units.length * width);
    for (let r = 0; r < rows; r++)
      for (let t = 0; t < T; t++)
        for (let w = 0; w < width; w++)
          sums[(r * units.length + unitOf[m][t]) * width + w] += terms[(r * T + t) * width + w];
    return sums;
  };
  return {
    tokens: units,
    unread: members.reduce((least, { lens }) => Math.min(least, lens.unread), Infinity),
    without: (sets) => withoutUnits(members, unitOf, sets, classes),
    path(baseline) {
      const paths = members.map(({ lens }) => lens.path(baseline));
      return paths.every((path) => path !== undefined)
        ? meanPath(members, paths, classes, toUnits)
        : undefined;
    },
    attention() {
      const all = members.map(({ lens }) => lens.attention());
      if (!all.every((weights) => weights !== undefined)) return undefined;
      const mean = new Float64Array(units.length);
      for (const [m, weights] of all.entries())
        for (const [u, sum] of toUnits(m, weights, 1).entries()) mean[u] += members[m].weight * sum;
      return mean;
    },
    weights: () => undefined,
  };
}

/** Parts of the text: tokens of different models that overlap are one. */
function unite(
  all: readonly (readonly PlacedToken[])[],
  text: string,
): { readonly units: PlacedToken[]; readonly unitOf: Int32Array[] } {
  const spans = all
    .flat()
    .flatMap(({ start, end }) => (start === undefined || end === undefined ? [] : [{ start, end }]))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans) {
    const last = merged.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  const units: PlacedToken[] = merged.map(({ start, end }) => ({ text: text.slice(start, end), start, end }));
  const unitAt = new Map<number, number>();
  for (const [u, { start, end }] of merged.entries()) for (let at = start; at < end; at++) unitAt.set(at, u);
  const unitOf = all.map((tokens) =>
    Int32Array.from(tokens, (token) => {
      const found = token.start === undefined ? undefined : unitAt.get(token.start);
      return found ?? units.push({ text: token.text }) - 1;
    }),
  );
  return { units, unitOf };
}

function withoutUnits(
  members: readonly LensMember[],
  unitOf: readonly Int32Array[],
  sets: readonly ReadonlySet<number>[],
  C: number,
): VariantScores {
  const probabilities = new Float64Array(sets.length * C);
  const known = new Int32Array(sets.length);
  for (const [m, { lens, weight, calibrated }] of members.entries()) {
    const own = sets.map(
      (left) => new Set(Array.from(unitOf[m].keys()).filter((t) => left.has(unitOf[m][t]))),
    );
    const scored = lens.without(own);
    const scaled = calibrateRows(scored.probabilities, C, calibrated);
    for (let k = 0; k < scaled.length; k++) probabilities[k] += weight * scaled[k];
    for (let k = 0; k < known.length; k++) known[k] = Math.max(known[k], scored.known[k]);
  }
  return { probabilities, known };
}

/** p = Σ_m w_m q_m(α), where q_m are the calibrated probabilities of member m. */
function meanPath(
  members: readonly LensMember[],
  paths: readonly Path[],
  C: number,
  toUnits: (m: number, terms: Float64Array, width: number) => Float64Array,
): Path {
  let last: { p: Float64Array; q: Float64Array }[] = [];
  return {
    points: paths.reduce((least, { points }) => Math.min(least, points), Infinity),
    forward(alphas) {
      last = members.map(({ calibrated }, m) => {
        const p = paths[m].forward(alphas);
        return { p, q: calibrateRows(p, C, calibrated) };
      });
      const mean = new Float64Array(alphas.length * C);
      for (const [m, { weight }] of members.entries())
        for (let k = 0; k < mean.length; k++) mean[k] += weight * last[m].q[k];
      return mean;
    },
    backward(dp) {
      const parts = members.map(({ weight, calibrated }, m) => {
        const { p, q } = last[m];
        const dq = dp.map((d) => weight * d);
        return toUnits(m, paths[m].backward(throughCalibration(p, q, dq, { classes: C, ...calibrated })), 1);
      });
      return parts.reduce((sum, part) => sum.map((term, k) => term + part[k]));
    },
  };
}
