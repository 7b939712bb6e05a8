/**
 * Words of any script, and other tokens that help a classifier.
 *
 * - A word is a run of letters, digits and marks; an apostrophe or a joiner stays inside it (don't, می‌خواهم), and a
 *   point or comma between digits stays inside a number (1,400.50).
 * - Scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese): each character with its marks.
 * - Emoji with their modifiers, and flags, are one token each.
 * - Marks that carry a message are tokens: ! and ? (runs up to three), % # @ & and currency signs. Other punctuation
 *   is left out: full stops and commas are everywhere, say little about the class and would use up `max_length`.
 */
import { member } from '../../core/family.ts';
import { characterClass } from '../normalise.ts';
import { NEW_CURRENCY, NEW_LETTERS, NEW_MARKS, NEW_NUMBERS } from '../unicode.ts';
import { type SplitRule, wholeTokens } from './whole-tokens.ts';

// Written with the characters themselves: \u{...} is JavaScript's spelling alone, \x{...} Oniguruma's.
const UNSPACED =
  '\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff' +
  '\uf900-\ufaff\uff66-\uff9f\u{20000}-\u{3ffff}';
const EMOJI = '\u2600-\u27bf\u2b00-\u2bff\u{1f000}-\u{1faff}';
const FLAG = '\u{1f1e6}-\u{1f1ff}';
const MODIFIER = '\ufe0f\u{1f3fb}-\u{1f3ff}';
const JOINER = "'\u200c\u200d";

/** Character classes, as in a regular expression: letters, numbers, marks, currency signs. */
interface Classes {
  readonly letter: string;
  readonly number: string;
  readonly mark: string;
  readonly currency: string;
}

/** Those of Unicode 17, also where the program has an older version; `normalise` has replaced what a later one adds. */
const CLASSES: Classes = {
  letter: `\\p{L}${characterClass(NEW_LETTERS)}`,
  number: `\\p{N}${characterClass(NEW_NUMBERS)}`,
  mark: `\\p{M}${characterClass(NEW_MARKS)}`,
  currency: `\\p{Sc}${characterClass(NEW_CURRENCY)}`,
};

/** Those of the Unicode version that the program has: in files that Unroll wrote before. */
const PROGRAM_CLASSES: Classes = { letter: '\\p{L}', number: '\\p{N}', mark: '\\p{M}', currency: '\\p{Sc}' };

function pattern({ letter, number, mark, currency }: Classes): string {
  const one = (members: string) => (/^\\p\{\w+\}$/.test(members) ? members : `[${members}]`);
  const start = `(?![${UNSPACED}])[${letter}${number}]`;
  const inWord = `(?<=[${letter}${mark}])[${JOINER}](?=(?![${UNSPACED}])${one(letter)})`;
  const inNumber = `(?<=${one(number)})[.,](?=(?![${UNSPACED}])${one(number)})`;
  return [
    `${start}(?:${start}|${one(mark)}|${inWord}|${inNumber})*`,
    `(?=[${UNSPACED}])[${letter}${number}]${one(mark)}*`,
    `[!?]{1,3}`,
    `[%#@&]`,
    one(currency),
    `[${FLAG}]{2}`,
    `[${EMOJI}](?:[${MODIFIER}]|\u200d[${EMOJI}])*`,
  ].join('|');
}

/** What a character is to the scanner. A letter or digit of an unspaced script is UNIT. */
const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const MARK = 3;
const UNIT = 4;
const LOUD = 5; // ! and ?
const SIGN = 6;
const PICTURE = 7; // emoji
const INNER_WORD = 8; // apostrophe, joiners
const INNER_NUMBER = 9; // point, comma
const PAIR = 10; // the first half of a character beyond the basic plane, which tells its kind

const RULES: readonly (readonly [RegExp, number])[] = [
  [new RegExp(`(?=[${UNSPACED}])[${CLASSES.letter}${CLASSES.number}]`, 'u'), UNIT],
  [new RegExp(`[${CLASSES.letter}]`, 'u'), LETTER],
  [new RegExp(`[${CLASSES.number}]`, 'u'), DIGIT],
  [new RegExp(`[${CLASSES.mark}]`, 'u'), MARK],
  [/[!?]/u, LOUD],
  [new RegExp(`[%#@&${CLASSES.currency}]`, 'u'), SIGN],
  [new RegExp(`[${EMOJI}]`, 'u'), PICTURE],
  [new RegExp(`[${JOINER}]`, 'u'), INNER_WORD],
  [/[.,]/u, INNER_NUMBER],
];

function classify(character: string): number {
  for (const [rule, kind] of RULES) if (rule.test(character)) return kind;
  return OTHER;
}

