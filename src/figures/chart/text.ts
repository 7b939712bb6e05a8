/** Text by its measured width: how wide it is, how it wraps, where it must end in an ellipsis. */
import { type Face, FONT_WIDTHS } from './font-widths.ts';

const tables = Object.fromEntries(
  Object.entries(FONT_WIDTHS).map(([face, runs]) => [face, expand(runs)]),
) as Record<Face, ReadonlyMap<number, number>>;

function expand(runs: readonly (readonly [number, string])[]): ReadonlyMap<number, number> {
  return new Map(
    runs.flatMap(([from, widths]) =>
      widths.split(' ').map((width, i): [number, number] => [from + i, Number(width)]),
    ),
  );
}

/** Width of a text in the units of `size`. Characters that the table does not know count as a full square. */
export function textWidth(text: string, size: number, face: Face = 'regular'): number {
  let sum = 0;
  for (const character of text) {
    const known = tables[face].get(character.codePointAt(0) ?? 0);
    sum += known === undefined || known === 0 ? unknownWidth(character) : known;
  }
  return (sum * size) / 1000;
}

/** Combining marks and joiners take no room; any other unknown character takes a square, as Chinese ones do. */
function unknownWidth(character: string): number {
  return /[\p{Mn}\p{Me}\p{Cf}]/u.test(character) ? 0 : 1000;
}

/** The text itself, or its beginning with an ellipsis, at most `room` wide. Surrogates and marks stay whole. */
export function fitText(text: string, room: number, size: number, face: Face = 'regular'): string {
  if (textWidth(text, size, face) <= room) return text;
  const clusters = Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment);
  let width = textWidth('…', size, face);
  let kept = '';
  for (const cluster of clusters) {
    width += textWidth(cluster, size, face);
    if (width > room) break;
    kept += cluster;
  }
  return `${kept.trimEnd()}…`;
}

/** Breaks a text at spaces into lines at most `room` wide; a word that is too long itself is cut. */
export function wrapText(text: string, room: number, size: number, face: Face = 'regular'): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    const longer = lines.length === 0 ? word : `${lines[lines.length - 1]} ${word}`;
    if (lines.length > 0 && textWidth(longer, size, face) <= room) lines[lines.length - 1] = longer;
    else lines.push(fitText(word, room, size, face));
  }
  return lines;
}

/** The name of a class as an axis shows it: on one line, and never nothing. */
export function labelText(label: string): string {
  return oneLine(label) || '(empty)';
}

/** The name of a class within a sentence: one that is a bare number would read as a count. */
export function classText(label: string): string {
  const text = labelText(label);
  return /^[+-]?\d+([.,]\d+)?$/.test(text) ? `class ${text}` : text;
}

/** A text on one line without control characters, which XML does not allow. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}\uFFFE\uFFFF]+/gu, ' ')
    .trim();
}
