/** The frame of every figure: title, subtitle and legend above, warnings below. */
import { dashOf, type Drawing, round, SIZES } from './drawing.ts';
import { fitName, textWidth, wrapText } from './text.ts';

/** Space at the edges. */
export const MARGIN = 12;

/**
 * An entry of a legend: a line with its marker, an area, a point with its interval or without (`mark`), a rule across
 * the plot, the number of a phase (`series`), or a symbol that the figure draws itself.
 */
export interface LegendEntry {
  readonly kind: 'line' | 'area' | 'point' | 'mark' | 'rule' | 'drop' | 'phase' | 'diagonal' | 'own';
  /** Draws the symbol of `own` about the middle of the key. */
  readonly sign?: (drawing: Drawing, x: number, y: number) => void;
  /** Series number: colour, dash, marker, hatching. */
  readonly series?: number;
  readonly label: string;
}

const KEY = 28;
/** Opacity of the band of an interval, also in legends. */
export const BAND_OPACITY = 0.16;

/** Draws title and subtitle; returns the y below them. */
export function drawTitle(drawing: Drawing, title: string, subtitle = ''): number {
  const room = drawing.width - 2 * MARGIN;
  let y = MARGIN;
  for (const line of wrapText(title, room, SIZES.title, 'bold')) {
    y += SIZES.title * 1.25;
    drawing.text(MARGIN, y - 3, line, { size: SIZES.title, face: 'bold' });
  }
  for (const line of wrapText(subtitle, room, SIZES.label)) {
    y += SIZES.label * 1.3;
    drawing.text(MARGIN, y - 2, line, { fill: drawing.theme.quiet });
  }
  return y + 4;
}

/** Draws a legend that flows into as many rows as it needs; returns the y below it. */
export function drawLegend(drawing: Drawing, y: number, entries: readonly LegendEntry[]): number {
  if (entries.length === 0) return drawing.endHead(y);
  const right = drawing.width - MARGIN;
  let x = MARGIN;
  let row = y + 11;
  for (const entry of entries) {
    const label = fitName(entry.label, right - MARGIN - KEY, SIZES.tick);
    const wide = KEY + textWidth(label, SIZES.tick);
    if (x > MARGIN && x + wide > right) {
      x = MARGIN;
      row += 17;
    }
    drawKey(drawing, entry, x, row - 4);
    drawing.text(x + KEY, row, label, { size: SIZES.tick, full: entry.label });
    x += wide + 14;
  }
  return drawing.endHead(row + 8);
}

function drawKey(drawing: Drawing, { kind, series = 0, sign }: LegendEntry, x: number, y: number): void {
  const { theme } = drawing;
  const colour = theme.series[series % theme.series.length];
  switch (kind) {
    case 'line':
      drawing.line(x, y, x + 22, y, { stroke: colour, width: 2, dash: dashOf(series) });
      drawing.marker(series, x + 11, y, 3.2, colour);
      break;
    case 'area':
      drawing.rect(x + 3, y - 5, 16, 10, { fill: colour, opacity: BAND_OPACITY });
      break;
    case 'point':
      drawing.line(x + 2, y, x + 20, y, { stroke: colour, width: 1.5 });
      drawing.marker(series, x + 11, y, 4, colour);
      break;
    case 'mark':
      drawing.marker(series, x + 11, y, 4, colour);
      break;
    case 'rule':
      drawing.line(x + 11, y - 6, x + 11, y + 6, {
        stroke: theme.text,
        width: 1.2,
        dash: RULES[series % RULES.length],
      });
      drawGlyph(drawing, series, x + 11, y - 3);
      break;
    case 'drop':
      drawDrop(drawing, x + 11, y);
      break;
    case 'phase':
      drawing.text(x + 11, y + 4, String(series), {
        anchor: 'middle',
        size: SIZES.tick,
        face: 'bold',
        fill: theme.quiet,
      });
      break;
    case 'diagonal':
      drawing.line(x, y + 4, x + 22, y - 4, { stroke: theme.axis, dash: '4 3' });
      break;
    case 'own':
      sign?.(drawing, x + 11, y);
      break;
    default:
      kind satisfies never;
  }
}

/** Dash of each kind of rule across a plot: best epoch, early stop, a setting. */
export const RULES = ['', '4 2', '2 2'] as const;

/** The symbol at the top of a rule: a filled disc for the best epoch, a square for a stop, none for a setting. */
export function drawGlyph(drawing: Drawing, rule: number, x: number, y: number): void {
  const { theme } = drawing;
  if (rule === 0) drawing.marker(0, x, y, 4, theme.text);
  else if (rule === 1) drawing.marker(1, x, y, 4, theme.text);
}

/** The symbol of a learning-rate drop: a triangle that points down. */
export function drawDrop(drawing: Drawing, x: number, y: number): void {
  const [left, right, top, tip] = [x - 4.5, x + 4.5, y - 4, y + 4].map(round);
  drawing.path(`M${left} ${top}L${right} ${top}L${round(x)} ${tip}Z`, { fill: drawing.theme.quiet });
}

/** Draws the warnings of a figure beneath it and ends the drawing. */
export function finish(
  drawing: Drawing,
  y: number,
  { alt, warnings = [] }: { readonly alt: string; readonly warnings?: readonly string[] },
): string {
  const room = drawing.width - 2 * MARGIN - 18;
  let bottom = y + 4;
  const { warning: fill } = drawing.theme;
  for (const warning of warnings) {
    const lines = wrapText(warning, room, SIZES.tick);
    drawing.path(`M${MARGIN + 6} ${round(bottom)}l6 11h-12Z`, { stroke: fill, width: 1.2 });
    drawing.line(MARGIN + 6, bottom + 4, MARGIN + 6, bottom + 7.5, { stroke: fill, width: 1.3 });
    drawing.line(MARGIN + 6, bottom + 8.6, MARGIN + 6, bottom + 9.8, { stroke: fill, width: 1.3 });
    for (const line of lines) {
      bottom += 14;
      drawing.text(MARGIN + 18, bottom - 4, line, { size: SIZES.tick, fill });
    }
    bottom += 3;
  }
  return drawing.toSvg(bottom + 6, alt);
}

/** Says in the middle of an empty plot that there is nothing to draw. */
export function drawNothing(drawing: Drawing, y: number, sentence: string): number {
  const height = 90;
  const room = drawing.width - 2 * MARGIN;
  drawing.rect(MARGIN, y, room, height, { fill: drawing.theme.panel, radius: 4 });
  const lines = wrapText(sentence, room - 24, SIZES.label);
  const top = y + height / 2 - ((lines.length - 1) * 15) / 2 + 4;
  lines.forEach((line, i) =>
    drawing.text(drawing.width / 2, top + 15 * i, line, { anchor: 'middle', fill: drawing.theme.quiet }),
  );
  return y + height + 4;
}
