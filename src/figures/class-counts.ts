/** How many documents each class has. */
import { maxOf } from '../core/lists.ts';
import { csvTable, formatCount, formatPercent, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawRows } from './chart/rows.ts';
import { classText, labelText } from './chart/text.ts';
import { drawnClasses } from './drawn-classes.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** Data of the figure. */
export interface ClassCounts {
  readonly classes: readonly {
    readonly label: string;
    readonly documents: number;
    readonly proportion: number;
  }[];
  readonly documents: number;
  /** Indices of the classes that are drawn: all, or the largest and the smallest of too many. */
  readonly drawn: readonly number[];
  readonly warnings: readonly string[];
}

const title = 'Documents per class';

/** The class counts. */
export const classCounts = defineFigure<'audit', ClassCounts>({
  type: 'class-counts',
  title,
  summary: 'Number of documents of each class in the data set.',
  needs: 'audit',
  data({ classes, documents }) {
    const ratio = ratioOf(classes.map((c) => c.documents));
    const { drawn, warnings } = drawnClasses(
      extremes(classes.map((c) => c.documents)),
      'the most and the fewest documents',
    );
    return {
      classes: classes.map(({ label, documents: n, share }) => ({ label, documents: n, proportion: share })),
      documents,
      drawn,
      warnings: [
        ...warnings,
        ...(ratio !== null && ratio >= 3
          ? [
              `The largest class has ${ratio.toFixed(1)} times as many documents as the smallest: accuracy alone is misleading.`,
            ]
          : []),
        ...(classes.length === 1 ? ['Only one class: there is nothing to learn.'] : []),
      ],
    };
  },
  draw({ classes: all, documents, drawn, warnings }, options, alt) {
    const classes = drawn.map((c) => all[c]);
    const drawing = createDrawing('class-counts', options);
    const subtitle = `${plural(documents, 'document')} in ${plural(all.length, 'class')}`;
    const y = drawTitle(drawing, title, classes.length === 0 ? '' : subtitle);
    if (classes.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'There are no labelled documents.'), { alt });
    const rowHeight = classes.length > 15 ? 16 : 24;
    const bottom = drawRows(drawing, {
      y,
      labels: classes.map((c) => labelText(c.label)),
      notes: classes.map((c) => `${formatCount(c.documents)} (${formatPercent(c.proportion)})`),
      rowHeight,
      domain: [0, maxOf(classes, (c) => c.documents, 1)],
      xTitle: 'Documents',
      unit: 'number',
      whole: true,
      mark(row, middle, scale) {
        const half = rowHeight * 0.36;
        const right = scale(classes[row].documents);
        drawing.rect(scale(0), middle - half, right - scale(0), 2 * half, { fill: drawing.fillOf(0) });
      },
    });
    return finish(drawing, bottom, { alt, warnings });
  },
  csv: ({ classes }) =>
    csvTable(
      ['class', 'documents', 'proportion'],
      classes.map((c) => [c.label, c.documents, c.proportion]),
    ),
  caption({ classes, documents }) {
    if (classes.length === 0) return 'There are no labelled documents.';
    const by = [...classes].sort((a, b) => b.documents - a.documents);
    const [largest, smallest] = [by[0], by[by.length - 1]];
    const start = `${plural(documents, 'document')} in ${plural(classes.length, 'class')}.`;
    if (classes.length === 1) return start;
    const ratio = ratioOf(classes.map((c) => c.documents));
    if (largest.documents === smallest.documents)
      return `${start} Each has ${formatCount(largest.documents)}.`;
    return `${start} The largest is ${classText(largest.label)} (${formatCount(largest.documents)}, ${formatPercent(largest.proportion)}), the smallest ${classText(smallest.label)} (${formatCount(smallest.documents)}, ${formatPercent(smallest.proportion)})${ratio === null ? '' : `: ${ratio.toFixed(2)} to 1`}. Always predicting ${classText(largest.label)} would be correct for ${formatPercent(largest.proportion)} of the documents.`;
  },
  describe: ({ classes }) => `Bar chart of the number of documents in ${plural(classes.length, 'class')}.`,
});

/** How far each class is from the middle when classes are ordered by size: high for the largest and the smallest. */
function extremes(counts: readonly number[]): number[] {
  const ranks = counts.map((_, c) => c).sort((a, b) => counts[b] - counts[a] || a - b);
  const scores = new Array<number>(counts.length).fill(0);
  ranks.forEach((c, rank) => (scores[c] = Math.abs(rank - (counts.length - 1) / 2)));
  return scores;
}

/** Largest over smallest; null where a class is empty. */
function ratioOf(counts: readonly number[]): number | null {
  const smallest = counts.reduce((a, b) => Math.min(a, b), Infinity);
  return smallest > 0 && counts.length > 0 ? counts.reduce((a, b) => Math.max(a, b)) / smallest : null;
}
