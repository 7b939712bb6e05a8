/**
 * Text by its measured width: how wide it is, how it wraps, and where an ellipsis must shorten it. Widths are those
 * of Noto Sans; a drawing states the width of each text, so that a browser without that font fits its own font into
 * the same width.
 */
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

/** Width of a text in the units of `size`, on the wide side for characters that the table does not know. */
export function textWidth(text: string, size: number, face: Face = 'regular'): number {
  let sum = 0;
  for (const character of text) sum += knownWidth(character, face) ?? unknownWidth(character);
  return (sum * size) / 1000;
}

/** Whether the table knows every character, so that {@link textWidth} is exact for Noto Sans. */
export function isMeasured(text: string, face: Face = 'regular'): boolean {
  for (const character of text) if (knownWidth(character, face) === undefined) return false;
  return true;
}

function knownWidth(character: string, face: Face): number | undefined {
  return tables[face].get(character.codePointAt(0) ?? 0) || undefined;
}

/**
 * Width of a character that the table does not know: 0 for combining marks and joiners, more than a square for emoji,
 * less for letters of scripts whose letters are narrow, a square for any other.
 */
function unknownWidth(character: string): number {
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
  if (/[سشصض]/.test(character)) return 1150;
  if (/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}]/u.test(character)) return 750;
  return /\p{Extended_Pictographic}/u.test(character) ? 1300 : 1000;
}

const segmenter = new Intl.Segmenter('en');
const clustersOf = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

/** The text itself, or its beginning with an ellipsis, at most `room` wide. Surrogates and marks stay whole. */
export function fitText(text: string, room: number, size: number, face: Face = 'regular'): string {
  if (textWidth(text, size, face) <= room) return text;
  let width = textWidth('…', size, face);
  let kept = '';
  for (const cluster of clustersOf(text)) {
    width += textWidth(cluster, size, face);
    if (width > room) break;
    kept += cluster;
  }
  return `${kept.trimEnd()}…`;
}

/**
 * The name itself, or its beginning and its end with an ellipsis between them, at most `room` wide: names of classes
 * and parameters often share their beginning.
 */
export function fitName(name: string, room: number, size: number, face: Face = 'regular'): string {
  if (textWidth(name, size, face) <= room) return name;
  const clusters = clustersOf(name);
  let width = textWidth('…', size, face);
  let [from, to] = [0, clusters.length];
  while (from < to) {
    // the beginning is the longer one by a cluster
    const front = from <= clusters.length - to;
    width += textWidth(clusters[front ? from : to - 1], size, face);
    if (width > room) break;
    if (front) from++;
    else to--;
  }
  return `${clusters.slice(0, from).join('').trimEnd()}…${clusters.slice(to).join('').trimStart()}`;
}

/** Names at most `room` wide, shortened so that they still differ from each other where possible. */
export function fitNames(names: readonly string[], room: number, size: number): string[] {
  const fitted = names.map((name) => fitName(name, room, size));
  const count = new Map<string, number>();
  for (const name of fitted) count.set(name, (count.get(name) ?? 0) + 1);
  return names.map((name, i) => {
    if (fitted[i] === name || count.get(fitted[i]) === 1) return fitted[i];
    const others = names.filter((other) => other !== name);
    const begin = fitText(name, room, size);
    if (!others.some((other) => fitText(other, room, size) === begin)) return begin;
    const end = fitEnd(name, room, size);
    return others.some((other) => fitEnd(other, room, size) === end) ? fitted[i] : end;
  });
}

/** The end of a text behind an ellipsis, at most `room` wide. */
function fitEnd(text: string, room: number, size: number): string {
  const clusters = clustersOf(text);
  let width = textWidth('…', size);
  let from = clusters.length;
  while (from > 0 && (width += textWidth(clusters[from - 1], size)) <= room) from--;
  return `…${clusters.slice(from).join('').trimStart()}`;
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

/** The name of a class within a sentence, quoted if it is a number, which would read as a count. */
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
