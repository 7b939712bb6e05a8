/** An SVG under construction: elements as strings, coordinates with two decimals, the same bytes each time. */
import type { Face } from './font-widths.ts';
import { isMeasured, oneLine, textWidth } from './text.ts';
import { contrast, DASHES, type Theme } from './theme.ts';

/** Sizes of text, in the units of the drawing (CSS pixels). */
export const SIZES = { title: 14, label: 12, tick: 11, note: 10.5 } as const;

/** The figures' font, then fallbacks; each text states its width and so keeps it in any font. */
export const FONT_FAMILY =
  "'Noto Sans', 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif";

/** Shorter texts need no stated width: fonts differ too little. */
const FITTED_FROM = 24;

/** How a text is placed. */
export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly face?: Face;
  readonly fill?: string;
  /** Degrees, about the anchor of the text. */
  readonly rotate?: number;
  /** The whole text, where `text` was shortened. */
  readonly full?: string;
  /** With a background, where marks run beneath it. Not for upright text. */
  readonly backed?: boolean;
}

/** How a line or area is drawn. */
export interface Stroke {
  readonly stroke?: string;
  readonly width?: number;
  readonly dash?: string;
  readonly fill?: string;
  readonly opacity?: number;
  /** How lines end; default flat. */
  readonly cap?: 'round';
}

/** A point of the drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What stands at a point of the drawing, in words. */
export type Spot = readonly [x: number, y: number, says: string];

/** The marks of data points: differing in shape, so that they differ in grey. */
export const MARKERS = ['circle', 'square', 'triangle', 'diamond'] as const;

/** Kinds of hatching; `solid` is none. */
export const HATCHES = ['solid', 'diagonal', 'dots', 'cross'] as const;

/** A number of the drawing: at most two decimals, never `-0`. */
export function round(value: number): string {
  return String(Number(value.toFixed(2)) + 0);
}

/** A coordinate of one mark among many: one decimal, for small files. */
export function coarse(value: number): string {
  return String(Number(value.toFixed(1)) + 0);
}