let table: Uint8Array | undefined;

/** The kind of every code unit, a constant that is worked out on first use (about 20 ms). */
function basicPlane(): Uint8Array {
  table ??= Uint8Array.from({ length: 0x10000 }, (_, code) =>
    code >= 0xd800 && code < 0xdc00 ? PAIR : classify(String.fromCharCode(code)),
  );
  return table;
}

const isFlag = (code: number) => code >= 0x1f1e6 && code <= 0x1f1ff;
const isModifier = (code: number) => code === 0xfe0f || (code >= 0x1f3fb && code <= 0x1f3ff);
const ZERO_WIDTH_JOINER = 0x200d;

/**
 * A single pass over the text with one character of look-ahead. It matches the pattern above without a backtracking
 * stack, which a line of several megabytes would overflow.
 */
class Scanner {
  readonly #text: string;
  readonly #kinds: Uint8Array;

  constructor(text: string) {
    this.#text = text;
    this.#kinds = basicPlane();
  }

  tokens(): string[] {
    const [text, kinds] = [this.#text, this.#kinds];
    const found: string[] = [];
    let at = 0;
    while (at < text.length) {
      if (kinds[text.charCodeAt(at)] === OTHER) {
        at++;
        continue;
      }
      const end = this.#tokenEnd(at);
      if (end > at) found.push(text.slice(at, end));
      at = end > at ? end : at + this.#width(at);
    }
    return found;
  }

  #kind(at: number): number {
    if (at >= this.#text.length) return OTHER;
    const kind = this.#kinds[this.#text.charCodeAt(at)];
    return kind === PAIR ? classify(String.fromCodePoint(this.#text.codePointAt(at) ?? 0)) : kind;
  }

  #width(at: number): number {
    return (this.#text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }

  /** Where the token that starts at `at` ends; `at` itself where none starts. */
  #tokenEnd(at: number): number {
    switch (this.#kind(at)) {
      case LETTER:
      case DIGIT:
        return this.#wordEnd(at);
      case UNIT:
        return this.#marksEnd(at + this.#width(at));
      case LOUD:
        return this.#loudEnd(at);
      case SIGN:
        return at + this.#width(at);
      case PICTURE:
        return this.#pictureEnd(at);
      default:
        return at;
    }
  }

  #wordEnd(at: number): number {
    const [text, kinds] = [this.#text, this.#kinds];
    let previous = OTHER;
    for (;;) {
      // most characters of most words, without a call for each
      for (; at < text.length; at++) {
        const kind = kinds[text.charCodeAt(at)];
        if (kind !== LETTER && kind !== DIGIT) break;
        previous = kind;
      }
      const kind = this.#kind(at);
      if (kind === LETTER || kind === DIGIT || kind === MARK) {
        previous = kind;
        at += this.#width(at);
        continue;
      }
      const next = this.#kind(at + 1); // both kinds of inner character are one unit wide
      const inWord = kind === INNER_WORD && (previous === LETTER || previous === MARK) && next === LETTER;
      const inNumber = kind === INNER_NUMBER && previous === DIGIT && next === DIGIT;
      if (!inWord && !inNumber) return at;
      previous = kind;
      at += 1;
    }
  }

  #marksEnd(at: number): number {
    while (this.#kind(at) === MARK) at += this.#width(at);
    return at;
  }

  #loudEnd(at: number): number {
    const limit = at + 3;
    while (at < limit && this.#kind(at) === LOUD) at++;
    return at;
  }

  #pictureEnd(at: number): number {
    const text = this.#text;
    const first = text.codePointAt(at) ?? 0;
    at += this.#width(at);
    if (isFlag(first) && isFlag(text.codePointAt(at) ?? 0)) return at + 2;
    for (;;) {
      const code = text.codePointAt(at) ?? 0;
      if (isModifier(code)) at += this.#width(at);
      else if (code === ZERO_WIDTH_JOINER && this.#kind(at + 1) === PICTURE) at += 1 + this.#width(at + 1);
      else return at;
    }
  }
}

/** How texts are cut into words. */
export const wordRule: SplitRule = {
  split: (text) => new Scanner(text.replaceAll('’', "'")).tokens(),
  pattern: pattern(CLASSES),
  replacements: [{ from: { text: '’' }, to: "'" }],
  earlierPatterns: [pattern(PROGRAM_CLASSES)],
};

/** Words of any script, numbers, emoji, and the punctuation that carries a message. */
export const word = member({
  type: 'word',
  summary:
    "Unicode words and numbers (don't, 1,400), single Chinese or Thai characters, emoji, and ! ? % # @ & $",
  options: {},
  create: () => wholeTokens(wordRule),
});
