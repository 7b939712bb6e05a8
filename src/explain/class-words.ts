/** The words that most support each class, over many texts. */
import type { Explanation } from './explanation.ts';

/** A word and how much it supports a class. */
export interface ClassWord {
  readonly word: string;
  /** Mean weight over the texts that contain it. */
  readonly weight: number;
  /** Texts of the class that hold it. */
  readonly documents: number;
}

/** A class and its words. */
export interface ClassWords {
  readonly label: string;
  /** Texts that were predicted to be of it. */
  readonly documents: number;
  /** In order of their total weight. */
  readonly words: readonly ClassWord[];
}

/**
 * Ranks words by their total weight over all texts; a word must occur in at least two.
 * @param explanations Each of the class that was predicted.
 * @param most Words of a class.
 */
export function classWords(
  explanations: Iterable<Explanation>,
  labelNames: readonly string[],
  most: number,
): ClassWords[] {
  const classes = new Map(
    labelNames.map((label) => [label, { documents: 0, sums: new Map<string, WordSum>() }]),
  );
  for (const { label, tokens } of explanations) {
    const own = classes.get(label);
    if (!own) continue;
    own.documents++;
    const here = new Map<string, number>();
    for (const { text, weight } of tokens) {
      const word = text.toLowerCase();
      if (word !== '') here.set(word, (here.get(word) ?? 0) + weight);
    }
    for (const [word, weight] of here) {
      const sum = own.sums.get(word) ?? { weight: 0, documents: 0 };
      own.sums.set(word, { weight: sum.weight + weight, documents: sum.documents + 1 });
    }
  }
  return [...classes].map(([label, { documents, sums }]) => ({
    label,
    documents,
    words: strongest(sums, most),
  }));
}

interface WordSum {
  readonly weight: number;
  readonly documents: number;
}

function strongest(sums: ReadonlyMap<string, WordSum>, most: number): ClassWord[] {
  return [...sums]
    .filter(([, { weight, documents }]) => documents > 1 && weight > 0)
    .sort(([a, x], [b, y]) => y.weight - x.weight || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([word, { weight, documents }]) => ({ word, weight: weight / documents, documents }));
}
