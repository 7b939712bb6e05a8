/** What the two confusion matrices share: counts, proportions, the most frequent confusions, table and drawing. */
import { mostFrequentConfusions, type Confusion } from '../evaluate/confusion.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { csvTable, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawHeatMap, type HeatMap } from './chart/heat-map.ts';
import { labelText } from './chart/text.ts';
import { drawnClasses } from './drawn-classes.ts';
import { createDrawing, type DefinedFigure, defineFigure, type DrawOptions } from './figure.ts';

/** Data of both figures. */
export interface Confusions {
  readonly labels: readonly string[];
  readonly documents: number;
  readonly correct: number;
  /** `[C][C]` counts, rows the truth. */
  readonly matrix: readonly (readonly number[])[];
  /** `[C][C]` proportions of the true class; null in the row of a class without documents. */
  readonly proportions: readonly (readonly (number | null)[])[];
  /** The most frequent confusions, at most 5. */
  readonly most_frequent: readonly Confusion[];
  /** The confusions with the largest proportion of their true class, at most 5. */
  readonly largest_proportions: readonly Confusion[];
  /** Indices of the classes that are drawn: all, or the most confused of too many. */
  readonly drawn: readonly number[];
  readonly warnings: readonly string[];
}

/** What differs between the two matrices. */
interface ConfusionsDefinition {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly subtitle: string;
  /** What the cells hold, for the text that stands for the picture. */
  readonly unit: string;
  /** The cells: how dark each is, in [0, 1], what stands in it, and the two ends of the scale. */
  cells(data: Confusions): Pick<HeatMap, 'proportions' | 'texts' | 'scale'>;
  /** The finding in numbers; there is at least one document. */
  caption(data: Confusions): string;
}

/** Declares a confusion matrix. */
export function defineConfusions(definition: ConfusionsDefinition): DefinedFigure<'evaluation', Confusions> {
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
  const confused = mostFrequentConfusions(matrix, labels, Infinity);
  const wrong = labels.map(
    (_, c) => sumBut(matrix[c], c) + matrix.reduce((sum, row, r) => sum + (r === c ? 0 : row[c]), 0),
  );
  const { drawn, warnings } = drawnClasses(wrong, 'the most misclassified documents');
  const empty = labels.filter((_, c) => totals[c] === 0).length;
  return {
    labels,
    documents,
    correct: matrix.reduce((sum, row, c) => sum + row[c], 0),
    matrix,
    proportions: matrix.map((row, c) => row.map((count) => (totals[c] === 0 ? null : count / totals[c]))),
    most_frequent: confused.slice(0, 5),
    largest_proportions: confused.sort((a, b) => b.proportion - a.proportion).slice(0, 5),
    drawn,
    warnings: [
      ...warnings,
      ...(empty > 0
        ? [
            `${plural(empty, 'class')} without test documents: ${empty === 1 ? 'its row is' : 'their rows are'} empty.`,
          ]
        : []),
      ...(labels.length === 1 ? ['Only one class: nothing can be confused.'] : []),
    ],
  };
}

/** The entries of a row without one of them. */
function sumBut(row: readonly number[], left: number): number {
  return row.reduce((sum, count, c) => sum + (c === left ? 0 : count), 0);
}

/** The table: a row per cell; of more than 100 classes only the cells with documents. */
function confusionCsv({ labels, matrix, proportions }: Confusions): string {
  const all = labels.length <= 100;
  return csvTable(
    ['true', 'predicted', 'documents', 'proportion_of_true'],
    labels.flatMap((truth, r) =>
      labels.flatMap((predicted, c) =>
        all || matrix[r][c] > 0 ? [[truth, predicted, matrix[r][c], proportions[r][c]]] : [],
      ),
    ),
  );
}

/** The data of the classes that are drawn. */
function reduced(data: Confusions): Confusions {
  const { labels, matrix, proportions, drawn } = data;
  if (drawn.length === labels.length) return data;
  const square = <T>(rows: readonly (readonly T[])[]) => drawn.map((r) => drawn.map((c) => rows[r][c]));
  return {
    ...data,
    labels: drawn.map((c) => labels[c]),
    matrix: square(matrix),
    proportions: square(proportions),
  };
}

function drawConfusions(
  all: Confusions,
  { type, title, subtitle, cells }: ConfusionsDefinition,
  options: DrawOptions,
  alt: string,
): string {
  const data = reduced(all);
  const count = data.labels.length;
  // many classes need a wider drawing: widen it before the title is set
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
