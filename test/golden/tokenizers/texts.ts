/** Random texts on which two readers of a `tokenizer.json` may disagree. */
import { createRng, type Rng } from '../../../src/core/rng.ts';

/** Characters at which the rules of the tokenizers meet, and words so that runs come about. */
const PARTS = [
  ..."ab1é\u0301'’.,!?%#@&$£€-_ \t\n\u00a0\u0085\u001c\ufeff\u200c\u200d\u3000",
  ...'中文の゛カｶ한ไทยวั༎က្កशि०①½ªⅣİΣσς㋿',
  ...['😀', '👍', '🏽', '🇩', '🇪', '❤', '\ufe0f', '𝒜', '𠀀', '🧑', '฿', '۽', '\u20c0', '\u20c1', '\ufb01'],
  ...['hello', 'World', "don't", '1,400', 'x.y', "'tis", ' ', ' ', ' '],
];

/** Draws a code point; the letters, marks and symbols below U+3400 more often than the large planes. */
function randomCharacter(rng: Rng): string {
  const limit = [0x250, 0x3400, 0x10000, 0x20000, 0x110000][rng.int(5)];
  const code = rng.int(limit);
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : String.fromCodePoint(code);
}

/** Texts of up to 20 parts, the same for the same seed. */
export function randomTexts(count: number, seed: number): string[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: rng.int(20) }, () =>
      rng.int(2) === 0 ? PARTS[rng.int(PARTS.length)] : randomCharacter(rng),
    ).join(''),
  );
}
