/** A report as Markdown (GitHub's kind, formulas between dollars), its figures as files beside it. */
import type { Block, Inline, Report, Section, Table, Text } from './content.ts';

/** Where figures are found: the address of a figure's picture. */
export interface MarkdownOptions {
  /** Default `figures/ID.png`. */
  readonly figureFile?: (id: string) => string;
}

/** The text of a report. */
export function writeMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const sections = report.sections.map((section) => markdownSection(section, 2, options));
  return `${[`# ${escapeMarkdown(report.title)}`, escapeMarkdown(report.subtitle), ...sections].join('\n\n')}\n`;
}

function markdownSection(section: Section, level: number, options: MarkdownOptions): string {
  return [
    `${'#'.repeat(level)} ${escapeMarkdown(section.title)}`,
    ...section.blocks.map((block) => markdownBlock(block, options)),
    ...(section.sections ?? []).map((inner) => markdownSection(inner, level + 1, options)),
  ].join('\n\n');
}

/** A block. */
export function markdownBlock(
  block: Block,
  { figureFile = (id) => `figures/${id}.png` }: MarkdownOptions = {},
): string {
  switch (block.kind) {
    case 'paragraph':
      return markdownText(block.text);
    case 'note':
      return `> **Note.** ${markdownText(block.text)}`;
    case 'list':
      return block.items.map((item) => `- ${markdownText(item)}`).join('\n');
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
      return `![${escapeMarkdown(alt)}](${figureFile(block.id)})\n\n**${escapeMarkdown(title)}.** ${escapeMarkdown(caption)}`;
    }
    default:
      return block satisfies never;
  }
}

function markdownTable({ caption, head, rows, words = false }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => escapeMarkdown(cell) || ' ').join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 || words ? '---' : '---:'));
  return [
    `**${escapeMarkdown(caption)}**`,
    '',
    line(head),
    `| ${rule.join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

function markdownText(text: Text): string {
  return typeof text === 'string' ? escapeMarkdown(text) : text.map(inline).join('');
}

function inline(piece: Inline): string {
  if (typeof piece === 'string') return escapeMarkdown(piece);
  if ('strong' in piece) return `**${escapeMarkdown(piece.strong)}**`;
  if ('math' in piece) return `$${piece.math}$`;
  const text = oneLine(piece.code);
  const fence = '`'.repeat(longestRun(text, '`') + 1);
  const space = fence.length > 1 || text.startsWith(' ') ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** Text as Markdown that shows it and does nothing else. */
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
