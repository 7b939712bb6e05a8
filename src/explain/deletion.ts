/** How fast the probability of a class falls when tokens are deleted: the most attributed first, or random ones. */
import type { TextClassifier } from '../classifier/text-classifier.ts';
import type { Rng } from '../core/rng.ts';
import { lookAt, probabilityWithout } from './explain.ts';
import type { Explanation } from './explanation.ts';

/** How many tokens are left out, and how often at random. */
export interface DeletionOptions {
  /** Numbers of tokens, ascending. Default 1, 2, 3, 5, 10, 20. */
  readonly counts?: readonly number[];
  /** Number of random choices, whose probabilities are averaged. Default 5. */
  readonly draws?: number;
  /** Of the random choices. */
  readonly rng: Rng;
}

/** The probability of the explained class without tokens. */
export interface Deletion {
  readonly counts: readonly number[];
  /** As predicted. */
  readonly probability: number;
  /** [counts] without the tokens that most support the class. */
  readonly attributed: readonly number[];
  /** [counts] without as many others; the mean over the draws. */
  readonly random: readonly number[];
}

/** The default numbers of deleted tokens. */
export const DELETION_COUNTS: readonly number[] = [1, 2, 3, 5, 10, 20];

/**
 * Leaves tokens out of a text that was explained. A text with fewer tokens than are to be left out loses all of them.
 * @param explanation Of this text by this classifier.
 */
export function deletionOf(
  classifier: TextClassifier,
  text: string,
  explanation: Pick<Explanation, 'label' | 'tokens'>,
  { counts = DELETION_COUNTS, draws = 5, rng }: DeletionOptions,
): Deletion {
  const looked = lookAt(classifier, text);
  const c = classifier.labelNames.indexOf(explanation.label);
  const { tokens } = explanation;
  const order = Array.from(tokens, (_, t) => t);
  const strongest = order.toSorted((a, b) => tokens[b].weight - tokens[a].weight || a - b);
  const shuffles = Array.from({ length: draws }, (_, d) => shuffled(order, rng.fork('draw', d)));
  const sets = [strongest, ...shuffles].flatMap((own) => counts.map((count) => new Set(own.slice(0, count))));
  const found = probabilityWithout(looked, sets, c);
  const K = counts.length;
  return {
    counts,
    probability: looked.probabilities[c],
    attributed: Array.from(found.subarray(0, K)),
    random: counts.map((_, k) => {
      let sum = 0;
      for (let d = 1; d <= draws; d++) sum += found[d * K + k];
      return sum / draws;
    }),
  };
}

function shuffled(order: readonly number[], rng: Rng): number[] {
  const all = [...order];
  for (let i = all.length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

/** The mean over documents. */
export function meanDeletion(all: readonly Deletion[]): Deletion {
  const mean = (of: (one: Deletion) => number) => all.reduce((sum, one) => sum + of(one) / all.length, 0);
  const counts = all.at(0)?.counts ?? DELETION_COUNTS;
  return {
    counts,
    probability: mean((one) => one.probability),
    attributed: counts.map((_, k) => mean((one) => one.attributed[k])),
    random: counts.map((_, k) => mean((one) => one.random[k])),
  };
}