/** Text for XML: escaped, one line, without characters that XML does not allow. */
export function escapeXml(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A drawing of a given width; its height is known at the end. */
export class Drawing {
  readonly theme: Theme;
  readonly #prefix: string;
  readonly #parts: string[] = [];
  readonly #patterns = new Map<string, string>();
  readonly #leastHead: number;
  readonly #spots: Spot[] | undefined;
  #head: number | undefined;
  #width: number;

  /**
   * @param prefix Begins every id, so that several figures can stand in one page.
   * @param options Where the plot begins at least; whether values are kept for a page that shows them under the pointer.
   */
  constructor(
    prefix: string,
    theme: Theme,
    width: number,
    { head = 0, spots = false }: { readonly head?: number; readonly spots?: boolean } = {},
  ) {
    this.#prefix = prefix;
    this.#leastHead = head;
    this.#spots = spots ? [] : undefined;
    this.theme = theme;
    this.#width = width;
  }

  get width(): number {
    return this.#width;
  }

  /** Widens the drawing where its content needs it. */
  widen(width: number): void {
    this.#width = Math.max(this.#width, width);
  }

  /** Ends title and first legend at `y`, or at the requested start of the plot if that is lower; returns which. */
  endHead(y: number): number {
    if (this.#head !== undefined) return y;
    this.#head = Math.max(y, this.#leastHead);
    return this.#head;
  }

  /** Says what stands at a point; `says` is called where a page shows it. */
  spot(x: number, y: number, says: () => string): void {
    this.#spots?.push([Number(coarse(x)), Number(coarse(y)), oneLine(says())]);
  }

  text(x: number, y: number, text: string, style: TextStyle = {}): void {
    const { anchor = 'start', size = SIZES.label, face = 'regular', fill = this.theme.text, rotate } = style;
    const shown = oneLine(text);
    if (shown === '') return;
    const width = textWidth(shown, size, face);
    if (style.backed) {
      const left = x - { start: 0, middle: width / 2, end: width }[anchor];
      const ground = { fill: this.theme.background, opacity: 0.9 };
      this.rect(left - 2, y - size * 0.85, width + 4, size * 1.15, ground);
    }
    const attributes = [
      `x="${round(x)}" y="${round(y)}"`,
      ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
      `font-size="${round(size)}"`,
      ...(face === 'bold' ? ['font-weight="700"'] : []),
      // a browser with another font squeezes the text into the measured width
      ...(width >= FITTED_FROM && isMeasured(shown, face)
        ? [`textLength="${coarse(width)}" lengthAdjust="spacingAndGlyphs"`]
        : []),
      `fill="${fill}"`,
      ...(rotate === undefined ? [] : [`transform="rotate(${round(rotate)} ${round(x)} ${round(y)})"`]),
    ];
    const full =
      style.full !== undefined && style.full !== text ? `<title>${escapeXml(style.full)}</title>` : '';
    this.#parts.push(`<text ${attributes.join(' ')}>${full}${escapeXml(shown)}</text>`);
  }

  line(x1: number, y1: number, x2: number, y2: number, style: Stroke = {}): void {
    this.#parts.push(
      `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"${this.#style({ stroke: this.theme.axis, ...style })}/>`,
    );
  }

  rect(
    x: number,
    y: number,
    width: number,
    height: number,
    style: Stroke & { readonly radius?: number },
  ): void {
    const { radius = 0, ...rest } = style;
    const corner = radius > 0 ? ` rx="${round(radius)}"` : '';
    this.#parts.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}"${corner}${this.#style(rest)}/>`,
    );
  }

  path(d: string, style: Stroke): void {
    if (d !== '') this.#parts.push(`<path d="${d}"${this.#style({ fill: 'none', ...style })}/>`);
  }

  /** A data point of series `k`; `radius` is half its size. */
  marker(k: number, x: number, y: number, radius: number, fill: string): void {
    const [a, b] = [round(x), round(y)];
    const halo = { stroke: this.theme.background, width: 1, fill };
    const shape = MARKERS[k % MARKERS.length];
    switch (shape) {
      case 'circle':
        this.#parts.push(`<circle cx="${a}" cy="${b}" r="${round(radius)}"${this.#style(halo)}/>`);
        break;
      case 'square':
        this.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8, halo);
        break;
      case 'triangle':
        this.path(polygon(x, y, [0, -1.2, 1.1, 0.85, -1.1, 0.85], radius), halo);
        break;
      case 'diamond':
        this.path(polygon(x, y, [0, -1.3, 1.1, 0, 0, 1.3, -1.1, 0], radius), halo);
        break;
      default:
        shape satisfies never;
    }
  }

  /** Equal dots as one path, so that a thousand of them stay a small file. */
  dots(points: readonly Point[], radius: number, colour: string, opacity?: number): void {
    const d = points.map(({ x, y }) => `M${coarse(x)} ${coarse(y)}h0`).join('');
    this.path(d, {
      stroke: colour,
      width: 2 * radius,
      cap: 'round',
      ...(opacity === undefined ? {} : { opacity }),
    });
  }

  /** Equal circles without filling, as one path. */
  rings(points: readonly Point[], radius: number, colour: string, width = 1.2): void {
    const [r, d] = [coarse(radius), coarse(2 * radius)];
    const path = points
      .map(({ x, y }) => `M${coarse(x - radius)} ${coarse(y)}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0 -${d} 0`)
      .join('');
    this.path(path, { stroke: colour, width });
  }

  /** A fill of series `k`: the colour, hatched unless it is the first. */
  fillOf(k: number): string {
    const hatch = HATCHES[k % HATCHES.length];
    const colour = this.theme.series[k % this.theme.series.length];
    if (hatch === 'solid') return colour;
    const id = `${this.#prefix}-${hatch}`;
    const { background } = this.theme;
    const ink = `stroke="${background}" stroke-width="1.4"`;
    const marks: Record<Exclude<(typeof HATCHES)[number], 'solid'>, string> = {
      diagonal: `<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" ${ink}/>`,
      dots: `<circle cx="3" cy="3" r="1.3" fill="${background}"/>`,
      cross: `<path d="M0 3H6M3 0V6" ${ink}/>`,
    };
    this.#patterns.set(
      id,
      `<pattern id="${id}" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="${colour}"/>${marks[hatch]}</pattern>`,
    );
    return `url(#${id})`;
  }

  /** The document. `alt` is what a screen reader says. */
  toSvg(height: number, alt: string): string {
    const [w, h] = [round(this.#width), round(height)];
    const patterns = [...this.#patterns.values()].join('');
    const head = this.#head === undefined ? '' : ` data-head="${round(this.#head)}"`;
    const spots = this.#spots ? ` data-spots="${escapeXml(JSON.stringify(this.#spots))}"` : '';
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${escapeXml(alt)}" font-family="${FONT_FAMILY}"${head}${spots}>`,
      `<rect width="${w}" height="${h}" fill="${this.theme.background}"/>`,
      ...(patterns === '' ? [] : [`<defs>${patterns}</defs>`]),
      ...this.#parts,
      '</svg>\n',
    ].join('\n');
  }

  #style({ stroke, width = 1, dash, fill, opacity, cap }: Stroke): string {
    return [
      stroke === undefined ? '' : ` stroke="${stroke}" stroke-width="${round(width)}"`,
      dash === undefined || dash === '' ? '' : ` stroke-dasharray="${dash}"`,
      fill === undefined ? '' : ` fill="${fill}"`,
      opacity === undefined ? '' : ` opacity="${round(opacity)}"`,
      cap === undefined ? '' : ` stroke-linecap="${cap}"`,
    ].join('');
  }
}

/** A closed polygon about a point: offsets in units of `radius`, x and y in turn. */
function polygon(x: number, y: number, offsets: readonly number[], radius: number): string {
  const points: string[] = [];
  for (let i = 0; i < offsets.length; i += 2) {
    points.push(`${round(x + offsets[i] * radius)} ${round(y + offsets[i + 1] * radius)}`);
  }
  return `M${points.join('L')}Z`;
}

/** The dash of series `k`. */
export function dashOf(k: number): string {
  return DASHES[k % DASHES.length];
}

/** Whether a text of a theme is legible on its background (WCAG AA). */
export function readable(theme: Theme, colour: string): boolean {
  return contrast(colour, theme.background) >= 4.5;
}
