/**
 * How unlike the validation documents a text is: a score for "none of these classes". It compares two facts with theirs, the
 * highest probability and the proportion of known tokens, each by its conformal p-value (Vovk; Bates et al. 2023)
 *
 *     p = (1 + #{validation documents with as small a value}) / (N + 1),   score = 1 - min(1, 2 min(p_confidence, p_known))
 *
 * so that a document like the validation documents gets a score of 1 - α or more with a chance of at most α.
 */
import { exp, log } from '../core/math.ts';

/** Statistics of the validation documents. */
export interface TypicalDocuments {
  /** How many there were. */
  readonly documents: number;
  /** Their highest probabilities, ascending; of many documents 64, most of them from the lower end. */
  readonly confidence: readonly number[];
  /** Their proportions of known tokens, likewise. */
  readonly known: readonly number[];
}

const MOST_KEPT = 64;

/** Describes documents by their highest probabilities and proportions of known tokens, `[N]` each. */
export function typicalOf(confidences: ArrayLike<number>, known: ArrayLike<number>): TypicalDocuments {
  return { documents: confidences.length, confidence: kept(confidences), known: kept(known) };
}

/** The values by ascending rank, of many those that {@link rankOf} says. Nine digits tell probabilities apart. */
function kept(values: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(values).sort();
  const size = Math.min(sorted.length, MOST_KEPT);
  return Array.from({ length: size }, (_, k) =>
    Number(sorted[rankOf(k, size, sorted.length)].toPrecision(9)),
  );
}

/** 0-based place, among `total` values, of the k-th of `size` that were kept: one after the other first, then ever fewer. */
function rankOf(k: number, size: number, total: number): number {
  return Math.max(k, Math.round(exp((log(total) * (k + 1)) / size)) - 1);
}

/** How unlike the typical documents a text is, in [0, 1]. */
export function noneOfThese(typical: TypicalDocuments, confidence: number, known: number): number {
  const p = Math.min(
    pValue(typical.confidence, confidence, typical.documents),
    pValue(typical.known, known, typical.documents),
  );
  return 1 - Math.min(1, 2 * p);
}

function pValue(values: readonly number[], value: number, total: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  // no more than those before the first larger one that was kept
  const below = low === values.length ? total : rankOf(low, values.length, total);
  return (1 + below) / (total + 1);
}
