/** Several figures in one drawing: a grid under a common heading. */
import { maxOf } from '../core/lists.ts';
import { escapeXml, FONT_FAMILY, round, SIZES } from './chart/drawing.ts';
import { MARGIN } from './chart/frame.ts';
import { isMeasured, textWidth, wrapText } from './chart/text.ts';
import { themes, type ThemeName } from './chart/theme.ts';
import type { BoundFigure, DrawOptions } from './figure.ts';

/** How panels are put together. */
export interface PanelOptions {
  /** The heading above them. */
  readonly title: string;
  /** What a screen reader says about the whole. */
  readonly alt: string;
  /** Width of a panel in CSS pixels; default 400. A figure that needs more widens its column. */
  readonly width?: number;
  /** Default light. */
  readonly theme?: ThemeName;
}

interface Panel {
  readonly width: number;
  readonly height: number;
  /** Where its plot begins; 0 where that is not known. */
  readonly head: number;
  /** The elements inside. */
  readonly content: string;
}

/** An SVG document of figures in rows; shorter rows are centred. */
export function composePanels(
  rows: readonly (readonly BoundFigure[])[],
  { title, alt, width = 400, theme = 'light' }: PanelOptions,
): string {
  const drawn = rows.map((row) => drawLevel(row, { width, theme }));
  const widthOf = (row: readonly Panel[]) => row.reduce((sum, panel) => sum + panel.width, 0);
  const heightOf = (row: readonly Panel[]) => row.reduce((most, panel) => Math.max(most, panel.height), 0);
  const whole = maxOf(drawn, widthOf, width);
  const { background, text: ink } = themes[theme];
  const size = SIZES.title + 1;
  const lines = wrapText(title, whole - 2 * MARGIN, size, 'bold');
  const fitted = (line: string) =>
    isMeasured(line, 'bold')
      ? ` textLength="${round(textWidth(line, size, 'bold'))}" lengthAdjust="spacingAndGlyphs"`
      : '';
  const heading = lines.map(
    (line, i) =>
      `<text x="${MARGIN}" y="${round(MARGIN + size * (1 + 1.3 * i))}" font-size="${size}" font-weight="700"${fitted(line)} fill="${ink}">${escapeXml(line)}</text>`,
  );
  let y = MARGIN + size * 1.3 * lines.length;
  const parts = drawn.flatMap((row) => {
    let x = (whole - widthOf(row)) / 2;
    const placed = row.map((panel) => {
      const { width: w, height: h } = panel;
      const at = `x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"`;
      x += w;
      // overflow is shown: a text in a script that was not measured may be wider than its panel
      return `<svg ${at} overflow="visible" viewBox="0 0 ${round(w)} ${round(h)}">\n${panel.content}</svg>`;
    });
    y += heightOf(row);
    return placed;
  });
  const [w, h] = [round(whole), round(y)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${escapeXml(alt)}" font-family="${FONT_FAMILY}">`,
    `<rect width="${w}" height="${h}" fill="${background}"/>`,
    ...heading,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Figures side by side, their plots aligned where they begin below a legend. */
function drawLevel(row: readonly BoundFigure[], options: DrawOptions): Panel[] {
  const panels = row.map((figure) => openSvg(figure.draw(options)));
  const head = maxOf(panels, (panel) => panel.head, 0);
  return panels.map((panel, i) =>
    panel.head > 0 && panel.head < head ? openSvg(row[i].draw({ ...options, head })) : panel,
  );
}

/** The size of a figure's document and what is inside it. */
function openSvg(svg: string): Panel {
  const root = /^<svg\b[^>]*>/.exec(svg)?.[0] ?? '';
  const number = (name: string) => Number(new RegExp(`\\s${name}="([\\d.]+)"`).exec(root)?.[1] ?? 0);
  return {
    width: number('width'),
    height: number('height'),
    head: number('data-head'),
    content: svg
      .slice(root.length)
      .replace(/<\/svg>\s*$/, '')
      .trimStart(),
  };
}
