/** The words that most support each class, over the explanations of many texts. */
import { maxOf } from '../core/lists.ts';
import { csvTable, formatCount, formatNumber, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawRows } from './chart/rows.ts';
import { classText, labelText } from './chart/text.ts';
import { weightUnits } from './explained-texts.ts';
import { createDrawing, defineFigure } from './figure.ts';
import type { ClassWordFacts } from './sources.ts';

/** Data of the figure. */
export interface ClassWordsData extends ClassWordFacts {
  /** How many words are drawn for each class. */
  readonly each: number;
  /** How many classes are drawn: the first ones. */
  readonly drawn: number;
  readonly warnings: readonly string[];
}

const title = 'Words of each class';
/** Most classes that are drawn. */
const MOST = 12;
/** Words of a class: the fewer classes, the more. */
const MANY = { words: 10, classes: 6 } as const;
const FEW = 5;
const ROW = 17;

/** The words that most support each class. */
export const classWordsFigure = defineFigure<'class_words', ClassWordsData>({
  type: 'class-words',
  title,
  summary:
    'The words that most support each class, by the explanations of many texts: in order of their total weight.',
  needs: 'class_words',
  data({ classes, ...rest }) {
    const known = classes.filter(({ words }) => words.length > 0);
    const drawn = Math.min(known.length, MOST);
    const without = classes.length - known.length;
    return {
      ...rest,
      classes: known,
      each: known.length > MANY.classes ? FEW : MANY.words,
      drawn,
      warnings: [
        ...(drawn < known.length
          ? [`${drawn} of ${formatCount(known.length)} classes, the first ones; the table (CSV) has all.`]
          : []),
        ...(without > 0
          ? [`${plural(without, 'class')} without a word that occurs in two of its texts and supports it.`]
          : []),
      ],
    };
  },
  draw({ method, documents, classes, each, drawn, warnings }, options, alt) {
    const drawing = createDrawing('class-words', options);
    const shown = classes.slice(0, drawn);
    const y = drawTitle(
      drawing,
      title,
      shown.length === 0 ? '' : `${plural(documents, 'text')}; weights: ${weightUnits[method]}`,
    );
    if (shown.length === 0) {
      const end = drawNothing(drawing, y, 'No word occurs in two texts and supports a class.');
      return finish(drawing, end, { alt, warnings });
    }
    const rows = shown.flatMap(({ words }, c) =>
      words.slice(0, each).map((one, k) => ({ ...one, c, first: k === 0 })),
    );
    const headings = rows.flatMap(({ c, first }, row) =>
      first ? [[row, `${labelText(shown[c].label)}, ${plural(shown[c].documents, 'text')}`] as const] : [],
    );
    const bottom = drawRows(drawing, {
      y,
      labels: rows.map(({ word }) => labelText(word)),
      notes: rows.map(({ documents: texts }) => `in ${formatCount(texts)}`),
      rowHeight: ROW,
      domain: [0, maxOf(rows, ({ weight }) => weight, 0)],
      unit: 'number',
      xTitle: 'Mean weight in its texts',
      headings: new Map(headings),
      mark(row, middle, scale) {
        const half = ROW * 0.32;
        drawing.rect(scale(0), middle - half, scale(rows[row].weight) - scale(0), 2 * half, {
          fill: drawing.fillOf(0),
        });
      },
    });
    return finish(drawing, bottom, { alt, warnings });
  },
  csv: ({ classes }) =>
    csvTable(
      ['class', 'texts_of_class', 'rank', 'word', 'mean_weight', 'texts_with_word'],
      classes.flatMap(({ label, documents, words }) =>
        words.map(({ word, weight, documents: texts }, k) => [label, documents, k + 1, word, weight, texts]),
      ),
    ),
  caption({ documents, classes, drawn }) {
    if (classes.length === 0) return 'No word occurs in two texts and supports a class.';
    const said = classes.slice(0, Math.min(drawn, 3)).map(({ label, words }) => {
      const [{ word, weight }] = words;
      return `“${labelText(word)}” (${formatNumber(weight)}) for ${classText(label)}`;
    });
    return `Over ${plural(documents, 'text')}, the words with the largest total weight: ${said.join(', ')}.`;
  },
  describe: ({ classes }) => `Bar charts of the words of ${plural(classes.length, 'class')}.`,
});
