/** A table of words for a terminal: cells wrapped to their column, or one block a column where there is no room. */
import { maxOf } from '../../core/lists.ts';
import { printable } from '../../core/printable.ts';
import { displayWidth, fit } from './display-width.ts';

/** Draws a table in `width` columns; the first column names the rows. Ends with a line end. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, bold }: { readonly width: number; readonly bold: (text: string) => string },
): string {
  const safe = [head, ...rows].map((row) => row.map(printable));
  const names = maxOf(safe, ([name]) => displayWidth(name));
  const columns = head.length - 1;
  const widest = maxOf(safe.flatMap((row) => row.slice(1).map(displayWidth)));
  const each = Math.min(widest, Math.floor((width - names) / columns) - 2);
  if (each < 18 && each < widest) return renderBlocks(safe, width, bold);
  const lines = safe.flatMap((row, r) => {
    const cells = row.slice(1).map((cell) => wrap(cell, each));
    return Array.from(
      {
        length: maxOf(cells, (cell) => cell.length, 1),
      },
      (_, i) => {
        const text = cells.map((cell) => `  ${fit(cell.at(i) ?? '', each)}`).join('');
        const line = (fit(i === 0 ? row[0] : '', names) + text).trimEnd();
        return r === 0 ? bold(line) : line;
      },
    );
  });
  return `${lines.join('\n')}\n`;
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
