/** Confusion matrix of the test documents, each row as percent of its true class. */
import { formatPercent, listing } from './chart/format.ts';
import { classText } from './chart/text.ts';
import { defineConfusions } from './confusions.ts';

/** The figure. */
export const confusionMatrixNormalised = defineConfusions({
  type: 'confusion-matrix-normalised',
  title: 'Confusion matrix, row-normalised',
  summary: 'Confusion matrix of the test documents, each row as percent of its true class.',
  subtitle: 'Percent of each true class',
  unit: 'as percent of each true class',
  cells: ({ proportions }) => ({
    proportions,
    texts: proportions.map((row) =>
      row.map((proportion) => (proportion === null ? '–' : (100 * proportion).toFixed(0))),
    ),
    scale: ['0 %', '100 %'],
  }),
  caption({ labels, proportions, largest_proportions: worst }) {
    const found = labels
      .flatMap((label, c) => {
        const proportion = proportions[c][c];
        return proportion === null ? [] : [{ label, proportion }];
      })
      .sort((a, b) => b.proportion - a.proportion);
    const [best, least] = [found[0], found[found.length - 1]];
    const said = ({ label, proportion }: typeof best) =>
      `${formatPercent(proportion)} of ${classText(label)}`;
    const right =
      best.proportion === least.proportion
        ? `Of each class ${formatPercent(best.proportion)} are classified correctly`
        : `Each row sums to 100 %: from ${said(least)} to ${said(best)} are classified correctly`;
    if (worst.length === 0) return `${right}; nothing is off the diagonal.`;
    const named = worst
      .slice(0, 3)
      .map(
        ({ truth, predicted, proportion }) =>
          `${formatPercent(proportion)} of ${classText(truth)} predicted as ${classText(predicted)}`,
      );
    return `${right}. The largest ${named.length === 1 ? 'proportion' : 'proportions'} off the diagonal: ${listing(named)}.`;
  },
});
