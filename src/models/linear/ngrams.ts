/**
 * The n-grams of a text: of its words (across the text), and of the characters of each word with a blank on both
 * sides (scikit-learn's `char_wb`). An n-gram is a 64-bit hash of its characters and its position; no substring is
 * made, which is several times as fast.
 */

/** Shortest and longest n-gram, both inclusive, from 1. */
export type NgramRange = readonly [shortest: number, longest: number];

/** Which n-grams are taken; null: none of the kind. */
export interface NgramOptions {
  /** n-grams of words. */
  readonly words: NgramRange | null;
  /** n-grams of characters (UTF-16 code units) within words. */
  readonly characters: NgramRange | null;
}

/** A text, normalised, and its words. */
export interface TokenizedText {
  readonly text: string;
  readonly tokens: readonly string[];
}

/** The kinds of n-grams. */
export const WORDS = 0;
/** See {@link WORDS}. */
export const CHARACTERS = 1;

const BLANK = 32;

// the hash: two lanes of 32 bits that mix differently; of several words, it goes on with the hash of each further one
const HIGH = [0x1b873593, 0x3f84d5b5];
const LOW = [0x2545f491, 0x0a3c59d7];
const nextHigh = (high: number, unit: number) => {
  const h = Math.imul(high ^ unit, 0x01000193);
  return (h << 13) | (h >>> 19);
};
const nextLow = (low: number, unit: number) => {
  const l = Math.imul(low ^ (unit + 0x7f4a7c15), 0x5bd1e995);
  return l ^ (l >>> 15);
};

/** The n-grams of one text at a time, in arrays that are reused. */
export class NgramReader {
  readonly options: NgramOptions;
  /** Number of n-grams of the text read last; those of words come first. */
  size = 0;
  /** How many of them are of words. */
  words = 0;
  /** [size] upper and lower 32 bits of the hashes. */
  high = new Int32Array(4096);
  /** See {@link high}. */
  low = new Int32Array(4096);
  /** [size] where they begin: the first word's number, or the first code unit; -1 or a blank for a blank before a word. */
  from = new Int32Array(4096);
  /** [size] words or code units in it. */
  length = new Int32Array(4096);
  #words = new Int32Array(4096); // [words × 2] the hash of each word

  constructor(options: NgramOptions) {
    this.options = options;
  }

  /** Reads a text. */
  read({ text, tokens }: TokenizedText): void {
    this.size = 0;
    if (this.options.words) this.#readWords(tokens, this.options.words);
    this.words = this.size;
    if (this.options.characters) this.#readCharacters(text, this.options.characters);
  }

  /** The n-gram at position `at` of the text read last, as a string. */
  textOf(at: number, { text, tokens }: TokenizedText): string {
    const from = this.from[at];
    const to = from + this.length[at];
    if (at < this.words) return tokens.slice(from, to).join(' ');
    let result = '';
    for (let c = from; c < to; c++) result += isBlankAt(text, c) ? ' ' : text[c];
    return result;
  }

  #readWords(tokens: readonly string[], [shortest, longest]: NgramRange): void {
    this.#makeRoom(tokens.length * (longest - shortest + 1));
    if (this.#words.length < 2 * tokens.length) this.#words = new Int32Array(4 * tokens.length);
    const words = this.#words;
    for (let w = 0; w < tokens.length; w++) hashUnits(WORDS, tokens[w], words, 2 * w);
    for (let first = 0; first < tokens.length; first++) {
      let high = words[2 * first];
      let low = words[2 * first + 1];
      if (shortest === 1) this.#add(high, low, first, 1);
      const last = Math.min(longest, tokens.length - first);
      for (let n = 2; n <= last; n++) {
        const word = 2 * (first + n - 1);
        high = nextHigh(high, words[word]);
        low = nextLow(low, words[word + 1]);
        if (n >= shortest) this.#add(high, low, first, n);
      }
    }
  }

  #readCharacters(text: string, [shortest, longest]: NgramRange): void {
    // a word of m characters has m + 2 places to begin
    this.#makeRoom((text.length * 2 + 2) * (longest - shortest + 1));
    const { length } = text;
    for (let from = 0; from < length; from++) {
      if (isBlank(text.charCodeAt(from))) continue;
      let to = from + 1;
      while (to < length && !isBlank(text.charCodeAt(to))) to++;
      for (let first = from - 1; first < to; first++) {
        let high = HIGH[CHARACTERS];
        let low = LOW[CHARACTERS];
        const last = Math.min(longest, to + 1 - first);
        for (let n = 0; n < last; n++) {
          const at = first + n;
          const unit = at < from || at >= to ? BLANK : text.charCodeAt(at);
          high = nextHigh(high, unit);
          low = nextLow(low, unit);
          if (n + 1 >= shortest) this.#add(high, low, first, n + 1);
        }
      }
      from = to;
    }
  }

  #add(high: number, low: number, from: number, length: number): void {
    const at = this.size++;
    this.high[at] = high;
    this.low[at] = low;
    this.from[at] = from;
    this.length[at] = length;
  }

  #makeRoom(more: number): void {
    const wanted = this.size + more;
    if (wanted <= this.high.length) return;
    const grow = (old: Int32Array<ArrayBuffer>) => {
      const copy = new Int32Array(Math.max(wanted, old.length * 2));
      copy.set(old);
      return copy;
    };
    this.high = grow(this.high);
    this.low = grow(this.low);
    this.from = grow(this.from);
    this.length = grow(this.length);
  }
}

/** The hash of an n-gram from its string, as {@link NgramReader.textOf} writes it. */
export function hashNgram(kind: number, text: string): readonly [high: number, low: number] {
  const hash = new Int32Array(2);
  let [high, low] = [0, 0];
  for (const [n, token] of (kind === WORDS ? text.split(' ') : [text]).entries()) {
    hashUnits(kind, token, hash, 0);
    high = n === 0 ? hash[0] : nextHigh(high, hash[0]);
    low = n === 0 ? hash[1] : nextLow(low, hash[1]);
  }
  return [high, low];
}

/** Writes the two halves of the hash of a string. */
function hashUnits(kind: number, text: string, to: Int32Array, at: number): void {
  let high = HIGH[kind];
  let low = LOW[kind];
  for (let c = 0; c < text.length; c++) {
    const unit = text.charCodeAt(c);
    high = nextHigh(high, unit);
    low = nextLow(low, unit);
  }
  to[at] = high;
  to[at + 1] = low;
}

function isBlank(code: number): boolean {
  return (
    code <= BLANK ||
    (code >= 0xa0 && (code === 0xa0 || (code >= 0x2000 && code <= 0x200a) || code === 0x3000))
  );
}

function isBlankAt(text: string, at: number): boolean {
  return at < 0 || at >= text.length || isBlank(text.charCodeAt(at));
}
