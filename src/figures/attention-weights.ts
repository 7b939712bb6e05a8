/** Attention weights: the words of a few test documents, coloured by their weights. */
import { maxOf } from '../core/lists.ts';
import type { Drawing } from './chart/drawing.ts';
import { csvTable, formatPercent, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { classText, labelText } from './chart/text.ts';
import { mixColours } from './chart/theme.ts';
import { drawWords } from './chart/words.ts';
import { createDrawing, defineFigure } from './figure.ts';
import type { AttendedDocument } from './sources.ts';

/** Data of the figure. */
export interface AttentionWeights {
  readonly documents: readonly (AttendedDocument & {
    /** [T] mean over the heads. */
    readonly weights: readonly number[];
  })[];
  readonly warnings: readonly string[];
}

const title = 'Attention weights';
/** How many tokens of a document are drawn: its first ones. */
const MOST = 70;

/** The attention weights. */
export const attentionWeights = defineFigure<'attention', AttentionWeights>({
  type: 'attention-weights',
  title,
  summary: 'Attention weights of the words in a few test documents.',
  needs: 'attention',
  data(source) {
    const documents = source.map((one) => ({
      ...one,
      weights: one.tokens.map((_, t) => one.heads.reduce((sum, head) => sum + head[t], 0) / one.heads.length),
    }));
    const cut = documents.filter(({ tokens }) => tokens.length > MOST).length;
    return {
      documents,
      warnings:
        cut > 0 ? [`The first ${MOST} tokens of a document are shown; the table (CSV) has all of them.`] : [],
    };
  },
  draw({ documents, warnings }, options, alt) {
    const drawing = createDrawing('attention-weights', options);
    const heads = maxOf(documents, (one) => one.heads.length, 0);
    let y = drawTitle(
      drawing,
      title,
      documents.length === 0
        ? ''
        : `The stronger the colour, the larger the weight${heads > 1 ? `; mean of ${heads} heads` : ''}`,
    );
    if (documents.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No attention weights have been recorded yet.'), {
        alt,
      });
    for (const one of documents) y = drawDocument(drawing, y, one);
    return finish(drawing, y, { alt, warnings });
  },
  csv: ({ documents }) =>
    csvTable(
      ['document', 'true', 'predicted', 'head', 'position', 'token', 'weight'],
      documents.flatMap(({ label, predicted, tokens, heads }, d) =>
        heads.flatMap((weights, r) =>
          tokens.map((token, t) => [d + 1, label, predicted, r + 1, t + 1, token, weights[t]]),
        ),
      ),
    ),
  caption({ documents }) {
    const said = documents.slice(0, 3).flatMap(({ label, tokens, weights }) => {
      if (tokens.length === 0) return [];
      const t = weights.indexOf(maxOf(weights, (weight) => weight, 0));
      return [
        `“${labelText(tokens[t])}” (${formatPercent(weights[t])}) in a document of ${classText(label)}`,
      ];
    });
    if (said.length === 0) return 'No attention weights were recorded.';
    return `The words with the largest weights: ${said.join(', ')}.`;
  },
  describe: ({ documents }) =>
    `Text of ${plural(documents.length, 'document')}, each word on a colour as strong as its weight.`,
});

/** A document with its heading; returns the y below. */
function drawDocument(
  drawing: Drawing,
  top: number,
  { label, predicted, tokens, weights }: AttentionWeights['documents'][number],
): number {
  const { theme } = drawing;
  const heading =
    label === predicted ? labelText(label) : `${labelText(label)}, predicted ${labelText(predicted)}`;
  const most = maxOf(weights, (weight) => weight, 0) || 1;
  const words = tokens.slice(0, MOST).map((text, t) => ({
    text,
    ground: mixColours(theme.background, theme.heat[1], weights[t] / most),
  }));
  return drawWords(drawing, top, heading, words);
}
