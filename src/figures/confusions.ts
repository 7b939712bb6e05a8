/** What the two confusion matrices share: counts, row shares, the worst mistakes, table and drawing. */
import { mostFrequentConfusions, type Confusion } from '../evaluate/confusion.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { csvTable, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawHeatMap, type HeatMap } from './chart/heat-map.ts';
import { labelText } from './chart/text.ts';
import { createDrawing, defineFigure, type DrawOptions } from './figure.ts';

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
  /** The mistakes with the largest share of their true class, at most 5. */
  readonly largest_shares: readonly Confusion[];
  readonly warnings: readonly string[];
}

/** What sets one of the matrices apart. */
interface ConfusionsDefinition {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly subtitle: string;
  /** What the cells hold, for the text that stands for the picture. */
  readonly unit: string;
  /** The cells: how dark each is, in [0, 1], what stands in it, and the two ends of the scale. */
  cells(data: Confusions): Pick<HeatMap, 'shares' | 'texts' | 'scale'>;
  /** The finding in numbers, of one document at least. */
  caption(data: Confusions): string;
}

/** Declares a confusion matrix. */
export function defineConfusions(
  definition: ConfusionsDefinition,
): ReturnType<typeof defineFigure<'evaluation', Confusions>> {
  const { type, title, summary, unit, caption } = definition;
  return defineFigure({
    type,
    title,
    summary,
    needs: 'evaluation',
    data: confusionData,
    draw: (data, options, alt) => drawConfusions(data, definition, options, alt),
    csv: confusionCsv,
    caption: (data) => (data.documents === 0 ? 'No document was evaluated.' : caption(data)),
    describe: ({ labels }) =>
      `Table of true against predicted classes, ${labels.length} by ${labels.length}, ${unit}.`,
  });
}

/** The data from an evaluation. */
function confusionData({ labels, documents, confusion_matrix: matrix }: Evaluation): Confusions {
  const totals = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const mistakes = mostFrequentConfusions(matrix, labels, Infinity);
  const empty = labels.filter((_, c) => totals[c] === 0).length;
  return {
    labels,
    documents,
    correct: matrix.reduce((sum, row, c) => sum + row[c], 0),
    matrix,
    shares: matrix.map((row, c) => row.map((count) => (totals[c] === 0 ? null : count / totals[c]))),
    most_frequent: mistakes.slice(0, 5),
    largest_shares: mistakes.sort((a, b) => b.share - a.share).slice(0, 5),
    warnings: [
      ...(empty > 0
        ? [`${plural(empty, 'class')} ${empty === 1 ? 'has' : 'have'} no test documents: the row is empty.`]
        : []),
      ...(labels.length === 1 ? ['One class only: nothing can be confused.'] : []),
    ],
  };
}

/** The table: a row per cell. */
function confusionCsv({ labels, matrix, shares }: Confusions): string {
  return csvTable(
    ['true', 'predicted', 'documents', 'share_of_true'],
    labels.flatMap((truth, r) =>
      labels.map((predicted, c) => [truth, predicted, matrix[r][c], shares[r][c]]),
    ),
  );
}

function drawConfusions(
  data: Confusions,
  { type, title, subtitle, cells }: ConfusionsDefinition,
  options: DrawOptions,
  alt: string,
): string {
  const count = data.labels.length;
  // many classes need room: ask for it before the title is set
  const drawing = createDrawing(type, options, count > 12 ? 150 + count * 11 : 0);
  const y = drawTitle(drawing, title, subtitle);
  if (count === 0 || data.documents === 0)
    return finish(drawing, drawNothing(drawing, y, 'No document has been evaluated yet.'), { alt });
  const bottom = drawHeatMap(drawing, {
    y,
    labels: data.labels.map(labelText),
    ...cells(data),
    rowTitle: 'Rows: true class',
    columnTitle: 'Columns: predicted class',
  });
  return finish(drawing, bottom, { alt, warnings: data.warnings });
}
