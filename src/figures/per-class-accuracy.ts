/** The accuracy of each class (its recall): how well each class is recognised, with its interval. */
import { intervalOf } from '../evaluate/evaluation.ts';
import { csvTable, formatCount, formatPercent, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawRows, drawWhisker } from './chart/rows.ts';
import { classText, labelText } from './chart/text.ts';
import { drawnClasses } from './drawn-classes.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** A class. */
interface ClassAccuracy {
  readonly label: string;
  readonly documents: number;
  /** In [0, 1]; null without documents. */
  readonly accuracy: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Data of the figure. */
export interface PerClassAccuracy {
  readonly classes: readonly ClassAccuracy[];
  readonly confidence: number;
  /** Accuracy over all documents. */
  readonly overall: number | null;
  /** Indices of the classes that are drawn: all, or the worst of too many. */
  readonly drawn: readonly number[];
  readonly warnings: readonly string[];
}

const title = 'Accuracy per class';
const FEW = 20;

/** Per-class accuracy. */
export const perClassAccuracy = defineFigure<'evaluation', PerClassAccuracy>({
  type: 'per-class-accuracy',
  title,
  summary: 'Accuracy (recall) of each class on the test documents, with intervals.',
  needs: 'evaluation',
  data({ per_class, confidence, accuracy, documents }) {
    const classes = per_class.map((found) => {
      const [low, high] = intervalOf(found, 'recall', confidence) ?? [null, null];
      const known = found.support > 0;
      return {
        label: found.label,
        documents: found.support,
        accuracy: known ? found.recall : null,
        low: known ? low : null,
        high: known ? high : null,
      };
    });
    const few = classes.filter((c) => c.documents > 0 && c.documents < FEW).length;
    const none = classes.filter((c) => c.documents === 0).length;
    const { drawn, warnings } = drawnClasses(
      classes.map((c) => -(c.accuracy ?? 2)),
      'the lowest accuracy',
    );
    return {
      classes,
      drawn,
      confidence,
      overall: documents > 0 ? accuracy : null,
      warnings: [
        ...warnings,
        ...(few > 0
          ? [`${plural(few, 'class')} with fewer than ${FEW} test documents: wide intervals.`]
          : []),
        ...(none > 0 ? [`${plural(none, 'class')} without test documents.`] : []),
      ],
    };
  },
  draw({ classes: all, drawn, confidence, overall, warnings }, options, alt) {
    const classes = drawn.map((c) => all[c]);
    const drawing = createDrawing('per-class-accuracy', options);
    const level = `${Number((100 * confidence).toFixed(2))} %`;
    const line = overall === null ? '' : `; dashed: all documents, ${formatPercent(overall)}`;
    const y = drawTitle(drawing, title, classes.length === 0 ? '' : `Whiskers: ${level} intervals${line}`);
    if (classes.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No document has been evaluated yet.'), { alt });
    const rowHeight = classes.length > 15 ? 16 : 25;
    const { text } = drawing.theme;
    const notes = classes.map((c) =>
      c.accuracy === null ? 'none' : `${formatPercent(c.accuracy)} of ${formatCount(c.documents)}`,
    );
    const bottom = drawRows(drawing, {
      y,
      labels: classes.map((c) => labelText(c.label)),
      notes,
      rowHeight,
      domain: [0, 1],
      xTitle: 'Accuracy (recall)',
      mark(row, middle, scale) {
        const { accuracy, low, high } = classes[row];
        const half = rowHeight * 0.34;
        if (accuracy !== null) {
          const fill = drawing.fillOf(0);
          drawing.rect(scale(0), middle - half, scale(accuracy) - scale(0), 2 * half, { fill });
          if (low !== null && high !== null) {
            // drawn twice, so that it shows on the bar as well as beside it
            drawing.line(scale(low), middle, scale(high), middle, {
              stroke: drawing.theme.background,
              width: 4.5,
            });
            drawWhisker(drawing, middle, scale(low), scale(high), text);
          }
        }
        if (overall !== null) {
          const x = scale(overall);
          drawing.line(x, middle - rowHeight / 2, x, middle + rowHeight / 2, {
            stroke: text,
            width: 1,
            dash: '3 2',
          });
        }
      },
    });
    return finish(drawing, bottom, { alt, warnings });
  },
  csv: ({ classes }) =>
    csvTable(
      ['class', 'documents', 'accuracy', 'ci_low', 'ci_high'],
      classes.map((c) => [c.label, c.documents, c.accuracy, c.low, c.high]),
    ),
  caption({ classes, overall }) {
    const known = classes.filter((c) => c.accuracy !== null);
    if (known.length === 0 || overall === null) return 'No document was evaluated.';
    const by = [...known].sort((a, b) => (b.accuracy ?? 0) - (a.accuracy ?? 0));
    const said = (c: ClassAccuracy) =>
      `${classText(c.label)} (${formatPercent(c.accuracy ?? 0)}${c.low === null || c.high === null ? '' : `, interval ${formatPercent(c.low)} to ${formatPercent(c.high)}`})`;
    if (by.length === 1) return `The only class, ${said(by[0])}.`;
    const [best, worst] = [by[0], by[by.length - 1]];
    const apart =
      best.low !== null && worst.high !== null && best.low > worst.high
        ? 'The two intervals do not overlap.'
        : 'The two intervals overlap.';
    return `The accuracy is highest for ${said(best)} and lowest for ${said(worst)}; over all documents it is ${formatPercent(overall)}. ${best.low === null ? '' : apart}`.trim();
  },
  describe: ({ classes }) => `Bar chart of the accuracy of ${plural(classes.length, 'class')}.`,
});
