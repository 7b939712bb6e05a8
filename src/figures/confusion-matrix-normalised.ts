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
  cells: ({ shares }) => ({
    shares,
    texts: shares.map((row) => row.map((share) => (share === null ? '–' : (100 * share).toFixed(0)))),
    scale: ['0 %', '100 %'],
  }),
  caption({ labels, shares, largest_shares: worst }) {
    const found = labels
      .flatMap((label, c) => {
        const share = shares[c][c];
        return share === null ? [] : [{ label, share }];
      })
      .sort((a, b) => b.share - a.share);
    const [best, least] = [found[0], found[found.length - 1]];
    const said = ({ label, share }: typeof best) => `${formatPercent(share)} of ${classText(label)}`;
    const right =
      best.share === least.share
        ? `Of each class ${formatPercent(best.share)} are classified right`
        : `Each row sums to 100 %: from ${said(least)} to ${said(best)} are classified right`;
    if (worst.length === 0) return `${right}; no share is off the diagonal.`;
    const named = worst
      .slice(0, 3)
      .map(
        ({ truth, predicted, share }) =>
          `${formatPercent(share)} of ${classText(truth)} taken for ${classText(predicted)}`,
      );
    return `${right}. The largest ${named.length === 1 ? 'share' : 'shares'} off the diagonal: ${listing(named)}.`;
  },
});
