/** Figures in a web page: drawn once for wide screens and once for narrow ones, in colours that follow light and dark. */
import type { BoundFigure } from '../figures/figure.ts';

/** Widths at which figures are drawn, CSS pixels: the text of a wide page, and a phone. */
const WIDTHS = { wide: 700, narrow: 350 } as const;

/** The colours of a page: each pair of a light and a dark one is a property of the style sheet. */
export class PageColours {
  readonly #names = new Map<string, string>();

  /** The property that is `light` on light pages and `dark` on dark ones. */
  nameOf(light: string, dark: string): string {
    const key = `${light} ${dark}`;
    const known = this.#names.get(key) ?? `--c${this.#names.size}`;
    this.#names.set(key, known);
    return known;
  }

  /** The style sheet that sets them. */
  style(): string {
    const of = (theme: 0 | 1) =>
      Array.from(this.#names, ([pair, name]) => `${name}:${pair.split(' ')[theme]}`).join(';');
    if (this.#names.size === 0) return '';
    return `:root{${of(0)}}\n@media (prefers-color-scheme:dark){:root{${of(1)}}}\n`;
  }
}

/** A figure as SVG elements, of which the page shows the one that fits. */
export function htmlDrawings(figure: BoundFigure, id: string, colours: PageColours): string {
  return Object.entries(WIDTHS)
    .map(([name, width]) => {
      const [light, dark] = [figure.draw({ theme: 'light', width }), figure.draw({ theme: 'dark', width })];
      const own = (svg: string, theme: string) => withOwnIds(svg, `${id}-${name}-${theme}-`);
      const both = mergeThemes(light, dark, colours);
      return both === undefined
        ? `<div class="${name} light">${own(light, 'light')}</div>\n<div class="${name} dark">${own(dark, 'dark')}</div>`
        : `<div class="${name}">${own(both, 'both')}</div>`;
    })
    .join('\n');
}

const COLOUR = /"#[0-9a-f]{6}"/g;

/** One drawing for both themes, which differ only in colours and names of patterns. */
export function mergeThemes(light: string, dark: string, colours: PageColours): string | undefined {
  const plain = (svg: string) => svg.replace(/(?<=(?:id="|url\(#)[\w-]*)-(?:light|dark)(?=[-")])/g, '');
  const [a, b] = [plain(light), plain(dark)];
  if (a.replace(COLOUR, '') !== b.replace(COLOUR, '')) return undefined;
  const others = b.match(COLOUR) ?? [];
  let i = 0;
  return a.replace(
    COLOUR,
    (colour) => `"var(${colours.nameOf(colour.slice(1, -1), others[i++].slice(1, -1))})"`,
  );
}

/** An SVG whose ids begin with a prefix, so that those of several figures in one page do not clash. */
export function withOwnIds(svg: string, prefix: string): string {
  const ids = new Set(Array.from(svg.matchAll(/\sid="([^"]+)"/g), ([, id]) => id));
  return svg
    .replace(/^<\?xml[^>]*\?>\s*/, '')
    .replace(/(\s(?:id|aria-labelledby|aria-describedby)=")([^"]+)"/g, (_, start: string, names: string) => {
      const own = names.split(' ').map((name) => (ids.has(name) ? prefix + name : name));
      return `${start}${own.join(' ')}"`;
    })
    .replace(/(url\(#|href="#)([^)"]+)/g, (whole, start: string, name: string) =>
      ids.has(name) ? `${start}${prefix}${name}` : whole,
    );
}
