/** Explained texts: each word coloured by how much it supports the class, or speaks against it. */
import { maxOf } from '../core/lists.ts';
import type { Drawing } from './chart/drawing.ts';
import { csvTable, formatNumber, formatPercent, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { classText, labelText } from './chart/text.ts';
import { mixColours } from './chart/theme.ts';
import { drawWords } from './chart/words.ts';
import { createDrawing, defineFigure } from './figure.ts';
import type { ExplainedDocument, ExplainedFacts } from './sources.ts';

/** Data of the figure. */
export interface ExplainedTexts extends ExplainedFacts {
  /** The first token of each document that is drawn. */
  readonly from: readonly number[];
  readonly warnings: readonly string[];
}

const title = 'Which words matter';
/** Tokens of a document that are drawn. */
const MOST = 120;
/** Weights smaller than this proportion of the largest have no underline. */
const FAINT = 0.05;

/** What the weights of each method are: the subtitle. */
export const weightUnits: Readonly<Record<ExplainedFacts['method'], string>> = {
  'integrated-gradients': 'parts of the probability, by integrated gradients',
  occlusion: 'fall of the probability without the word',
  attention: 'weights in attention pooling, which speak for no class',
  weights: 'parts of the score of the linear model',
};

/** The words of texts with their weights. */
export const explainedTexts = defineFigure<'explained', ExplainedTexts>({
  type: 'explained-texts',
  title,
  summary: 'Texts whose words are coloured by whether they support the class or count against it.',
  needs: 'explained',
  data(source) {
    const cut = source.documents.filter(({ tokens }) => tokens.length > MOST).length;
    return {
      ...source,
      from: source.documents.map(passageOf),
      warnings:
        cut > 0
          ? [
              `Of a longer text, the ${MOST} words in a row with the largest weights are shown; the table (CSV) has all.`,
            ]
          : [],
    };
  },
  draw({ method, documents, from, warnings }, options, alt) {
    const drawing = createDrawing('explained-texts', options);
    if (documents.length === 0) {
      const y = drawTitle(drawing, title);
      return finish(drawing, drawNothing(drawing, y, 'No text has been explained.'), { alt });
    }
    const { theme } = drawing;
    let y = drawTitle(drawing, title, `Weights: ${weightUnits[method]}`);
    const sign = (colour: string, dash: string) => (on: Drawing, x: number, middle: number) => {
      on.rect(x - 11, middle - 6, 22, 12, { fill: mixColours(theme.background, colour, 0.6), radius: 2 });
      on.line(x - 8, middle + 3, x + 8, middle + 3, { stroke: theme.text, dash });
    };
    const [forColour, againstColour] = theme.series;
    y = drawLegend(drawing, y, [
      {
        kind: 'own',
        sign: sign(forColour, ''),
        label: method === 'attention' ? 'weighs much' : 'for the class',
      },
      ...(method === 'attention'
        ? []
        : [{ kind: 'own' as const, sign: sign(againstColour, '6 3'), label: 'against it' }]),
    ]);
    for (const [d, one] of documents.entries()) y = drawDocument(drawing, y, one, from[d]);
    return finish(drawing, y, { alt, warnings });
  },
  csv: ({ documents }) =>
    csvTable(
      ['document', 'actual', 'predicted', 'explained', 'probability', 'position', 'token', 'weight'],
      documents.flatMap(({ actual = '', predicted, label, probability, tokens }, d) =>
        tokens.map(({ text, weight }, t) => [
          ...[d + 1, actual, predicted, label],
          ...[probability, t + 1, text, weight],
        ]),
      ),
    ),
  caption({ documents }) {
    if (documents.length === 0) return 'No text was explained.';
    const said = documents.slice(0, 4).map((one) => {
      const { label, probability, tokens } = one;
      const most = strongest(tokens, 3).map(({ text, weight }) => `“${tokenText(text)}” (${signed(weight)})`);
      return `${headOf(one)}: ${most.length === 0 ? `no word speaks for ${classText(label)}` : most.join(', ')}${probability >= 0 ? '' : ''}`;
    });
    const words = said.join('; ');
    return `The words that most support the class. ${words[0].toUpperCase()}${words.slice(1)}.`;
  },
  describe: ({ documents }) =>
    `Words of ${plural(documents.length, 'text')}, each on a colour as strong as its weight.`,
});

/** The class and its probability, and the true class where the model is wrong. */
function headOf({ actual, predicted, label, probability }: ExplainedDocument): string {
  const head = `${classText(label)}, ${formatPercent(probability, 1)}`;
  const other = label === predicted ? '' : `, predicted ${classText(predicted)}`;
  if (actual === undefined) return head + other;
  return `${head}${other}${actual === predicted ? ', right' : `, wrong: it is ${classText(actual)}`}`;
}

function drawDocument(drawing: Drawing, top: number, one: ExplainedDocument, from: number): number {
  const { theme } = drawing;
  const most = maxOf(one.tokens, ({ weight }) => Math.abs(weight), 0) || 1;
  const shown = one.tokens.slice(from, from + MOST).map(({ text, weight }) => {
    const size = Math.abs(weight) / most;
    return {
      text: tokenText(text),
      ground: mixColours(theme.background, theme.series[weight < 0 ? 1 : 0], size),
      ...(size >= FAINT && { underline: weight < 0 ? 1 : 0 }),
    };
  });
  const dots = { text: '…', ground: theme.background };
  const words = [...(from > 0 ? [dots] : []), ...shown, ...(from + MOST < one.tokens.length ? [dots] : [])];
  return drawWords(drawing, top, headOf(one), words);
}

/** Where the passage with the largest weights begins; 0 where all of the text can be shown. */
function passageOf({ tokens }: ExplainedDocument): number {
  let [best, most, sum] = [0, -1, 0];
  for (const [t, { weight }] of tokens.entries()) {
    sum += Math.abs(weight) - (t >= MOST ? Math.abs(tokens[t - MOST].weight) : 0);
    const from = Math.max(0, t - MOST + 1);
    if (t >= MOST - 1 && sum > most * (1 + 1e-9)) [best, most] = [from, sum];
  }
  return best;
}

/** The tokens that most support the class. */
function strongest(tokens: ExplainedDocument['tokens'], count: number): ExplainedDocument['tokens'] {
  return tokens
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, count);
}

/** A token as it is shown; one that belongs to no word has no text. */
function tokenText(text: string): string {
  return text === '' ? '(rest)' : labelText(text);
}

function signed(weight: number): string {
  return `${weight > 0 ? '+' : ''}${formatNumber(weight)}`;
}
