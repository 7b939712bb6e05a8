/**
 * Abstention: a classifier that labels only the documents that it is sure enough of, so that the labels it gives have a
 * promised precision.
 */
import { DataError } from '../core/errors.ts';
import { log } from '../core/math.ts';
import { clopperPearsonLower } from './intervals.ts';

/** Documents with their highest probability, and whether that class is right. */
export interface JudgedDocuments {
  /** `[N]` highest probability. */
  readonly confidences: ArrayLike<number>;
  /** `[N]` whether its class is the true one. */
  readonly right: ArrayLike<boolean>;
}

/** Which documents get a label, and what is known of the labels they get. */
export interface Abstention {
  /** A document is labelled where its highest probability is above this. */
  readonly threshold: number;
  /** The precision that was asked for. */
  readonly precision: number;
  /** The promise is kept with at least this probability, over the documents it was learned from. */
  readonly level: number;
  /** Documents it was learned from. */
  readonly documents: number;
  /** How many of these are labelled. */
  readonly labelled: number;
  /** How many of the labels are wrong. */
  readonly errors: number;
  /** Lower bound of the precision, at least what was asked for. */
  readonly bound: number;
}

/** The proportions of documents that are tried: 1, 0.95, … 0.05. */
const COVERAGES = Array.from({ length: 20 }, (_, k) => (20 - k) / 20);

/**
 * The threshold that labels the most documents with the promised precision, by the lower bounds of Clopper and Pearson for
 * 20 proportions of the documents. Each is tested with an equal part of the chance to be wrong (Bonferroni), so that the promise
 * also holds for the best of them; those with too few documents to pass are not tested. For thresholds from the data
 * themselves: Geifman and El-Yaniv 2017.
 * @param precision In (0, 1).
 * @param level In (0, 1).
 * @throws DataError where there are too few documents to promise it, or the classifier is not that precise.
 */
export function promisePrecision(
  { confidences, right }: JudgedDocuments,
  precision: number,
  level = 0.95,
): Abstention {
  const N = confidences.length;
  const needed = fewestDocuments(precision, level);
  if (N < needed) throw tooFew(N, needed, precision, level);
  const order = Array.from(confidences, (_, n) => n).sort((a, b) => confidences[b] - confidences[a]);
  const sizes = testedSizes(N, precision, level);
  const each = 1 - (1 - level) / sizes.length;
  let best: { readonly labelled: number; readonly bound: number } | undefined;
  for (const size of sizes) {
    // the document below the labelled ones gives the threshold, so that those above it are a sample
    const threshold = size === N ? 0 : confidences[order[size]];
    const above = order.slice(0, size).filter((n) => confidences[n] > threshold);
    const hits = above.filter((n) => right[n]).length;
    const bound = clopperPearsonLower(hits, above.length, each);
    if (bound < precision) {
      if (!best || bound > best.bound) best = { labelled: above.length, bound };
      continue;
    }
    const counts = { documents: N, labelled: above.length, errors: above.length - hits };
    return { threshold, precision, level, ...counts, bound };
  }
  throw new DataError(
    `[--precision] the most confident predictions of the classifier must have a precision of ${precision}, but the bound for ` +
      `${best?.labelled} of ${N} documents is ${best?.bound.toFixed(4)}. Ask for less, or train a better model.`,
  );
}

/** The fewest documents that can promise a precision, if all of them are right. */
export function fewestDocuments(precision: number, level = 0.95): number {
  return Math.ceil(log(1 - level) / log(precision) - 1e-9);
}

/** The sizes of the tested sets, the largest first: as many as can pass if all their labels are right. */
function testedSizes(N: number, precision: number, level: number): number[] {
  const sizes = [...new Set(COVERAGES.map((coverage) => Math.floor(coverage * N)))];
  let tested = sizes;
  for (let tests = sizes.length; tests >= 1; tests--) {
    tested = sizes.slice(0, tests);
    if (tested[tests - 1] >= fewestDocuments(precision, 1 - (1 - level) / tests)) break;
  }
  return tested;
}

function tooFew(N: number, needed: number, precision: number, level: number): DataError {
  let possible = Math.floor(precision * 100) / 100;
  while (possible > 0 && N < fewestDocuments(possible, level))
    possible = Math.round(possible * 100 - 1) / 100;
  const less = possible > 0 ? `Ask for at most ${possible}, or give` : 'Give';
  return new DataError(
    `[--precision] there must be at least ${needed} validation documents to promise a precision of ${precision}, but the run has ${N}. ` +
      `${less} it a larger validation part: --data.fractions 0.6,0.2,0.2.`,
  );
}

/** A point of the risk-coverage curve. */
export interface RiskCoveragePoint {
  /** Documents that are labelled: those of the highest probability. */
  readonly labelled: number;
  /** The lowest probability among them. */
  readonly threshold: number;
  /** How many of the labels are wrong. */
  readonly errors: number;
}

/**
 * The risk-coverage curve (El-Yaniv and Wiener 2010): how many labels are wrong if only the surest documents get one; at most
 * `points` of them, evenly spread, the last with all documents. Documents of equal probability are labelled together.
 */
export function riskCoverage({ confidences, right }: JudgedDocuments, points = 100): RiskCoveragePoint[] {
  const N = confidences.length;
  const order = Array.from(confidences, (_, n) => n).sort((a, b) => confidences[b] - confidences[a]);
  const curve: RiskCoveragePoint[] = [];
  let errors = 0;
  let next = N / points;
  for (const [i, n] of order.entries()) {
    if (!right[n]) errors++;
    const labelled = i + 1;
    if (labelled < N && (labelled < next - 1e-9 || confidences[order[labelled]] === confidences[n])) continue;
    curve.push({ labelled, threshold: confidences[n], errors });
    while (next <= labelled + 1e-9) next += N / points;
  }
  return curve;
}
