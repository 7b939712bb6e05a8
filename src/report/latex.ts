/** A report as a LaTeX document for pdfLaTeX, its figures as PNG files beside it. */
import type { Block, Inline, Report, Section, Table, Text } from './content.ts';
import { escapeLatex, latexCode } from './latex-text.ts';

const PREAMBLE = String.raw`\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\usepackage{mathptmx}
\usepackage[scaled=0.9]{helvet}
\usepackage{courier}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{graphicx}
\usepackage{float}
\usepackage{booktabs,longtable,array}
\usepackage[hidelinks]{hyperref}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6em}
\setlength{\LTcapwidth}{\textwidth}
\setlength{\emergencystretch}{3em}
`;

/** The LaTeX source of a report; figures are looked for in `figures/ID.png`. */
export function writeLatex(report: Report): string {
  return `${PREAMBLE}
\\title{${escapeLatex(report.title)}}
\\author{}
\\date{${escapeLatex(report.subtitle)}}
\\begin{document}
\\maketitle
\\tableofcontents

${report.sections.map((section) => latexSection(section, 0)).join('\n\n')}

\\end{document}
`;
}

const HEADINGS = ['section', 'subsection', 'subsubsection'];

function latexSection({ title, blocks, sections = [] }: Section, level: number): string {
  return [
    `\\${HEADINGS[Math.min(level, 2)]}{${escapeLatex(title)}}`,
    ...blocks.map(latexBlock),
    ...sections.map((inner) => latexSection(inner, level + 1)),
  ].join('\n\n');
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
      return latexCodeBlock(block.text);
    case 'equations':
      return `\\begin{gather}\n${block.lines.join(' \\\\\n')}\n\\end{gather}`;
    case 'table':
      return latexTable(block);
    case 'figure':
      return `\\begin{figure}[H]
\\centering
\\includegraphics[width=0.72\\textwidth,height=0.72\\textheight,keepaspectratio]{figures/${block.id}.png}
\\caption{${escapeLatex(block.figure.title)}. ${escapeLatex(block.figure.caption)}}
\\end{figure}`;
    default:
      return block satisfies never;
  }
}

function latexCodeBlock(text: string): string {
  const lines = text.split('\n').map((line) => {
    const [, indent, rest] = /^( *)(.*)$/.exec(line) ?? ['', '', line];
    return `${'~'.repeat(indent.length)}${latexCode(rest)}\\par`;
  });
  return `\\begingroup\\small\\raggedright\\setlength{\\parskip}{0pt}\n${lines.join('\n')}\n\\endgroup`;
}

function latexTable({ caption, head, rows, words = false }: Table): string {
  // a short table stays on one page
  const end = rows.length <= 20 ? '\\\\*' : '\\\\';
  const line = (cells: readonly string[]) =>
    `${cells.map((cell) => `{}${escapeLatex(cell)}`).join(' & ')} ${end}`;
  const bold = head.map((cell) => (cell === '' ? '' : `\\textbf{${escapeLatex(cell)}}`)).join(' & ');
  return `\\begingroup\\small
\\begin{longtable}{@{}${columns(head, rows, words)}@{}}
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

/** Columns of words share the width by the length of what is in them; columns of numbers are set to the right. */
function columns(head: readonly string[], rows: readonly (readonly string[])[], words: boolean): string {
  const longest = head.map((cell, c) => Math.max(cell.length, ...rows.map((row) => row[c].length)));
  if (!words && longest.reduce((sum, length) => sum + length + 3, 0) < 95)
    return `l${'r'.repeat(head.length - 1)}`;
  const weights = longest.map((length) => Math.sqrt(Math.max(length, 4)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const room = 1 - 0.03 * (head.length - 1);
  return weights
    .map((weight) => `>{\\raggedright\\arraybackslash}p{${((room * weight) / total).toFixed(3)}\\textwidth}`)
    .join('');
}

function latexText(text: Text): string {
  return typeof text === 'string' ? escapeLatex(text) : text.map(inline).join('');
}

function inline(piece: Inline): string {
  if (typeof piece === 'string') return escapeLatex(piece);
  if ('strong' in piece) return `\\textbf{${escapeLatex(piece.strong)}}`;
  if ('math' in piece) return `$${piece.math}$`;
  return latexCode(piece.code);
}
