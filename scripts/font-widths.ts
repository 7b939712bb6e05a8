/**
 * Writes `src/figures/chart/font-widths.ts`: how wide each character of the figures' font is. Figures are drawn
 * without a browser, so that this table is what keeps a label from being cut. `--check` compares instead.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { characterMap } from '../src/figures/fonts/font-file.ts';
import { root } from './house.ts';

const TARGET = 'src/figures/chart/font-widths.ts';
const FACES = {
  regular: '400Regular/NotoSans_400Regular.ttf',
  bold: '700Bold/NotoSans_700Bold.ttf',
} as const;
/** Latin with accents, Greek, Cyrillic, general punctuation, superscripts, signs of arithmetic. */
const RANGES = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x391, 0x3c9],
  [0x410, 0x451],
  [0x2010, 0x2026],
  [0x2070, 0x2079],
  [0x2212, 0x2212],
] as const;

/** Advance widths of a TrueType font in thousandths of its size, by code point; undefined where it has no glyph. */
function advances(file: string): (code: number) => number | undefined {
  const bytes = readFileSync(file);
  const table = (tag: string): number => {
    for (let i = 0, at = 12; i < bytes.readUInt16BE(4); i++, at += 16) {
      if (bytes.toString('latin1', at, at + 4) === tag) return bytes.readUInt32BE(at + 8);
    }
    throw new Error(`${file} has no table ${tag}`);
  };
  const unitsPerEm = bytes.readUInt16BE(table('head') + 18);
  const metrics = bytes.readUInt16BE(table('hhea') + 34);
  const hmtx = table('hmtx');
  const glyphOf = characterMap(bytes.subarray(table('cmap')));
  return (code) => {
    const glyph = glyphOf(code);
    if (glyph === 0) return undefined;
    const units = bytes.readUInt16BE(hmtx + 4 * Math.min(glyph, metrics - 1));
    return Math.round((units / unitsPerEm) * 1000);
  };
}

function render(): string {
  const faces = Object.entries(FACES).map(([name, file]) => {
    const path = fileURLToPath(import.meta.resolve(`@expo-google-fonts/noto-sans/${file}`));
    const advance = advances(path);
    const runs = RANGES.map(([from, to]) => {
      const widths = Array.from({ length: to - from + 1 }, (_, i) => advance(from + i) ?? 0);
      const numbers = `'${widths.join(' ')}'`;
      return numbers.length > 98
        ? `    [\n      0x${from.toString(16)},\n      ${numbers},\n    ],`
        : `    [0x${from.toString(16)}, ${numbers}],`;
    });
    return `  ${name}: [\n${runs.join('\n')}\n  ],`;
  });
  return `/** Widths of Noto Sans; made by \`scripts/font-widths.ts\`, not by hand. */

/** A face of the font. */
export type Face = 'regular' | 'bold';

/** Per face, runs of characters: the first code point, then widths in thousandths of the font size; 0: no glyph. */
export const FONT_WIDTHS: Readonly<Record<Face, readonly (readonly [from: number, widths: string])[]>> = {
${faces.join('\n')}
};
`;
}

const text = render();
if (process.argv.includes('--check')) {
  if (readFileSync(root + TARGET, 'utf8') !== text) {
    process.stderr.write(`${TARGET} is not what scripts/font-widths.ts writes: run it again.\n`);
    process.exitCode = 1;
  }
} else writeFileSync(root + TARGET, text);
