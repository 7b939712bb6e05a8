/**
 * Conformal prediction sets: the classes of which one is the true one with a promised probability, whatever the classifier,
 * for documents drawn like those it was calibrated on.
 *
 * - `lac` (Sadinle, Lei and Wasserman 2019): all classes above one threshold; the smallest sets on average.
 * - `aps` (Romano, Sesia and Candès 2020, without randomisation): classes from the most probable on, until their probabilities
 *   sum up to the threshold; larger sets for documents that are hard. Without randomisation they hold the true class more often
 *   than promised.
 *
 * The most probable class is always in the set, which can only raise the coverage.
 */
import { DataError } from '../core/errors.ts';
import type { ProbableDocuments } from './temperature.ts';

/** The ways to choose the sets. */
export const setMethods = ['lac', 'aps'] as const;
/** One of them. */
export type SetMethod = (typeof setMethods)[number];

/** How sets are chosen. */
export interface SetRule {
  /** How. */
  readonly method: SetMethod;
  /** Proportion of documents whose set holds the true class, at least. */
  readonly coverage: number;
  /** The highest score of a class that is in the set. */
  readonly threshold: number;
  /** Documents it was learned from. */
  readonly documents: number;
}

/** Class ids of a row, the most probable first; of equal ones the first. */
function ranked(row: ArrayLike<number>): number[] {
  return Array.from(row, (_, c) => c).sort((a, b) => row[b] - row[a] || a - b);
}

/** `[C]` how unlikely each class is, in the order of the ranks; it rises along them. */
function scoresOf(row: ArrayLike<number>, ranks: readonly number[], method: SetMethod): number[] {
  if (method === 'lac') return ranks.map((c) => 1 - row[c]);
  let sum = 0;
  return ranks.map((c) => (sum += row[c]));
}

/**
 * Learns the threshold: the ⌈(N + 1)·coverage⌉-th smallest score of the true classes.
 * @param coverage In (0, 1).
 * @throws DataError where there are fewer documents than that needs, about 1 / (1 - coverage)
 */
export function conformalRule(
  { probabilities, labels, classes }: ProbableDocuments,
  coverage: number,
  method: SetMethod,
): SetRule {
  const N = labels.length;
  const place = Math.ceil((N + 1) * coverage - 1e-9);
  if (place > N) {
    const needed = Math.ceil(coverage / (1 - coverage) - 1e-9);
    const possible = Math.floor((100 * N) / (N + 1)) / 100;
    throw new DataError(
      `[--sets] there must be at least ${needed} validation documents for sets with a coverage of ${coverage}, but the run has ${N}. ` +
        `${possible > 0 ? `Ask for at most ${possible}, or give` : 'Give'} it a larger validation part: --data.fractions 0.6,0.2,0.2.`,
    );
  }
  const scores = Float64Array.from(labels, (label, n) => {
    const row = Array.from({ length: classes }, (_, c) => probabilities[n * classes + c]);
    const ranks = ranked(row);
    return scoresOf(row, ranks, method)[ranks.indexOf(label)];
  }).sort();
  return { method, coverage, threshold: scores[place - 1], documents: N };
}

/** The classes of a document's set, the most probable first; one at least. */
export function predictionSet(row: ArrayLike<number>, { method, threshold }: SetRule): number[] {
  const ranks = ranked(row);
  const scores = scoresOf(row, ranks, method);
  return ranks.filter((_, k) => k === 0 || scores[k] <= threshold);
}
