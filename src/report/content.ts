/**
 * What a report says, as plain data. The writers (HTML, Markdown, LaTeX) turn the same sections into their format, so
 * that all of them say the same. Texts are plain: each writer escapes them.
 */
import type { BoundFigure } from '../figures/figure.ts';

/** A work that a report cites. */
export interface Work {
  /** Names it in links and in the LaTeX source. */
  readonly key: string;
  /** As the list of references has it. */
  readonly text: string;
}

/** A piece of running text. */
export type Inline =
  | string
  /** As typed into a computer. */
  | { readonly code: string }
  | { readonly strong: string }
  /** Formula, in the part of LaTeX that `math.ts` knows. */
  | { readonly math: string }
  /** A work of the list of references. */
  | { readonly cite: Work };

/** Running text. */
export type Text = string | readonly Inline[];

/** A table; the first column holds the rows' names. */
export interface Table {
  /** Tells the blocks apart. */
  readonly kind: 'table';
  /** What the table holds, a sentence. */
  readonly caption: string;
  /** Headings of the columns; the first may be empty. */
  readonly head: readonly string[];
  /** Cells row by row, as many as there are headings. */
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers are set to the right; those of words to the left. Default: all but the first are numbers. */
  readonly words?: boolean;
  /** Places of columns that hold words although the others hold numbers. */
  readonly wordColumns?: readonly number[];
}

/** A figure with its caption, drawn when a writer asks for it. */
export interface FigureBlock {
  /** Tells the blocks apart. */
  readonly kind: 'figure';
  /** Name of its files, unlike any other in the report. */
  readonly id: string;
  /** The figure with its data. */
  readonly figure: BoundFigure;
  /** Shown without a number, so that the others have those of `unroll figures`. */
  readonly unnumbered?: boolean;
}

/** A block of a section. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  /** What a reader must not miss. */
  | { readonly kind: 'note'; readonly text: Text }
  | { readonly kind: 'code'; readonly language: 'sh' | 'yaml'; readonly text: string }
  /** Displayed formulas, one a line. */
  | { readonly kind: 'equations'; readonly lines: readonly string[] }
  | Table
  | FigureBlock;

/** A section with its heading. */
export interface Section {
  /** For links: letters, digits and hyphens, unlike any other in the report. */
  readonly id: string;
  /** Its heading. */
  readonly title: string;
  /** What stands below the heading, before the inner sections. */
  readonly blocks: readonly Block[];
  /** Sections within this one, three levels deep at most. */
  readonly sections?: readonly Section[];
  /** Details for those who look for them: the inner sections are folded in HTML, and an appendix on paper. */
  readonly appendix?: boolean;
}

/** A whole report. */
export interface Report {
  /** Heading of the document. */
  readonly title: string;
  /** What it is made of, a line. */
  readonly subtitle: string;
  /** What it comes to, for the head of a paper: a few sentences. */
  readonly abstract: readonly string[];
  /** In order. */
  readonly sections: readonly Section[];
}

/** Whether a column of a table holds words, set to the left. */
export function isWords({ words = false, wordColumns = [] }: Table, column: number): boolean {
  return column === 0 || words || wordColumns.includes(column);
}

/** A paragraph. */
export function paragraph(...text: readonly Inline[]): Block {
  return { kind: 'paragraph', text };
}

/** A paragraph of sentences; none of them, no paragraph. */
export function sentences(said: readonly (string | undefined)[]): Block[] {
  const text = said.filter((sentence) => sentence !== undefined && sentence !== '').join(' ');
  return text === '' ? [] : [{ kind: 'paragraph', text }];
}

/** The number of each figure of a report, by its id: from 1, in the order in which they stand. */
export function figureNumbersOf({ sections }: Pick<Report, 'sections'>): ReadonlyMap<string, number> {
  const numbered = figuresOf(sections).filter(({ unnumbered = false }) => !unnumbered);
  return new Map(numbered.map(({ id }, i) => [id, i + 1]));
}

/** All figures of sections, in order. */
export function figuresOf(sections: readonly Section[]): FigureBlock[] {
  return sections.flatMap(({ blocks, sections: inner = [] }) => [
    ...blocks.filter((block) => block.kind === 'figure'),
    ...figuresOf(inner),
  ]);
}
