/** A few test documents explained, and the words of each class. */
import type { ClassWordFacts, ExplainedFacts, Sources } from '../figures/sources.ts';
import { formatCount, formatPercent, plural } from '../figures/chart/format.ts';
import { type Section, sentences } from './content.ts';
import { figureBlocks } from './figure-blocks.ts';

/** The explanations in a report. */
export interface ReportExplanations {
  readonly explained: ExplainedFacts;
  readonly class_words: ClassWordFacts;
  /** Largest completeness gap of all explanations, a proportion; null without integrated gradients. */
  readonly largestGap: number | null;
}

const meanings: Readonly<Record<ExplainedFacts['method'], string>> = {
  'integrated-gradients':
    'The weight of a word is its part of the probability of the predicted class, on the path from an empty text (integrated gradients).',
  occlusion:
    'The weight of a word is how much the probability of the predicted class falls without it (occlusion).',
  attention: 'The weight of a word is what it counts in attention pooling.',
  weights: 'The weight of a word is its part of the score of the predicted class.',
};

/** The section. Its figures have no numbers, so that the others have those of `unroll figures`. */
export function explanationSection(found: ReportExplanations): Section {
  const { explained, class_words, largestGap } = found;
  const wrong = explained.documents.filter(({ actual, predicted }) => actual !== predicted).length;
  const right = explained.documents.length - wrong;
  const sources: Sources = { explained, class_words };
  return {
    id: 'explanation',
    title: 'Which words matter',
    blocks: [
      ...sentences([
        `${plural(explained.documents.length, 'test document')}, ${formatCount(right)} classified correctly and ${formatCount(wrong)} not, word by word, and the words that most support each class over ${plural(class_words.documents, 'test document')}.`,
        meanings[explained.method],
        largestGap === null
          ? undefined
          : `The weights add up to the difference from the empty text within ${formatPercent(largestGap, 2)} in every document.`,
        'A word that supports a class need not be a reason that a person would give.',
      ]),
      ...figureBlocks(sources)
        .rest('explanation')
        .map((block) => (block.kind === 'figure' ? { ...block, unnumbered: true } : block)),
    ],
  };
}
