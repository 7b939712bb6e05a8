/** How the linear model reads texts: normalised and cut into words as the `text` section says, and whole. */
import { normalise } from '../../text/normalise.ts';
import { completeTextOptions } from '../../text/options.ts';
import { createTokenizer, type TextOptions } from '../../text/pipeline.ts';
import type { TokenizedText } from './ngrams.ts';

/**
 * Reads texts. For a tokenizer that must be fitted, the words of the tokenizer `word` are used instead.
 * @param maxTokens Most words that are read of each text; null: all.
 */
export function textReader(text: TextOptions, maxTokens: number | null): (text: string) => TokenizedText {
  const words = createTokenizer(completeTextOptions({ tokenizer: 'word' })).split;
  const split = createTokenizer(text).split ?? words;
  return (given) => {
    const normalised = normalise(given, text);
    const tokens = split?.(normalised) ?? [];
    if (maxTokens === null || tokens.length <= maxTokens) return { text: normalised, tokens };
    const first = tokens.slice(0, maxTokens);
    return { text: first.join(' '), tokens: first };
  };
}

/** Documents from which on their words are kept packed: of fewer, strings take little memory and no time. */
const MANY_DOCUMENTS = 20_000;
/** Numbers in a block of places. */
const BLOCK = 1 << 16;
/** A text beyond this keeps its words: places in it take more than two bytes. */
const LONGEST = 0xffff;

/** Reads many texts; see {@link textReader}. */
export function readTexts(
  texts: readonly string[],
  read: (text: string) => TokenizedText,
): readonly TokenizedText[] {
  if (texts.length <= MANY_DOCUMENTS) return texts.map(read);
  let [block, used] = [new Uint16Array(BLOCK), 0];
  return texts.map((given) => {
    const document = read(given);
    const { text, tokens } = document;
    if (text.length > LONGEST) return document;
    if (used + 2 * tokens.length > block.length)
      [block, used] = [new Uint16Array(Math.max(BLOCK, 2 * tokens.length)), 0];
    const start = used;
    let end = 0;
    for (const token of tokens) {
      const from = text.indexOf(token, end);
      // a token that is not in the text, such as one of a tokenizer that rewrites it
      if (from < 0) {
        used = start;
        return document;
      }
      end = from + token.length;
      block[used++] = from;
      block[used++] = end;
    }
    return new PackedText(text, block, start, used);
  });
}

/** A text whose words are places in it: four bytes each in place of a string. */
class PackedText implements TokenizedText {
  readonly text: string;
  readonly #places: Uint16Array; // [2 × words] from, to; of other texts too
  readonly #start: number;
  readonly #end: number;

  constructor(text: string, places: Uint16Array, start: number, end: number) {
    this.text = text;
    this.#places = places;
    this.#start = start;
    this.#end = end;
  }

  get tokens(): readonly string[] {
    const tokens: string[] = [];
    for (let at = this.#start; at < this.#end; at += 2)
      tokens.push(this.text.slice(this.#places[at], this.#places[at + 1]));
    return tokens;
  }
}
