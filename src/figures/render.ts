/** Writes the figures of a run into its folder: `figures/NAME.svg`, `.png` and `.csv`, and their captions. */
import { join } from 'node:path';
import { UnrollError } from '../core/errors.ts';
import { makeFolder, openRunFolder, writeFileAtomic, writeJson } from '../run/index.ts';
import type { ThemeName } from './chart/theme.ts';
import type { BoundFigure } from './figure.ts';
import { figureNumbers, figuresOf, getFigure } from './index.ts';
import { svgToPdf } from './pdf.ts';
import { svgToPng } from './png.ts';
import { readRunSources } from './read-run.ts';
import type { DataFacts, Sources } from './sources.ts';
import { type Fonts, openFonts } from './fonts/find.ts';
import { outlineTexts } from './fonts/outlines.ts';

/** The kinds of files. */
export const figureFormats = ['svg', 'png', 'pdf', 'csv'] as const;
/** A kind of file. */
export type FigureFormat = (typeof figureFormats)[number];
/** Those that are written unless others are asked for. */
export const usualFormats = ['svg', 'png', 'csv'] as const satisfies readonly FigureFormat[];

/** Which figures are written, and how. */
export interface RenderOptions {
  /** Names of figures; default all. */
  readonly only?: readonly string[];
  /** Default SVG, PNG and CSV. */
  readonly formats?: readonly FigureFormat[];
  /** Default light. The files of a dark figure end in `-dark.svg`, `-dark.png` and `-dark.pdf`. */
  readonly themes?: readonly ThemeName[];
  /** CSS pixels; default 400. */
  readonly width?: number;
  /** Pixels of a PNG for each of the figure's; default 3. */
  readonly scale?: number;
  /** The data set's facts: an audit. Without it, the figures of the data are left out. */
  readonly audit?: DataFacts | undefined;
  /** Fonts for characters that the font of PNG and PDF lacks. Default those installed. */
  readonly fonts?: Fonts | undefined;
  /** Folder to write to; default `figures` in the run folder. */
  readonly output?: string | undefined;
}

/** A figure that was written. */
export interface RenderedFigure {
  /** Name of the figure. */
  readonly type: string;
  /** Its number, the same as in the report; absent where only some figures were asked for. */
  readonly number?: number;
  /** Its heading. */
  readonly title: string;
  /** What it shows, in numbers. */
  readonly caption: string;
  /** The same for those who do not see it. */
  readonly alt: string;
  /** Names of its files, below the folder. */
  readonly files: readonly string[];
}

/** Which figures were written, and which were not. */
export interface Rendering {
  /** Where the files stand. */
  readonly folder: string;
  /** In the order of the family. */
  readonly figures: readonly RenderedFigure[];
  /** Figures that the run or study has no data for, with the source that they need, and why. */
  readonly left_out: readonly { readonly type: string; readonly needs: string; readonly why: string }[];
  /** What the reader should know: figures that could not be drawn, characters that PNG and PDF files lack. */
  readonly notices: readonly string[];
}

/**
 * Writes the figures of a run, and `figures.json` with their captions and alternative texts.
 * @throws FileError, CorruptFileError where the run cannot be read; ConfigError for an unknown figure.
 */
export async function renderFigures(path: string, options: RenderOptions = {}): Promise<Rendering> {
  const { sources, config } = readRunSources(path);
  const { audit, output = openRunFolder(path).paths.figures } = options;
  const size = config?.text.vocabulary_size;
  const facts = audit && size !== undefined ? { vocabulary_size: size, ...audit } : audit;
  return renderSources({ ...sources, ...(facts ? { audit: facts } : {}) }, output, options);
}

/** Characters and figures that a notice names. */
const MOST_NAMED = 6;

/**
 * What to say of characters that no font has; undefined where there are none.
 *
 * @param boxes The characters that each figure lacks, by its name.
 */
export function fontNotice(boxes: ReadonlyMap<string, readonly string[]>): string | undefined {
  if (boxes.size === 0) return undefined;
  const some = (all: readonly string[], separator: string) => {
    const more = all.length - MOST_NAMED;
    return `${all.slice(0, MOST_NAMED).join(separator)}${more > 0 ? ` and ${more} more` : ''}`;
  };
  const lacking = [...new Set([...boxes.values()].flat())];
  return `found no font with ${some(lacking, ' ')}: boxes stand for them in the PNG and PDF files of ${some([...boxes.keys()], ', ')}; SVG files show them. Install a font that has them, or name its file with --font (unroll figures, report, explain)`;
}

