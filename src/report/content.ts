/**
 * The content of a report as plain data. The writers (HTML, Markdown, LaTeX) format the same sections. Texts are
 * plain: each writer escapes them.
 */
import type { BoundFigure } from '../figures/figure.ts';

/** A work that a report cites. */
export interface Work {
  /** Its key in links and in the LaTeX source. */
  readonly key: string;
  /** The entry in the list of references. */
  readonly text: string;
}

/** A piece of running text. */
export type Inline =
  | string
  /** Code or typed text. */
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
  /** Discriminator of the blocks. */
  readonly kind: 'table';
  /** What the table holds, a sentence. */
  readonly caption: string;
  /** Headings of the columns; the first may be empty. */
  readonly head: readonly string[];
  /** Cells row by row, as many as there are headings. */
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers are right-aligned, columns of words left-aligned. Default: all but the first are numbers. */
  readonly words?: boolean;
  /** Indices of the columns that hold words. */
  readonly wordColumns?: readonly number[];
}

/** A figure with its caption, drawn when a writer asks for it. */
export interface FigureBlock {
  /** Discriminator of the blocks. */
  readonly kind: 'figure';
  /** Name of its files, unique in the report. */
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
  /** A warning. */
  | { readonly kind: 'note'; readonly text: Text }
  | { readonly kind: 'code'; readonly language: 'sh' | 'yaml'; readonly text: string }
  /** Displayed formulas, one a line. */
  | { readonly kind: 'equations'; readonly lines: readonly string[] }
  | Table
  | FigureBlock;

/** A section with its heading. */
export interface Section {
  /** For links: letters, digits and hyphens; unique in the report. */
  readonly id: string;
  /** Its heading. */
  readonly title: string;
  /** The blocks below the heading, before the inner sections. */
  readonly blocks: readonly Block[];
  /** Sections within this one, three levels deep at most. */
  readonly sections?: readonly Section[];
  /** Details: folded in HTML, an appendix on paper. */
  readonly appendix?: boolean;
}

/** A whole report. */
export interface Report {
  /** Heading of the document. */
  readonly title: string;
  /** The subtitle: what it was made from. */
  readonly subtitle: string;
  /** The abstract: a few sentences. */
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

/** A paragraph of sentences; nothing if there are none. */
export function sentences(said: readonly (string | undefined)[]): Block[] {
  const text = said.filter((sentence) => sentence !== undefined && sentence !== '').join(' ');
  return text === '' ? [] : [{ kind: 'paragraph', text }];
}

/** The number of each figure of a report, by its id: from 1, in the order of the report. */
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
