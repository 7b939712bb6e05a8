import { summarise } from './summary.ts';

/** Documents that are unusual in some way. */
export interface OddRows {
  /** Short name of the kind. */
  readonly kind: string;
  /** What it means, in a few words. */
  readonly meaning: string;
  /** Documents of the kind. */
  readonly documents: number;
  /** Row numbers in the source, the first five. */
  readonly rows: readonly number[];
}

const EXAMPLES = 5;
const SEARCHED = 20_000; // characters of a document that are searched for letters

interface Doc {
  readonly text: string;
  readonly tokens: number;
}

/** Finds documents that are likely mistakes. Kinds without a document are left out. */
export function findOddRows(
  texts: readonly string[],
  tokenCounts: ArrayLike<number>,
  rowIds: ArrayLike<number>,
): OddRows[] {
  const { median } = summarise(tokenCounts);
  const veryLong = Math.max(1000, 20 * median);
  const kinds: readonly (readonly [kind: string, meaning: string, test: (doc: Doc) => boolean])[] = [
    ['no token', 'the tokenizer finds nothing in them', ({ tokens }) => tokens === 0],
    ['very short', 'one or two tokens', ({ tokens }) => tokens === 1 || tokens === 2],
    ['very long', `more than ${Math.round(veryLong)} tokens`, ({ tokens }) => tokens > veryLong],
    [
      'few letters',
      'less than half of the visible characters are letters',
      ({ text }) => letterShare(text) < 0.5,
    ],
    [
      'replacement characters',
      'an earlier conversion lost characters (U+FFFD)',
      ({ text }) => text.includes('\ufffd'),
    ],
    [
      'wrongly decoded',
      'UTF-8 read as Latin-1, such as "Ã©" or "â€™"',
      ({ text }) => /Ã[\u0080-\u00bf]|â€/.test(text),
    ],
    ['HTML', 'tags or entities, such as <br /> or &amp;', ({ text }) => HTML.test(text)],
    ['control characters', 'such as NUL', ({ text }) => hasControl(text)],
  ];
  const rows = kinds.map((): number[] => []);
  for (const [i, text] of texts.entries()) {
    const doc = { text, tokens: tokenCounts[i] };
    for (const [k, [, , test]] of kinds.entries()) if (test(doc)) rows[k].push(rowIds[i]);
  }
  return kinds
    .map(([kind, meaning], k) => ({
      kind,
      meaning,
      documents: rows[k].length,
      rows: rows[k].slice(0, EXAMPLES),
    }))
    .filter(({ documents }) => documents > 0);
}

function letterShare(text: string): number {
  const part = text.slice(0, SEARCHED);
  const visible = part.replace(/\s/g, '').length;
  return visible === 0 ? 1 : part.replace(/[^\p{L}\p{M}]/gu, '').length / visible;
}

const HTML =
  /<\/?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|table|tr|td|th|h[1-6]|img|font|html|body|script|style|pre|hr|blockquote)(?:\s[^<>]*)?\/?>|&(?:amp|lt|gt|quot|nbsp|apos|#\d{2,6}|#x[\da-f]{2,6});/i;

function hasControl(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- this looks for control characters
  return /[\u0000-\u0008\u000e-\u001f]/.test(text);
}
