/** A report as a LaTeX document for pdfLaTeX, its figures as PDF files beside it. */
import { maxOf } from '../core/lists.ts';
import {
  type Block,
  type FigureBlock,
  type Inline,
  isWords,
  type Report,
  type Section,
  type Table,
  type Text,
} from './content.ts';
import { referencesOf } from './references.ts';
import { escapeLatex, latexCode } from './latex-text.ts';

const PREAMBLE = String.raw`\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{graphicx}
\usepackage{float}
\usepackage{booktabs,longtable,array}
\usepackage[hidelinks]{hyperref}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6em}
\setlength{\LTcapwidth}{\textwidth}
\setcounter{tocdepth}{1}
% long names of settings cannot be broken: rather wide spaces than lines into the margin
\sloppy
\setlength{\emergencystretch}{3em}
% begins a page where less than #1 of this one is left, so that no heading stands alone above a table
\newcommand{\need}[1]{\par\begingroup\dimen0=#1\relax\dimen2=\pagegoal\advance\dimen2-\pagetotal
\ifdim\dimen0>\dimen2\ifdim\dimen2>0pt\vfill\pagebreak\fi\fi\endgroup}
`;

/** The LaTeX source of a report; figures are looked for in `figures/ID.pdf`. */
export function writeLatex(report: Report): string {
  return `${PREAMBLE}
\\title{${escapeLatex(report.title)}}
\\author{}
\\date{${escapeLatex(report.subtitle)}}
\\begin{document}
\\maketitle
${latexAbstract(report.abstract)}
\\tableofcontents

${latexSections(report)}

\\end{document}
`;
}

function latexAbstract(sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  return `\n\\begin{abstract}\n${sentences.map(escapeLatex).join('\n')}\n\\end{abstract}\n`;
}

/** The sections, then the list of references, then the appendix from the first section that is one. */
function latexSections(report: Report): string {
  const start = report.sections.findIndex(({ appendix = false }) => appendix);
  const [body, rest] =
    start < 0 ? [report.sections, []] : [report.sections.slice(0, start), report.sections.slice(start)];
  const references = referencesOf(report).map(({ key, text }) => `\\bibitem{${key}} ${escapeLatex(text)}`);
  return [
    ...body.map((section) => latexSection(section, 0)),
    ...(references.length > 0
      ? [`\\begin{thebibliography}{${references.length}}\n${references.join('\n')}\n\\end{thebibliography}`]
      : []),
    ...(rest.length > 0 ? ['\\appendix', ...rest.map((section) => latexSection(section, 0))] : []),
  ].join('\n\n');
}

const HEADINGS = ['section', 'subsection', 'subsubsection'];

function latexSection({ title, blocks, sections = [] }: Section, level: number): string {
  return [
    ...(blocks.at(0)?.kind === 'table' ? [`\\need{${needed(blocks[0])}\\baselineskip}`] : []),
    `\\${HEADINGS[Math.min(level, 2)]}{${escapeLatex(title)}}`,
    ...blocks.map(latexBlock),
    ...sections.map((inner) => latexSection(inner, level + 1)),
  ].join('\n\n');
}

/** About how many lines a heading and the table below it take; half a page where the table may break. */
function needed(block: Block): number {
  const rows = block.kind === 'table' ? block.rows.length : 0;
  return rows > UNCUT ? 20 : Math.ceil(1.3 * rows) + 8;
}

function latexBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return latexText(block.text);
    case 'note':
      return `\\begin{quote}\n\\textbf{Note.} ${latexText(block.text)}\n\\end{quote}`;
    case 'list':
      return `\\begin{itemize}\n${block.items.map((item) => `\\item {}${latexText(item)}`).join('\n')}\n\\end{itemize}`;
    case 'code':
      return latexCodeBlock(block.text, block.language === 'yaml');
    case 'equations':
      return `\\begin{gather}\n${block.lines.join(' \\\\\n')}\n\\end{gather}`;
    case 'table':
      return latexTable(block);
    case 'figure':
      return latexFigure(block);
    default:
      return block satisfies never;
  }
}

/** A figure as wide as the text; one without a number does not float. */
function latexFigure({ id, figure, unnumbered = false }: FigureBlock): string {
  const picture = `\\includegraphics[width=\\linewidth,height=0.8\\textheight,keepaspectratio]{figures/${id}.pdf}`;
  const caption = `${escapeLatex(figure.title)}. ${escapeLatex(figure.caption)}`;
  if (unnumbered) return `\\begin{center}\n${picture}\n\n${caption}\n\\end{center}`;
  return `\\begin{figure}[H]
\\centering
${picture}
\\caption{${caption}}
\\end{figure}`;
}

/** Most lines of code set in two columns, which cannot break across pages. */
const TWO_COLUMNS = 100;

