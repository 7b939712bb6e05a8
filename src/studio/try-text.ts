/** A text that is tried: the probability of each class. */
import type { TextClassifier } from '../run/index.ts';

/** What a classifier says of a text. */
export interface Tried {
  /** The class that is looked at. */
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Scores a text. */
export function tryText(classifier: TextClassifier, text: string): Tried {
  const [{ label }] = classifier.predict([text]);
  const scores = classifier.predictProba([text]);
  return {
    label,
    probabilities: Object.fromEntries(classifier.labelNames.map((name, c) => [name, scores[c]])),
  };
}
