/**
 * A table of words for a terminal: cells are wrapped to their column; on a narrow terminal, each column becomes a
 * block.
 */
import { maxOf } from '../../core/lists.ts';
import { printable } from '../../core/printable.ts';
import { displayWidth, fit } from './display-width.ts';

/** How a table is drawn. */
export interface RenderTableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly bold: (text: string) => string;
  /** Least width of a column with wider cells. Default 18, for words; numbers need less. */
  readonly least?: number;
}

/** Draws a table in `width` columns; the first column names the rows. Ends with a line end. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, bold, least = 18 }: RenderTableOptions,
): string {
  const safe = [head, ...rows].map((row) => row.map(printable));
  const names = maxOf(safe, ([name]) => displayWidth(name));
  const widths = columnWidths(safe, width - names, least);
  if (!widths) return renderBlocks(safe, width, bold);
  const lines = safe.flatMap((row, r) => {
    const cells = row.slice(1).map((cell, c) => wrap(cell, widths[c]));
    return Array.from({ length: maxOf(cells, (cell) => cell.length, 1) }, (_, i) => {
      const text = cells.map((cell, c) => `  ${fit(cell.at(i) ?? '', widths[c])}`).join('');
      const line = (fit(i === 0 ? row[0] : '', names) + text).trimEnd();
      return r === 0 ? bold(line) : line;
    });
  });
  return `${lines.join('\n')}\n`;
}

/**
 * Width of each column but the first: its natural width, with the widest ones reduced to fit; undefined where they
 * cannot fit.
 */
function columnWidths(
  rows: readonly (readonly string[])[],
  room: number,
  least: number,
): number[] | undefined {
  const widths = rows[0].slice(1).map((_, c) => maxOf(rows, (row) => displayWidth(row[c + 1]), 1));
  for (let over = widths.reduce((sum, w) => sum + w + 2, 0) - room; over > 0; over--) {
    const widest = maxOf(widths);
    if (widest <= least) return undefined;
    widths[widths.lastIndexOf(widest)]--;
  }
  return widths;
}

/** One block for each column. */
function renderBlocks(
  [head, ...rows]: readonly (readonly string[])[],
  width: number,
  bold: (text: string) => string,
): string {
  const names = maxOf(rows, ([name]) => displayWidth(name));
  return head
    .slice(1)
    .map((title, c) => {
      const lines = rows.flatMap((row) =>
        wrap(row[c + 1], Math.max(20, width - names - 2)).map(
          (line, i) => `${fit(i === 0 ? row[0] : '', names)}  ${line}`,
        ),
      );
      return `${bold(title)}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

/** Lines of at most `width` columns, broken at spaces; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = displayWidth(word) > width ? fit(word, width).trimEnd() : word;
  }
  return [...lines, line];
}
