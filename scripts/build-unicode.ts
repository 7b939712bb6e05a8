/**
 * Writes src/text/unicode.ts, from what this Node and what Python's `tokenizers` know of Unicode. Run it when the table
 * is to follow a later Unicode version: it changes what a text is cut into.
 *
 *     UNROLL_PYTHON=PYTHON node scripts/build-unicode.ts     a Python that can import `tokenizers`
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { root } from './house.ts';

interface Elsewhere {
  readonly tokenizers: string;
  readonly unicode: string;
  readonly classes: Readonly<Record<string, readonly number[]>>;
  readonly nfkc: Readonly<Record<string, string>>;
  readonly nfd: Readonly<Record<string, string>>;
  readonly marks: readonly number[];
}

const { UNROLL_PYTHON: python = 'python3' } = process.env;
const { status, stdout, stderr } = spawnSync(python, [`${root}scripts/unicode-elsewhere.py`], {
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
});
if (status !== 0) throw new Error(`[unicode] UNROLL_PYTHON must have tokenizers, but: ${stderr}`);
const theirs = JSON.parse(stdout) as Elsewhere;

const points = Array.from({ length: 0x110000 }, (_, code) => code).filter((c) => c < 0xd800 || c > 0xdfff);
const matching = (pattern: RegExp) => points.filter((code) => pattern.test(String.fromCodePoint(code)));

/** Code points as ranges: "41-5a 61". */
function ranges(codes: Iterable<number>): string {
  const found: [number, number][] = [];
  for (const code of [...new Set(codes)].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else found.push([code, code]);
  }
  return found
    .map(([from, to]) => (from === to ? from.toString(16) : `${from.toString(16)}-${to.toString(16)}`))
    .join(' ');
}

/** Code points that the Unicode version of this Node has put into a class since that of Python. */
function added(name: string): string {
  const before = new Set(theirs.classes[name]);
  const now = matching(new RegExp(`\\p{${name}}`, 'u'));
  const left = [...before].filter((code) => !now.includes(code));
  if (left.length > 0) throw new Error(`[unicode] no code point may leave ${name}, but ${ranges(left)} did.`);
  return ranges(now.filter((code) => !before.has(code)));
}

const isEmoji = (code: number) => code >= 0x1f300 && code <= 0x1faff; // their use is settled before they are assigned
const noncharacter = /\p{Noncharacter_Code_Point}/u;
const unassigned = matching(/\p{Cn}/u).filter(
  (code) => !isEmoji(code) && !noncharacter.test(String.fromCodePoint(code)),
);

/** Code points that normalisation treats otherwise in the Unicode version of `tokenizers`, which is an old one. */
function differing(): number[] {
  const marks = new Set(theirs.marks);
  return points.flatMap((code) => {
    const text = String.fromCodePoint(code);
    const mark = `a${text}\u0334`;
    if (text.normalize('NFD') !== (theirs.nfd[code] ?? text)) {
      const first = text.normalize('NFD').codePointAt(0) ?? 0;
      return [code, first];
    }
    const same = text.normalize('NFKC') === (theirs.nfkc[code] ?? text);
    return same && (mark.normalize('NFC') !== mark) === marks.has(code) ? [] : [code];
  });
}

const REIWA = 0x32ff; // has a rule of its own
const unsettled = differing().filter((code) => code !== REIWA);
const isMark = (code: number) => /\p{M}/u.test(String.fromCodePoint(code));
const lines = {
  UNASSIGNED: [
    'No character in Unicode VERSION; not the noncharacters, nor what is kept for emoji.',
    ranges(unassigned),
  ],
  UNSETTLED: [
    'Characters, marks aside, that normalisation of an older Unicode version leaves as they are or does not join.',
    ranges(unsettled.filter((code) => !isMark(code))),
  ],
  UNSETTLED_MARKS: [
    'Marks that normalisation of an older Unicode version does not reorder or join.',
    ranges(unsettled.filter(isMark)),
  ],
  NEW_LETTERS: ['In \\p{L} since OLDER.', added('L')],
  NEW_NUMBERS: ['In \\p{N} since OLDER.', added('N')],
  NEW_MARKS: ['In \\p{M} since OLDER.', added('M')],
  NEW_CURRENCY: ['In \\p{Sc} since OLDER.', added('Sc')],
};
const major = (version: string) => version.replace(/(\.0)+$/, '');
const version = major(process.versions.unicode ?? '');
const body = Object.entries(lines).map(([name, [comment, text]]) => {
  const filled = comment.replace('VERSION', version).replace('OLDER', `Unicode ${major(theirs.unicode)}`);
  const rows = text.match(/.{1,110}(?: |$)/g) ?? [];
  return `/** ${filled} */\nexport const ${name} =\n${rows.map((row) => `  '${row}'`).join(' +\n')};\n`;
});
writeFileSync(
  `${root}src/text/unicode.ts`,
  `/**
 * Unicode ${version}, as far as it changes what a text is cut into: hexadecimal code points and ranges. Written down, so that
 * every program that reads a model cuts alike, whatever Unicode version it was built with.
 * Made by scripts/build-unicode.ts from Node ${process.versions.node} (Unicode ${version}), Python's unicodedata (Unicode ${major(theirs.unicode)}) and tokenizers ${theirs.tokenizers}.
 */

${body.join('\n')}`,
);
