/** The gates and states of one unit of a recurrent layer, token by token. */
import { maxOf, minOf } from '../core/lists.ts';
import { type Drawing, SIZES } from './chart/drawing.ts';
import { csvTable, formatPercent, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish, MARGIN } from './chart/frame.ts';
import { classText, fitText, labelText, textWidth, wrapText } from './chart/text.ts';
import { inkOn, mixColours, type Theme } from './chart/theme.ts';
import { createDrawing, defineFigure } from './figure.ts';
import type { UnitOverText } from '../explain/index.ts';

/** Data of the figure. */
export interface GatesData extends UnitOverText {
  /** The first token that is drawn. */
  readonly from: number;
  readonly warnings: readonly string[];
}

const title = 'One unit over a text';
/** Tokens that are drawn, one per row. */
const MOST = 40;
const ROW = 17;

/** The gates of a unit. */
export const gates = defineFigure<'gates', GatesData>({
  type: 'gates',
  title,
  summary: 'Gates, cell and hidden state of one unit of an LSTM, GRU or RNN over the tokens of a text.',
  needs: 'gates',
  data(source) {
    const T = source.tokens.length;
    return {
      ...source,
      from: passageOf(source),
      warnings:
        T > MOST
          ? [`The ${MOST} tokens in a row in which the state moves most; the table (CSV) has all ${T}.`]
          : [],
    };
  },
  draw(data, options, alt) {
    const { tokens, series, warnings } = data;
    const drawing = createDrawing('gates', options);
    let y = drawTitle(drawing, title, tokens.length === 0 ? '' : subtitleOf(data));
    if (tokens.length === 0 || series.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'The text has no token.'), { alt });
    y = drawLegend(drawing, y, keysOf(drawing.theme, series));
    y = drawGrid(drawing, y, data);
    return finish(drawing, y, { alt, warnings });
  },
  csv: ({ tokens, series }) =>
    csvTable(
      ['position', 'token', ...series.map(({ name }) => name.replaceAll(' ', '_'))],
      tokens.map((token, t) => [t + 1, token, ...series.map(({ values }) => values[t])]),
    ),
  caption(data) {
    const { tokens, series, label, probability } = data;
    if (tokens.length === 0) return 'The text has no token.';
    const said = series.map(({ name, values }) => {
      const [low, high] = [minOf(values), maxOf(values)];
      return `${name} ${low.toFixed(2)} to ${high.toFixed(2)}`;
    });
    return `${subtitleOf(data)}; the text is ${classText(label)} with ${formatPercent(probability, 1)}. Over ${plural(tokens.length, 'token')}: ${said.join(', ')}.`;
  },
  describe: ({ tokens, series }) =>
    `Table of ${plural(tokens.length, 'token')} by ${plural(series.length, 'quantity')}, each number on a colour as strong as it is large.`,
});

/** Which unit it is: `Unit 3 of 128, LSTM, layer 1 of 2, reads from the end` */
function subtitleOf({ network, unit, units, layer, layers, reverse }: UnitOverText): string {
  const parts = [`Unit ${unit} of ${units}`, network];
  if (layers > 1) parts.push(`layer ${layer} of ${layers}`);
  if (reverse !== undefined) parts.push(reverse ? 'reads from the end' : 'reads from the beginning');
  return parts.join(', ');
}

/** The background of a value: gates from closed to open; states blue above 0 and orange below. */
function groundOf(theme: Theme, signed: boolean, value: number, most: number): string {
  if (!signed) return mixColours(theme.background, theme.heat[1], value);
  return mixColours(theme.background, theme.series[value < 0 ? 1 : 0], Math.abs(value) / most);
}

function keysOf(theme: Theme, series: UnitOverText['series']) {
  const key = (label: string, colour: string) => ({
    ...{ kind: 'own' as const, label },
    sign: (on: Drawing, x: number, y: number) => {
      on.rect(x - 11, y - 6, 22, 12, { fill: colour, radius: 2 });
    },
  });
  return [
    ...(series.some(({ signed }) => !signed) ? [key('gate open', theme.heat[1])] : []),
    key('state above 0', theme.series[0]),
    key('below 0', theme.series[1]),
  ];
}

/** A row for each token, a column for each gate and state. */
function drawGrid(drawing: Drawing, top: number, { series, from, tokens: all }: GatesData): number {
  const { theme } = drawing;
  const tokens = all.slice(from, from + MOST);
  const size = SIZES.tick;
  const wide = maxOf(tokens, (token) => textWidth(labelText(token), size), 0);
  const gutter = Math.ceil(Math.min(wide, drawing.width * 0.3)) + 8;
  const left = MARGIN + gutter;
  const column = (drawing.width - MARGIN - left) / series.length;
  const heads = series.map(({ name, symbol }) => {
    const whole = `${name} ${symbol}`;
    const long = textWidth(whole, size) <= column - 4;
    return { shown: long ? whole : symbol, whole };
  });
  for (const [k, { shown, whole }] of heads.entries()) {
    drawing.text(left + (k + 0.5) * column, top + 13, shown, {
      ...{ size, face: 'bold', anchor: 'middle', full: whole },
    });
  }
  let y = top + 20;
  for (const [t, token] of tokens.entries()) {
    drawing.text(left - 6, y + 12.5, fitText(labelText(token), gutter - 8, size), {
      ...{ anchor: 'end', size, full: token },
    });
    for (const [k, { signed, values }] of series.entries()) {
      const value = values[from + t];
      const most = signed
        ? Math.max(
            1,
            maxOf(values, (one) => Math.abs(one), 0),
          )
        : 1;
      const ground = groundOf(theme, signed, value, most);
      drawing.rect(left + k * column + 0.5, y, column - 1, ROW - 1, { fill: ground });
      drawing.text(left + (k + 0.5) * column, y + 12.5, numberText(value), {
        ...{ anchor: 'middle', size: SIZES.note, fill: inkOn(ground) },
        full: `${series[k].name} at “${token}”: ${value.toFixed(3)}`,
      });
    }
    y += ROW;
  }
  if (heads.every(({ shown, whole }) => shown === whole)) return y + 4;
  const key = series.map(({ name, symbol }) => `${symbol}: ${name}`).join(', ');
  for (const line of wrapText(key, drawing.width - 2 * MARGIN, size)) {
    y += 15;
    drawing.text(MARGIN, y, line, { size, fill: theme.quiet });
  }
  return y + 6;
}

/** `0.42`, `−0.42`; never `-0.00`. */
function numberText(value: number): string {
  const text = value.toFixed(2);
  return Number(text) === 0 ? '0.00' : text;
}

/** Where the passage begins in which the hidden state moves most. */
function passageOf({ tokens, series }: UnitOverText): number {
  const T = tokens.length;
  const values = series.at(-1)?.values ?? [];
  const moved = values.map((value, t) => Math.abs(value - (t === 0 ? 0 : values[t - 1])));
  let [best, most, sum] = [0, -1, 0];
  for (let t = 0; t < T; t++) {
    sum += moved[t] - (t >= MOST ? moved[t - MOST] : 0);
    if (t >= MOST - 1 && sum > most + 1e-9) [best, most] = [t - MOST + 1, sum];
  }
  return best;
}