/** Sources whose figures are of something other than a run. */
const SUBJECTS = [
  ['study', 'study'],
  ['comparison', 'comparison'],
  ['folds', 'cross-validation'],
] as const;

/** Writes the figures of a run, a study, a comparison or a cross-validation into a folder. */
export async function renderSources(
  sources: Sources,
  folder: string,
  {
    only,
    formats = usualFormats,
    themes = ['light'],
    width = 400,
    scale = 3,
    fonts: given,
  }: RenderOptions = {},
): Promise<Rendering> {
  const fonts = given ?? (await openFonts());
  const subject = SUBJECTS.find(([source]) => sources[source])?.[1] ?? 'run';
  const chosen = only ? only.map(getFigure) : figuresOf(subject);
  const numbers = only ? new Map<string, number>() : figureNumbers(sources);
  const written: RenderedFigure[] = [];
  const notices = new Set<string>();
  const leftOut: { type: string; needs: string; why: string }[] = [];
  makeFolder(folder, 'make the folder of the figures');
  const use = { formats, themes, width, scale, fonts };
  const boxes = new Map<string, readonly string[]>();
  for (const listed of chosen) {
    const { type, needs } = listed;
    let drawn: Drawn | undefined;
    try {
      drawn = await drawFigure(listed.of(sources), use);
      if (drawn === undefined) leftOut.push({ type, needs, why: listed.lacks(sources) ?? '' });
    } catch (error) {
      // one figure that fails must not prevent the others, nor change the exit code of a finished training
      const why = error instanceof UnrollError ? error.message : `${String(error)} (a bug in Unroll)`;
      notices.add(`figure ${type} could not be drawn: ${why}`);
    }
    if (drawn === undefined) continue;
    for (const [name, content] of drawn.files) writeFileAtomic(join(folder, name), content);
    if (drawn.lacking.length > 0) boxes.set(type, drawn.lacking);
    const number = numbers.get(type);
    written.push({ ...(number === undefined ? {} : { number }), ...drawn.figure });
  }
  const notice = fontNotice(boxes);
  if (notice !== undefined) notices.add(notice);
  const rendering = { folder, figures: written, left_out: leftOut, notices: [...notices] };
  writeJson(join(folder, 'figures.json'), { format: 'unroll.figures', version: 1, figures: written });
  return rendering;
}

interface Drawn {
  readonly figure: RenderedFigure;
  /** Names and contents. */
  readonly files: readonly (readonly [name: string, content: string | Uint8Array])[];
  /** Characters that no font for its PNG and PDF files has. */
  readonly lacking: readonly string[];
}

/** A figure and the contents of its files, none of them written. */
async function drawFigure(
  figure: BoundFigure | undefined,
  { formats, themes, width, scale, fonts }: Required<Pick<RenderOptions, 'formats' | 'themes' | 'width' | 'scale'>> & { readonly fonts: Fonts }, // prettier-ignore
): Promise<Drawn | undefined> {
  if (figure === undefined) return undefined;
  const files: [string, string | Uint8Array][] = [];
  const lacking = new Set<string>();
  for (const theme of themes) {
    const name = theme === 'light' ? figure.type : `${figure.type}-${theme}`;
    const svg = figure.draw({ theme, width });
    if (formats.includes('svg')) files.push([`${name}.svg`, svg]);
    if (!formats.includes('pdf') && !formats.includes('png')) continue;
    const outlined = await outlineTexts(svg, fonts);
    if (formats.includes('pdf')) files.push([`${name}.pdf`, await svgToPdf(outlined.svg)]);
    if (formats.includes('png')) files.push([`${name}.png`, await svgToPng(outlined.svg, { scale })]);
    for (const letter of outlined.lacking) lacking.add(letter);
  }
  if (formats.includes('csv')) files.push([`${figure.type}.csv`, figure.csv]);
  const { type, title, caption, alt } = figure;
  const written = { type, title, caption, alt, files: files.map(([name]) => name) };
  return { figure: written, files, lacking: [...lacking] };
}
