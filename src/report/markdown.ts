/** A report as Markdown (GitHub's kind, formulas between dollars), its figures as files beside it. */
import {
  type Block,
  figureNumbersOf,
  type Inline,
  isWords,
  type Report,
  type Section,
  type Table,
  type Text,
  type Work,
} from './content.ts';
import { referencesOf } from './references.ts';

/** Where figures are found: the address of a figure's picture. */
export interface MarkdownOptions {
  /** Default `figures/ID.png`. */
  readonly figureFile?: (id: string) => string;
  /** Numbers of figures by their id; default none. */
  readonly figures?: ReadonlyMap<string, number>;
  /** What is cited, the first as [1]; default nothing. */
  readonly references?: readonly Work[];
}

/** The text of a report. */
export function writeMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const references = referencesOf(report);
  const whole = { ...options, figures: figureNumbersOf(report), references };
  const sections = report.sections.map((section) => markdownSection(section, 2, whole));
  const list = references.map(({ text }, i) => `${i + 1}. ${escapeMarkdown(text)}`);
  return `${[
    `# ${escapeMarkdown(report.title)}`,
    escapeMarkdown(report.subtitle),
    ...sections,
    ...(list.length > 0 ? ['## References', list.join('\n')] : []),
  ].join('\n\n')}\n`;
}

function markdownSection(section: Section, level: number, options: MarkdownOptions): string {
  return [
    `${'#'.repeat(level)} ${escapeMarkdown(section.title)}`,
    ...section.blocks.map((block) => markdownBlock(block, options)),
    ...(section.sections ?? []).map((inner) => markdownSection(inner, level + 1, options)),
  ].join('\n\n');
}

/** A block. */
export function markdownBlock(block: Block, options: MarkdownOptions = {}): string {
  const { figureFile = (id) => `figures/${id}.png`, figures } = options;
  const said = (text: Text) => markdownText(text, options);
  switch (block.kind) {
    case 'paragraph':
      return said(block.text);
    case 'note':
      return `> **Note.** ${said(block.text)}`;
    case 'list':
      return block.items.map((item) => `- ${said(item)}`).join('\n');
    case 'code': {
      const fence = '`'.repeat(Math.max(3, longestRun(block.text, '`') + 1));
      return `${fence}${block.language}\n${block.text}\n${fence}`;
    }
    case 'equations':
      return block.lines.map((line) => `$$\n${line}\n$$`).join('\n\n');
    case 'table':
      return markdownTable(block);
    case 'figure': {
      const { title, caption, alt } = block.figure;
      const number = figures?.get(block.id);
      const head = number === undefined ? title : `Figure ${number}. ${title}`;
      return `![${escapeMarkdown(alt)}](${figureFile(block.id)})\n\n**${escapeMarkdown(head)}.** ${escapeMarkdown(caption)}`;
    }
    default:
      return block satisfies never;
  }
}

function markdownTable(table: Table): string {
  const { caption, head, rows } = table;
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => escapeMarkdown(cell) || ' ').join(' | ')} |`;
  const rule = head.map((_, i) => (isWords(table, i) ? '---' : '---:'));
  return [
    `**${escapeMarkdown(caption)}**`,
    '',
    line(head),
    `| ${rule.join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

function markdownText(text: Text, { references = [] }: MarkdownOptions): string {
  return typeof text === 'string'
    ? escapeMarkdown(text)
    : text.map((piece) => inline(piece, references)).join('');
}

function inline(piece: Inline, references: readonly Work[]): string {
  if (typeof piece === 'string') return escapeMarkdown(piece);
  if ('strong' in piece) return `**${escapeMarkdown(piece.strong)}**`;
  if ('math' in piece) return `$${piece.math}$`;
  if ('cite' in piece) return `\\[${references.findIndex(({ key }) => key === piece.cite.key) + 1}\\]`;
  const text = oneLine(piece.code);
  const fence = '`'.repeat(longestRun(text, '`') + 1);
  const space = fence.length > 1 || text.startsWith(' ') ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** Text escaped for Markdown. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]|#~$<>]/g, (char) => `\\${char}`)
    .replace(/&(?=[#\w])/g, '&amp;')
    .replace(/^(\s*)([-+=]|\d+[.)])(?=\s|$)/, (_, space: string, mark: string) =>
      mark.length === 1 ? `${space}\\${mark}` : `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
    );
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function longestRun(text: string, char: string): number {
  let longest = 0;
  let run = 0;
  for (const c of text) longest = Math.max(longest, (run = c === char ? run + 1 : 0));
  return longest;
}
