/** A table of classes by classes as coloured cells: the confusion matrix. */
import { maxOf, minOf } from '../../core/lists.ts';
import { type Drawing, SIZES } from './drawing.ts';
import { MARGIN } from './frame.ts';
import { fitNames, textWidth } from './text.ts';
import { contrast, inkOn, mixColours } from './theme.ts';

/** What {@link drawHeatMap} draws. */
export interface HeatMap {
  readonly y: number;
  readonly labels: readonly string[];
  /** `[rows][columns]` in [0, 1]: the colour; null for a row without documents. */
  readonly proportions: readonly (readonly (number | null)[])[];
  /** `[rows][columns]` what is printed in the cell. */
  readonly texts: readonly (readonly string[])[];
  /** Labels of the colour scale's ends. */
  readonly scale: readonly [low: string, high: string];
  readonly rowTitle: string;
  readonly columnTitle: string;
}

const MIN_CELL = 10.5;
const MAX_CELL = 64;

/** Draws the table and its colour scale; returns the y below. */
export function drawHeatMap(drawing: Drawing, map: HeatMap): number {
  const { theme } = drawing;
  const { labels } = map;
  const count = labels.length;
  const labelSize = count > 20 ? 9.5 : SIZES.tick;
  const widest = maxOf(labels, (label) => textWidth(label, labelSize), 0);
  const gutter = Math.ceil(Math.min(widest, drawing.width * 0.3)) + 6;
  const room = drawing.width - 2 * MARGIN - gutter;
  const cell = Math.min(Math.max(room / count, MIN_CELL), MAX_CELL);
  drawing.widen(2 * MARGIN + gutter + Math.ceil(cell * count));
  const left = MARGIN + gutter;

  // titles of both sides, then the column labels: flat where they fit, else upright
  drawing.text(MARGIN, map.y + 13, map.rowTitle, { size: SIZES.tick, fill: theme.quiet });
  drawing.text(MARGIN, map.y + 28, map.columnTitle, { size: SIZES.tick, fill: theme.quiet });
  const flat = widest <= cell - 4;
  const high = flat ? labelSize + 6 : Math.min(widest, 110) + 10;
  const top = map.y + 36 + high;
  const [upright, level] = [110, gutter - 6].map((most) => fitNames(labels, most, labelSize));
  labels.forEach((label, c) => {
    const x = left + (c + 0.5) * cell;
    if (flat) drawing.text(x, top - 6, label, { anchor: 'middle', size: labelSize });
    else {
      drawing.text(x + labelSize * 0.36, top - 6, upright[c], { size: labelSize, rotate: -90, full: label });
    }
  });
  const fitted = textSize(map.texts, cell);
  map.proportions.forEach((row, r) => {
    const y = top + r * cell;
    drawing.text(left - 6, y + cell / 2 + labelSize * 0.36, level[r], {
      anchor: 'end',
      size: labelSize,
      full: labels[r],
    });
    row.forEach((proportion, c) => {
      drawCell(drawing, left + c * cell, y, cell, proportion);
      drawing.spot(
        left + (c + 0.5) * cell,
        y + cell / 2,
        () => `${labels[r]}, predicted as ${labels[c]}: ${map.texts[r][c]}`,
      );
    });
    if (fitted === 0) return;
    row.forEach((proportion, c) => {
      const ink = proportion === null ? theme.quiet : inkOn(heatColour(drawing, proportion));
      drawing.text(left + (c + 0.5) * cell, y + cell / 2 + fitted * 0.36, map.texts[r][c], {
        anchor: 'middle',
        size: fitted,
        face: r === c ? 'bold' : 'regular',
        fill: ink,
      });
    });
  });
  // the diagonal, where truth and prediction agree, is framed so that it shows in any print
  labels.forEach((_, c) =>
    drawing.rect(left + c * cell, top + c * cell, cell, cell, {
      fill: 'none',
      stroke: theme.text,
      width: cell > 20 ? 1.2 : 0.6,
    }),
  );
  const bottom = top + count * cell;
  return fitted > 0 && cell >= 16 ? bottom + 8 : drawScale(drawing, left, bottom + 10, map.scale);
}

function heatColour({ theme }: Drawing, proportion: number): string {
  return mixColours(theme.heat[0], theme.heat[1], proportion);
}

function drawCell(drawing: Drawing, x: number, y: number, cell: number, proportion: number | null): void {
  const { theme } = drawing;
  const fill = proportion === null ? theme.background : heatColour(drawing, proportion);
  drawing.rect(x, y, cell, cell, { fill, stroke: theme.background, width: cell > 16 ? 1 : 0.4 });
}

/** The size at which every text fits its cell; 0 where none would be legible. */
function textSize(texts: HeatMap['texts'], cell: number): number {
  const widest = maxOf(texts.flat(), (text) => textWidth(text, 1, 'bold'), 0);
  const size = Math.min(SIZES.label, (cell - 4) / Math.max(widest, 0.6), cell * 0.62);
  return size >= 8 ? Math.floor(size * 2) / 2 : 0;
}

/** The colour scale: five fields from 0 to 1. */
function drawScale(drawing: Drawing, x: number, y: number, [low, high]: readonly [string, string]): number {
  const { theme } = drawing;
  const from = x + textWidth(low, SIZES.note) + 6;
  drawing.text(x, y + 10, low, { size: SIZES.note, fill: theme.quiet });
  for (let i = 0; i < 5; i++) {
    drawing.rect(from + 18 * i, y, 18, 12, {
      fill: heatColour(drawing, i / 4),
      stroke: theme.axis,
      width: 0.5,
    });
  }
  drawing.text(from + 96, y + 10, high, { size: SIZES.note, fill: theme.quiet });
  return y + 20;
}

/** The lowest contrast between a cell and what is printed in it, over the whole scale: for the tests. */
export function lowestCellContrast(low: string, high: string): number {
  return minOf(
    Array.from({ length: 101 }, (_, i) => mixColours(low, high, i / 100)),
    (c) => contrast(c, inkOn(c)),
  );
}
