/** What a figure is: plain data from a source, a drawing of that data, its table, and what it shows in words. */
import { Drawing } from './chart/drawing.ts';
import { type ThemeName, themes } from './chart/theme.ts';
import { type FigureSources, type Sources, type Subject, subjectOf } from './sources.ts';

/** How a figure is drawn. */
export interface DrawOptions {
  /** Default light. */
  readonly theme?: ThemeName;
  /**
   * Width in CSS pixels, from 280; default 400. Text keeps its size, so that a figure is drawn for the width at which it
   * will be shown. Tables of many classes may need, and take, more.
   */
  readonly width?: number;
  /**
   * Smallest y of the plot, in CSS pixels from the top, so that plots side by side align. Default: right below title
   * and legend.
   */
  readonly head?: number;
  /** Whether the root element carries `data-spots`: JSON, `[x, y, words]` of each value that is drawn. Default false. */
  readonly spots?: boolean;
}

/** A member of the family. */
export interface Figure<Source = never, Data = unknown> {
  /** The name of its files and on the command line. */
  readonly type: string;
  /** Its heading. */
  readonly title: string;
  /** One sentence for help texts and the docs. */
  readonly summary: string;
  /** What it is drawn from: a part of a run, a study, or a comparison. */
  readonly needs: keyof FigureSources;
  /** The figure as numbers and words: plain JSON. */
  data(source: Source): Data;
  /** An SVG document; the same data and options give the same bytes. */
  draw(data: Data, options?: DrawOptions): string;
  /** The data as a CSV table (RFC 4180). */
  csv(data: Data): string;
  /** What the figure shows, in numbers: a sentence or a few. */
  caption(data: Data): string;
  /** The figure in words, for those who do not see it. */
  alt(data: Data): string;
}

/** A figure with its data bound: ready to be drawn. */
export interface BoundFigure extends Pick<Figure, 'type' | 'title' | 'summary' | 'needs'> {
  /** The figure as numbers and words: plain JSON. */
  readonly data: unknown;
  /** What the figure shows, in numbers. */
  readonly caption: string;
  /** The figure in words, for those who do not see it. */
  readonly alt: string;
  /** The data as a CSV table (RFC 4180). */
  readonly csv: string;
  /** An SVG document; the same options give the same bytes. */
  draw(options?: DrawOptions): string;
}

/** A figure of any data, as the family's list holds it. */
export interface ListedFigure extends Pick<Figure, 'type' | 'title' | 'summary' | 'needs'> {
  /** Binds the figure to a run or study; undefined where that lacks what it needs. */
  of(sources: Sources): BoundFigure | undefined;
  /** Why there is no such figure of this run or study: `the run has no audit`; undefined where there is one. */
  lacks(sources: Sources): string | undefined;
}

/** What the file of a figure defines; `alt` and the binding to a run follow from it. */
export interface FigureDefinition<Need extends keyof FigureSources, Data> extends Omit<
  Figure<FigureSources[Need], Data>,
  'draw' | 'alt'
> {
  readonly needs: Need;
  /** Why the figure makes no sense for this source, a sentence without its full stop. Default: it always does. */
  refuse?(source: FigureSources[Need]): string | undefined;
  /**
   * The figure as an SVG document.
   * @param alt The text for screen readers, to be put into the document.
   */
  draw(data: Data, options: DrawOptions, alt: string): string;
  /** What kind of drawing it is, a sentence; `alt` is this and the caption. */
  describe(data: Data): string;
}

const MISSING: Readonly<Partial<Record<Subject, string>>> = {
  study: 'it shows a study',
  comparison: 'it compares several runs',
  'cross-validation': 'it shows a cross-validation',
  explanation: 'it shows an explanation: unroll explain -o draws it',
};

/**
 * A figure for the family's list and for direct use. An interface, so that the declaration files of figures name it
 * instead of the types behind `Need`, which a browser may not be able to import.
 */
export interface DefinedFigure<Need extends keyof FigureSources, Data>
  extends Figure<FigureSources[Need], Data>, ListedFigure {}

/** Declares a figure, for the family's list and for direct use. */
export function defineFigure<Need extends keyof FigureSources, Data>(
  definition: FigureDefinition<Need, Data>,
): DefinedFigure<Need, Data> {
  const { type, title, summary, needs, data: dataOf, csv, caption, describe } = definition;
  const { refuse = () => undefined } = definition;
  const alt = (data: Data) => `${describe(data)} ${caption(data)}`;
  const draw = (data: Data, options: DrawOptions = {}) => definition.draw(data, options, alt(data));
  const named = { type, title, summary, needs };
  return {
    ...named,
    data: dataOf,
    draw,
    csv,
    caption,
    alt,
    of(sources) {
      const source = sources[needs] as FigureSources[Need] | undefined;
      if (source === undefined || refuse(source) !== undefined) return undefined;
      const data = dataOf(source);
      return {
        ...named,
        data,
        caption: caption(data),
        alt: alt(data),
        csv: csv(data),
        draw: (options) => draw(data, options),
      };
    },
    lacks(sources) {
      const source = sources[needs] as FigureSources[Need] | undefined;
      if (source !== undefined) return refuse(source);
      return MISSING[subjectOf(needs)] ?? `the run has no ${needs}`;
    },
  };
}

/**
 * Begins the drawing of a figure. At least 280 wide, so that an axis and its labels fit.
 * @param atLeast The least width that the figure needs, in CSS pixels.
 */
export function createDrawing(type: string, options: DrawOptions = {}, atLeast = 0): Drawing {
  const { theme = 'light', width = 400, head = 0, spots = false } = options;
  const asked = Number.isFinite(width) ? Math.max(280, Math.round(width)) : 400;
  return new Drawing(`${type}-${theme}`, themes[theme], Math.max(asked, atLeast), { head, spots });
}
