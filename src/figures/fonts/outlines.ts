/**
 * Texts of a drawing as outlines, where its own font lacks a character: PNG and PDF then show every script for which
 * the machine has a font. fontkit joins letters and places marks; what reads from right to left stands where a browser
 * has it in a line from left to right.
 */
import { isMeasured } from '../chart/text.ts';
import { type Fonts, openFonts, OWN_FONT } from './find.ts';
import type { Font, Path } from './font.ts';
import { attributesOf, type Attributes, unescapeXml } from '../svg-text.ts';

/** A drawing that its own font suffices to show. */
export interface Outlined {
  readonly svg: string;
  /** Characters that no font has, which are shown as boxes; each once. */
  readonly lacking: readonly string[];
}

/** Letters that are laid out together. */
interface Piece {
  readonly text: string;
  /** The font file; undefined for the figures' own. */
  readonly path: string | undefined;
  /** Digits between letters from right to left still read from left to right. */
  readonly kind: 'ltr' | 'rtl' | 'digits';
}

/** Synthetic bold: width of the line around a letter, in parts of the size. */
const BOLD = 0.04;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Marks that take room of their own, such as vowels of Hindi: resvg draws the next letter over them. */
const SPACED = /\p{Mc}/u;
const MIRRORED: Readonly<Record<string, string>> = {
  '(': ')',
  ')': '(',
  '[': ']',
  ']': '[',
  '«': '»',
  '»': '«',
};

const segmenter = new Intl.Segmenter('en');

/** Turns texts with characters that the figures' own font lacks into outlines. */
export async function outlineTexts(svg: string, fonts?: Fonts): Promise<Outlined> {
  const texts = [...svg.matchAll(/<text ([^>]*)>(?:<title>[^<]*<\/title>)?([^<]*)<\/text>/g)];
  const unknown = texts.filter(([, , text]) => !isMeasured(unescapeXml(text)));
  if (unknown.length === 0) return { svg, lacking: [] };
  const found = fonts ?? (await openFonts());
  const strange = unknown.filter(([, , text]) => SPACED.test(text) || !hasAll(found.own, unescapeXml(text)));
  if (strange.length === 0) return { svg, lacking: [] };
  const lacking = new Set<string>();
  const parts: string[] = [];
  let at = 0;
  for (const { index, 0: element, 1: attributes, 2: text } of strange) {
    const { pieces, without } = piecesOf(unescapeXml(text), found);
    for (const letter of without) lacking.add(letter);
    parts.push(svg.slice(at, index), await outline(pieces, attributesOf(attributes), found));
    at = index + element.length;
  }
  return { svg: [...parts, svg.slice(at)].join(''), lacking: [...lacking] };
}

/** Whether a font has all characters of a text, but for those that show nothing. */
function hasAll(has: (code: number) => boolean, text: string): boolean {
  return Array.from(text).every(
    (character) => /\p{Default_Ignorable_Code_Point}/u.test(character) || has(character.codePointAt(0) ?? 0),
  );
}

/** The pieces of a text, from left to right, and the letters that no font has. */
function piecesOf(
  text: string,
  fonts: Fonts,
): { readonly pieces: Piece[]; readonly without: Iterable<string> } {
  const letters = Array.from(segmenter.segment(text), ({ segment }) => segment);
  const paths = new Map<string, string>();
  let missing = [...new Set(letters.filter((letter) => !hasAll(fonts.own, letter)))];
  while (missing.length > 0) {
    const chosen = richest(missing, fonts);
    if (chosen === undefined) break;
    for (const letter of missing) if (hasAll(chosen.covers, letter)) paths.set(letter, chosen.path);
    missing = missing.filter((letter) => !paths.has(letter));
  }
  const pieces: Piece[] = [];
  const backwards = readBackwards(letters);
  for (const [i, letter] of letters.entries()) {
    const path = paths.get(letter);
    const kind = !backwards[i] ? 'ltr' : inNumber(letters, i) ? 'digits' : 'rtl';
    const last = pieces.at(-1);
    if (last?.path === path && last?.kind === kind)
      pieces.splice(-1, 1, { ...last, text: last.text + letter });
    else pieces.push({ text: letter, path, kind });
  }
  return { pieces: reordered(pieces), without: missing };
}

