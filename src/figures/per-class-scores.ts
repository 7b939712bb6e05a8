/** Precision, recall and F1 of each class with their intervals. */
import { minOf } from '../core/lists.ts';
import { intervalOf } from '../evaluate/evaluation.ts';
import { isNoInterval, NO_INTERVAL } from '../evaluate/intervals.ts';
import { csvTable, formatPercent, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawRows } from './chart/rows.ts';
import { classText, labelText } from './chart/text.ts';
import { drawnClasses } from './drawn-classes.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** A value with its interval, in [0, 1]; null where it is not defined or was not computed. */
interface Score {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** A class. */
interface ClassScores {
  readonly label: string;
  readonly documents: number;
  readonly precision: Score;
  readonly recall: Score;
  readonly f1: Score;
}

/** Data of the figure. */
export interface PerClassScores {
  readonly classes: readonly ClassScores[];
  readonly confidence: number;
  readonly macro_f1: number | null;
  /** Indices of the classes that are drawn: all, or the worst of too many. */
  readonly drawn: readonly number[];
  readonly warnings: readonly string[];
}

const title = 'Precision, recall and F1 per class';
const METRICS = ['precision', 'recall', 'f1'] as const;
const NAMES = { precision: 'precision', recall: 'recall', f1: 'F1' } as const;

/** Per-class precision, recall and F1. */
export const perClassScores = defineFigure<'evaluation', PerClassScores>({
  type: 'per-class-scores',
  title,
  summary: 'Precision, recall and F1 of each class on the test documents, with intervals.',
  needs: 'evaluation',
  data({ per_class, confidence, documents, macro_f1, bootstrap_samples }) {
    const classes = per_class.map((found): ClassScores => {
      const defined = {
        precision: found.predicted > 0,
        recall: found.support > 0,
        f1: found.support + found.predicted > 0,
      };
      const score = (metric: (typeof METRICS)[number]): Score => {
        const interval = defined[metric] ? intervalOf(found, metric, confidence) : undefined;
        const [low, high] = interval && !isNoInterval(interval) ? interval : [null, null];
        return { value: defined[metric] ? found[metric] : null, low, high };
      };
      const { label, support } = found;
      return {
        label,
        documents: support,
        precision: score('precision'),
        recall: score('recall'),
        f1: score('f1'),
      };
    });
    const never = classes.filter((c) => c.precision.value === null).length;
    const bare = classes.filter((c) => c.f1.value !== null && c.f1.low === null).length;
    const { drawn, warnings } = drawnClasses(
      classes.map((c) => -(c.f1.value ?? 2)),
      'the lowest F1',
    );
    return {
      classes,
      drawn,
      confidence,
      macro_f1: documents > 0 ? macro_f1 : null,
      warnings: [
        ...warnings,
        ...(never > 0 ? [`${plural(never, 'class')} never predicted: no precision.`] : []),
        ...(bare > 0 && bootstrap_samples === 0
          ? ['F1 has no interval: the evaluation was made without bootstrap samples.']
          : []),
        ...(bare > 0 && bootstrap_samples > 0 ? [`F1 of ${plural(bare, 'class')} has ${NO_INTERVAL}.`] : []),
      ],
    };
  },
  draw({ classes: all, drawn, confidence, macro_f1, warnings }, options, alt) {
    const classes = drawn.map((c) => all[c]);
    const drawing = createDrawing('per-class-scores', options);
    const level = `${Number((100 * confidence).toFixed(2))} %`;
    const macro = macro_f1 === null ? '' : `; macro F1 ${formatPercent(macro_f1)}`;
    let y = drawTitle(drawing, title, classes.length === 0 ? '' : `Lines: ${level} intervals${macro}`);
    if (classes.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No document has been evaluated yet.'), { alt });
    y = drawLegend(
      drawing,
      y,
      METRICS.map((metric, series) => ({ kind: 'point', series, label: NAMES[metric] })),
    );
    const step = classes.length > 15 ? 8 : 10;
    const ends = classes.flatMap((c) => METRICS.flatMap((metric) => [c[metric].value, c[metric].low]));
    const lowest = Math.min(1, minOf(ends.filter((value) => value !== null)));
    const bottom = drawRows(drawing, {
      y,
      labels: classes.map((c) => labelText(c.label)),
      notes: classes.map((c) => `n ${c.documents}`),
      rowHeight: 3 * step + 8,
      domain: [Math.min(0.8, Math.floor(lowest * 5) / 5), 1],
      xTitle: 'Precision, recall, F1',
      mark(row, middle, scale) {
        METRICS.forEach((metric, series) => {
          const { value, low, high } = classes[row][metric];
          if (value === null) return;
          const colour = drawing.theme.series[series];
          const at = middle + (series - 1) * step;
          if (low !== null && high !== null)
            drawing.line(scale(low), at, scale(high), at, { stroke: colour, width: 1.6 });
          drawing.marker(series, scale(value), at, step * 0.42, colour);
        });
      },
    });
    return finish(drawing, bottom, { alt, warnings });
  },
  csv: ({ classes }) =>
    csvTable(
      [
        'class',
        'documents',
        ...METRICS.flatMap((metric) => [metric, `${metric}_ci_low`, `${metric}_ci_high`]),
      ],
      classes.map((c) => [
        c.label,
        c.documents,
        ...METRICS.flatMap((m) => [c[m].value, c[m].low, c[m].high]),
      ]),
    ),
  caption({ classes, macro_f1 }) {
    const known = classes.filter((c) => c.f1.value !== null);
    if (known.length === 0 || macro_f1 === null) return 'No document was evaluated.';
    const by = [...known].sort((a, b) => (b.f1.value ?? 0) - (a.f1.value ?? 0));
    const [best, worst] = [by[0], by[by.length - 1]];
    const say = ({ value }: Score) => (value === null ? 'not defined' : formatPercent(value));
    const first = `The macro F1 is ${formatPercent(macro_f1)}.`;
    if (by.length === 1) return `${first} The only class is ${classText(best.label)}, F1 ${say(best.f1)}.`;
    return `${first} F1 is highest for ${classText(best.label)} (${say(best.f1)}) and lowest for ${classText(worst.label)} (${say(worst.f1)}: precision ${say(worst.precision)}, recall ${say(worst.recall)}).`;
  },
  describe: ({ classes }) => `Dot chart of precision, recall and F1 of ${plural(classes.length, 'class')}.`,
});