/** Code; in two columns where it is long and its lines are short. */
function latexCodeBlock(text: string, short: boolean): string {
  const lines = text.split('\n').map((line) => {
    const [, indent, rest] = /^( *)(.*)$/.exec(line) ?? ['', '', line];
    return `${indent === '' ? '' : `\\texttt{${'~'.repeat(indent.length)}}`}${latexCode(rest)}\\par`;
  });
  const begin = '\\begingroup\\small\\raggedright\\setlength{\\parskip}{0pt}';
  if (!short || lines.length <= 30) return `${begin}\n${lines.join('\n')}\n\\endgroup`;
  const column = (part: readonly string[]) =>
    `\\begin{minipage}[t]{0.49\\textwidth}\\raggedright\n${part.join('\n')}\n\\end{minipage}`;
  const blocks: string[] = [];
  for (let from = 0; from < lines.length; from += TWO_COLUMNS) {
    const block = lines.slice(from, from + TWO_COLUMNS);
    const half = Math.ceil(block.length / 2);
    blocks.push(`${column(block.slice(0, half))}\\hfill\n${column(block.slice(half))}\\par\\medskip`);
  }
  return `${begin}\n${blocks.join('\n')}\n\\endgroup`;
}

/** A table with at most this many rows does not break across pages. */
const UNCUT = 20;

function latexTable(table: Table): string {
  const { caption, head, rows } = table;
  const end = rows.length <= UNCUT ? '\\\\*' : '\\\\';
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, i) => `${i === 0 && /^\s*[[*]/.test(cell) ? '{}' : ''}${escapeLatex(cell)}`).join(' & ')} ${end}`;
  const bold = head.map((cell) => (cell === '' ? '' : `\\textbf{${escapeLatex(cell)}}`)).join(' & ');
  const { size, spec } = columns(table);
  return `\\begingroup\\${size}
\\begin{longtable}{@{}${spec}@{}}
\\caption{${escapeLatex(caption)}}\\\\
\\toprule
${bold} \\\\
\\midrule
\\endfirsthead
\\toprule
${bold} \\\\
\\midrule
\\endhead
${rows.map(line).join('\n')}
\\bottomrule
\\end{longtable}
\\endgroup`;
}

/** Columns of words share the width by the length of what is in them; columns of numbers are right-aligned. */
function columns(table: Table): { readonly size: 'small' | 'footnotesize'; readonly spec: string } {
  const { head, rows, words = false } = table;
  const longest = head.map((cell, c) => maxOf(rows, (row) => row[c].length, cell.length));
  const width = longest.reduce((sum, length) => sum + length + 3, 0);
  if (!words && width < 110)
    return {
      size: width < 95 ? 'small' : 'footnotesize',
      spec: head.map((_, c) => (isWords(table, c) ? 'l' : 'r')).join(''),
    };
  const long = longest.filter((length) => length > 12);
  if (long.length === 1 && long[0] > 40) {
    // a log: the column with many words takes what the short ones leave
    const left = 1 - longest.reduce((sum, length) => sum + (length > 12 ? 0 : 0.011 * length + 0.03), 0);
    const spec = longest.map((length) =>
      length > 12 ? `>{\\raggedright\\arraybackslash}p{${Math.max(0.3, left).toFixed(3)}\\textwidth}` : 'l',
    );
    return { size: 'footnotesize', spec: spec.join('') };
  }
  const room = 1 - 0.03 * (head.length - 1);
  const spec = sharesOf([head, ...rows], room).map(
    (share) => `>{\\raggedright\\arraybackslash}p{${share.toFixed(3)}\\textwidth}`,
  );
  return { size: 'small', spec: spec.join('') };
}

/** About what proportion of the width a letter of a small table takes. */
const LETTER = 0.0125;

/** Proportions of the width by the length of the columns' contents; none is narrower than its longest word. */
function sharesOf(rows: readonly (readonly string[])[], room: number): number[] {
  const columnsOf = (measure: (cell: string) => number, use: (most: number) => number) =>
    rows[0].map((_, c) => use(maxOf(rows, (row) => measure(row[c]))));
  const weights = columnsOf(
    (cell) => cell.length,
    (most) => Math.sqrt(Math.max(most, 4)),
  );
  const least = columnsOf(
    (cell) => maxOf(cell.split(/\s+/), (word) => word.length, 0),
    (most) => Math.min(LETTER * most, room / rows[0].length),
  );
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const spare = room - sum(least);
  // beyond its longest word, a column gets its weighted part of what is left
  const wanted = weights.map((weight, c) => Math.max(0, (room * weight) / sum(weights) - least[c]));
  const asked = sum(wanted);
  return least.map((width, c) => width + (asked === 0 ? spare / least.length : (spare * wanted[c]) / asked));
}

function latexText(text: Text): string {
  return typeof text === 'string' ? escapeLatex(text) : text.map(inline).join('');
}

function inline(piece: Inline): string {
  if (typeof piece === 'string') return escapeLatex(piece);
  if ('strong' in piece) return `\\textbf{${escapeLatex(piece.strong)}}`;
  if ('math' in piece) return `$${piece.math}$`;
  if ('cite' in piece) return `\\cite{${piece.cite.key}}`;
  return latexCode(piece.code);
}