/** The font that has the most of some letters, the first of equals; undefined where none has any. */
function richest(letters: readonly string[], fonts: Fonts) {
  let [best, most] = [undefined as ReturnType<Fonts['others']>[number] | undefined, 0];
  for (const font of fonts.others()) {
    const count = letters.filter((letter) => hasAll(font.covers, letter)).length;
    if (count > most) [best, most] = [font, count];
    if (count === letters.length) break;
  }
  return best;
}

/**
 * Which letters stand in a part from right to left: from its first such letter to its last, or to the digits or the
 * closing bracket behind it.
 */
function readBackwards(letters: readonly string[]): boolean[] {
  const backwards = letters.map(() => false);
  let begin: number | undefined;
  for (const [i, letter] of letters.entries()) {
    const right = RIGHT_TO_LEFT.test(letter);
    if (right) begin ??= i;
    else if (/\p{L}/u.test(letter)) begin = undefined;
    if (begin === undefined) continue;
    const closes = ')]»'.includes(letter) && letters.slice(begin, i).includes(MIRRORED[letter]);
    if (right || closes || isDigit(letter)) backwards.fill(true, begin, i + 1);
  }
  return backwards;
}

const isDigit = (letter: string | undefined) => letter !== undefined && /\p{Nd}/u.test(letter);

/** Whether a letter belongs to a number: a digit, or a sign between two. */
function inNumber(letters: readonly string[], i: number): boolean {
  return (
    isDigit(letters[i]) || (/^[.,:]$/.test(letters[i]) && isDigit(letters[i - 1]) && isDigit(letters[i + 1]))
  );
}

/** Pieces as they stand: those of a part from right to left in reverse. */
function reordered(pieces: readonly Piece[]): Piece[] {
  const placed: Piece[] = [];
  let part = 0;
  for (const piece of pieces) {
    if (piece.kind === 'ltr') part = placed.push(piece);
    else placed.splice(part, 0, piece);
  }
  return placed;
}

/** A text as one path, or two where parts of it are bold by a line around them. */
async function outline(pieces: readonly Piece[], a: Attributes, fonts: Fonts): Promise<string> {
  const size = Number(a['font-size']);
  const bold = a['font-weight'] === '700';
  let width = 0;
  const glyphs: { readonly drawn: Path; readonly lined: boolean }[] = [];
  for (const { text, path, kind } of pieces) {
    const font = faceFor(text, await fonts.open(path ?? OWN_FONT[bold ? 'bold' : 'regular']));
    const shown = kind === 'rtl' ? text.replace(/[()[\]«»]/g, (mark) => MIRRORED[mark]) : text;
    const run = font.layout(shown, undefined, undefined, undefined, kind === 'rtl' ? 'rtl' : 'ltr');
    const scale = size / font.unitsPerEm;
    for (const [i, glyph] of run.glyphs.entries()) {
      const { xAdvance, xOffset, yOffset } = run.positions[i];
      const drawn = glyph.path.scale(scale, -scale).translate(width + scale * xOffset, -scale * yOffset);
      glyphs.push({ drawn, lined: bold && path !== undefined });
      width += scale * xAdvance;
    }
  }
  const [x, y] = [Number(a['x']), Number(a['y'])];
  const { 'text-anchor': anchor = 'start' } = a;
  const back = width * ({ start: 0, middle: 0.5, end: 1 }[anchor] ?? 0);
  const angle = (Number(/^rotate\((\S+) /.exec(a['transform'] ?? '')?.[1] ?? 0) * Math.PI) / 180;
  const fill = a['fill'] ?? 'black';
  return [false, true]
    .map((lined) => {
      const d = glyphs
        .filter((one) => one.lined === lined)
        .map(({ drawn }) => drawn.translate(-back, 0).rotate(angle).translate(x, y).toSVG())
        .join('');
      const line = lined ? ` stroke="${fill}" stroke-width="${(BOLD * size).toFixed(2)}"` : '';
      return d === '' ? '' : `<path d="${d}" fill="${fill}"${line}/>`;
    })
    .join('');
}

/** Of a collection, the font of the language: Chinese, Japanese and Korean write some characters differently. */
function faceFor(text: string, fonts: readonly Font[]): Font {
  const language = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? /\bJP\b/ : /\p{Script=Hangul}/u.test(text) ? /\bKR\b/ : /\bSC\b/; // prettier-ignore
  return fonts.find(({ familyName }) => language.test(familyName)) ?? fonts[0];
}
