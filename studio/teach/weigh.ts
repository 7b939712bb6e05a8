/** How much the words of a text support a class, as pieces of the text to show. */
import type { TextClassifier } from '../../src/classifier/text-classifier.ts';
import { explain, type Explanation } from '../../src/explain/index.ts';

/** A part of a text, and how much it supports the class. */
export interface Weighed {
  readonly text: string;
  /** Above 0: for the class; below 0: against it; 0 for what the model does not read. */
  readonly weight: number;
}

/** What the weights of a method are, in a sentence. */
export const MEANINGS: Readonly<Record<Explanation['method'], string>> = {
  'integrated-gradients':
    'The weights add up to the probability, less that of an empty text (integrated gradients).',
  occlusion: 'A weight says how much the probability falls without the word (occlusion).',
  attention: 'A weight says how much attention the model pays to the word.',
  weights: 'The weights are those of the linear model.',
};

/** The text in pieces, in their order, each with its weight for a class. */
export function weighWords(
  classifier: TextClassifier,
  text: string,
  label: string,
): { readonly words: readonly Weighed[]; readonly meaning: string } {
  const { method, tokens } = explain(classifier, text, { label });
  const words: Weighed[] = [];
  let at = 0;
  for (const { start, end, weight } of tokens) {
    if (start === undefined || end === undefined || start < at) continue;
    if (start > at) words.push({ text: text.slice(at, start), weight: 0 });
    words.push({ text: text.slice(start, end), weight });
    at = end;
  }
  if (at < text.length) words.push({ text: text.slice(at), weight: 0 });
  return { words, meaning: MEANINGS[method] };
}
