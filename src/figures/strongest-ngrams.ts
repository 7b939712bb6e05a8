/** The n-grams that most support each class: what a linear model bases its decisions on. */
import { maxOf } from '../core/lists.ts';
import { csvTable, formatCount, formatNumber, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawRows } from './chart/rows.ts';
import { classText, labelText } from './chart/text.ts';
import { createDrawing, defineFigure } from './figure.ts';
import type { NgramFacts } from './sources.ts';

/** Data of the figure. */
export interface StrongestNgrams extends NgramFacts {
  /** How many n-grams of a class are drawn. */
  readonly each: number;
  /** How many classes are drawn: the first ones. */
  readonly drawn: number;
  readonly warnings: readonly string[];
}

const title = 'Strongest n-grams of each class';
/** Most classes that are drawn. */
const MOST = 12;
/** n-grams of a class: the fewer classes, the more. */
const MANY = { ngrams: 10, classes: 6 } as const;
const FEW = 5;
const ROW = 17;

/** The strongest n-grams of each class. */
export const strongestNgrams = defineFigure<'ngrams', StrongestNgrams>({
  type: 'strongest-ngrams',
  title,
  summary: 'The n-grams with the largest weight for each class, of a linear model or the linear baseline.',
  needs: 'ngrams',
  data({ of, classes }) {
    const known = classes.filter(({ features }) => features.length > 0);
    const drawn = Math.min(known.length, MOST);
    return {
      of,
      classes: known,
      each: known.length > MANY.classes ? FEW : MANY.ngrams,
      drawn,
      warnings:
        drawn < known.length
          ? [`${drawn} of ${formatCount(known.length)} classes, the first ones; the table (CSV) has all.`]
          : [],
    };
  },
  draw({ of, classes, each, drawn, warnings }, options, alt) {
    const drawing = createDrawing('strongest-ngrams', options);
    const shown = classes.slice(0, drawn);
    const marked = shown.some(({ features }) =>
      features.some(({ feature }) => shownNgram(feature) !== feature),
    );
    const y = drawTitle(
      drawing,
      title,
      shown.length === 0 ? '' : marked ? `Weights of ${of}; ·: a word begins or ends` : `Weights of ${of}`,
    );
    if (shown.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No n-gram supports a class.'), { alt });
    const rows = shown.flatMap(({ features }, c) =>
      features.slice(0, each).map((one, k) => ({ ...one, c, first: k === 0 })),
    );
    const headings = rows.flatMap(({ c, first }, row) =>
      first ? [[row, labelText(shown[c].label)] as const] : [],
    );
    const bottom = drawRows(drawing, {
      y,
      labels: rows.map(({ feature }) => labelText(shownNgram(feature))),
      notes: rows.map(({ weight }) => weight.toFixed(2)),
      rowHeight: ROW,
      domain: [0, maxOf(rows, ({ weight }) => weight, 0)],
      unit: 'number',
      xTitle: 'Weight for the class',
      headings: new Map(headings),
      mark(row, middle, scale) {
        const half = ROW * 0.32;
        const { weight } = rows[row];
        drawing.rect(scale(0), middle - half, scale(weight) - scale(0), 2 * half, {
          fill: drawing.fillOf(0),
        });
      },
    });
    return finish(drawing, bottom, { alt, warnings });
  },
  csv: ({ classes }) =>
    csvTable(
      ['class', 'rank', 'ngram', 'weight'],
      classes.flatMap(({ label, features }) =>
        features.map(({ feature, weight }, k) => [label, k + 1, feature, weight]),
      ),
    ),
  caption({ of, classes, drawn }) {
    if (classes.length === 0) return 'No n-gram supports a class.';
    const said = classes.slice(0, Math.min(drawn, 3)).map(({ label, features }) => {
      const [{ feature, weight }] = features;
      return `${quoted(feature)} (${formatNumber(weight)}) for ${classText(label)}`;
    });
    return `The largest ${said.length === 1 ? 'weight' : 'weights'} of ${of}: ${said.join(', ')}.`;
  },
  describe: ({ classes }) => `Bar charts of the strongest n-grams of ${plural(classes.length, 'class')}.`,
});

/** An n-gram as it is shown: a blank at its ends, where a word begins or ends, as `·`. */
function shownNgram(ngram: string): string {
  return ngram.replace(/^ | $/g, '·');
}

function quoted(ngram: string): string {
  return `“${labelText(shownNgram(ngram))}”`;
}
