/** Confusion matrix of the test documents, as counts. */
import { maxOf } from '../core/lists.ts';
import { formatCount, formatPercent, listing, plural } from './chart/format.ts';
import { classText } from './chart/text.ts';
import { defineConfusions } from './confusions.ts';

/** The figure. */
export const confusionMatrixCounts = defineConfusions({
  type: 'confusion-matrix',
  title: 'Confusion matrix',
  summary: 'Confusion matrix of the test documents, as counts.',
  subtitle: 'Documents',
  unit: 'as counts',
  cells({ matrix }) {
    const largest = Math.max(1, maxOf(matrix.flat()));
    return {
      proportions: matrix.map((row) => row.map((count) => count / largest)),
      texts: matrix.map((row) => row.map(formatCount)),
      scale: ['0', formatCount(largest)],
    };
  },
  caption({ documents, correct, most_frequent: worst }) {
    const right = `${formatCount(correct)} of ${plural(documents, 'document')} (${formatPercent(correct / documents)}) are classified correctly`;
    if (worst.length === 0) return `${right}; none is misclassified.`;
    const named = worst
      .slice(0, 3)
      .map(
        ({ truth, predicted, count, reverse_count: reverse }) =>
          `${classText(truth)} predicted as ${classText(predicted)} (${formatCount(count)}${reverse > 0 ? `, ${formatCount(reverse)} the other way round` : ''})`,
      );
    return `${right}, ${formatCount(documents - correct)} are misclassified. The most frequent ${named.length === 1 ? 'confusion' : 'confusions'}: ${listing(named)}.`;
  },
});
