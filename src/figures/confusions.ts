/** What the two confusion matrices share: counts, row shares, the most frequent mistakes, the drawing. */
import { mostFrequentConfusions, type Confusion } from '../evaluate/confusion.ts';
import type { Evaluation } from '../evaluate/metrics.ts';
import { Drawing } from './chart/drawing.ts';
import { csvTable, formatCount, formatPercent, listing, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawHeatMap } from './chart/heat-map.ts';
import { labelText } from './chart/text.ts';
import { themes } from './chart/theme.ts';
import { type DrawOptions, widthOf } from './figure.ts';

/** Data of both figures. */
export interface Confusions {
  readonly labels: readonly string[];
  readonly documents: number;
  readonly correct: number;
  /** `[C][C]` counts, rows the truth. */
  readonly matrix: readonly (readonly number[])[];
  /** `[C][C]` shares of the true class; null in the row of a class without documents. */
  readonly shares: readonly (readonly (number | null)[])[];
  /** The most frequent mistakes, at most 5. */
  readonly most_frequent: readonly Confusion[];
  readonly warnings: readonly string[];
}

/** The data from an evaluation. */
export function confusionData({ labels, documents, confusion_matrix: matrix }: Evaluation): Confusions {
  const totals = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const empty = labels.filter((_, c) => totals[c] === 0).length;
  return {
    labels,
    documents,
    correct: matrix.reduce((sum, row, c) => sum + row[c], 0),
    matrix,
    shares: matrix.map((row, c) => row.map((count) => (totals[c] === 0 ? null : count / totals[c]))),
    most_frequent: mostFrequentConfusions(matrix, labels, 5),
    warnings: [
      ...(empty > 0
        ? [`${plural(empty, 'class')} ${empty === 1 ? 'has' : 'have'} no test documents: the row is empty.`]
        : []),
      ...(labels.length === 1 ? ['One class only: nothing can be confused.'] : []),
    ],
  };
}

/** The finding in numbers. */
export function confusionCaption({ documents, correct, most_frequent: worst }: Confusions): string {
  if (documents === 0) return 'No document was evaluated.';
  const right = `${formatCount(correct)} of ${plural(documents, 'document')} (${formatPercent(correct / documents)}) are classified right`;
  if (worst.length === 0) return `${right}; there is no mistake.`;
  const named = worst
    .slice(0, 3)
    .map(
      ({ truth, predicted, count, share, reverse_count }) =>
        `${labelText(truth)} taken for ${labelText(predicted)} (${count}, ${formatPercent(share)} of ${labelText(truth)}${reverse_count > 0 ? `; ${reverse_count} the other way round` : ''})`,
    );
  return `${right}. The most frequent ${named.length === 1 ? 'mistake' : 'mistakes'}: ${listing(named)}.`;
}

/** The table: a row per cell. */
export function confusionCsv({ labels, matrix, shares }: Confusions): string {
  return csvTable(
    ['true', 'predicted', 'documents', 'share_of_true'],
    labels.flatMap((truth, r) =>
      labels.map((predicted, c) => [truth, predicted, matrix[r][c], shares[r][c]]),
    ),
  );
}

/** Draws counts or shares. */
export function drawConfusions(
  data: Confusions,
  what: { readonly type: string; readonly title: string; readonly alt: string; readonly normalised: boolean },
  options: DrawOptions,
): string {
  const { theme = 'light' } = options;
  const { type, title, alt, normalised } = what;
  const count = data.labels.length;
  // many classes need room: ask for it before the title is set
  const drawing = new Drawing(
    `${type}-${theme}`,
    themes[theme],
    Math.max(widthOf(options), count > 12 ? 150 + count * 11 : 0),
  );
  const y = drawTitle(drawing, title, normalised ? 'Percent of each true class' : 'Documents');
  if (count === 0 || data.documents === 0)
    return finish(drawing, drawNothing(drawing, y, 'No document has been evaluated yet.'), { alt });
  const largest = Math.max(1, ...data.matrix.flat());
  const bottom = drawHeatMap(drawing, {
    y,
    labels: data.labels.map(labelText),
    shares: normalised ? data.shares : data.matrix.map((row) => row.map((n) => n / largest)),
    texts: normalised
      ? data.shares.map((row) => row.map((share) => (share === null ? '–' : (100 * share).toFixed(0))))
      : data.matrix.map((row) => row.map((n) => formatCount(n))),
    scale: normalised ? ['0 %', '100 %'] : ['0', formatCount(largest)],
    rowTitle: 'Rows: true class',
    columnTitle: 'Columns: predicted class',
  });
  return finish(drawing, bottom, { alt, warnings: data.warnings });
}
