/** A font for tests: Noto Sans, whose glyphs stand for other characters. */
import { readFileSync } from 'node:fs';
import { OWN_FONT } from '../../src/figures/fonts/find.ts';

/** The bytes of a font that shows each key as Noto Sans shows its value, and has no other character. */
export function madeFont(looks: Readonly<Record<string, string>>): Buffer {
  const own = readFileSync(OWN_FONT.regular);
  const tables = own.readUInt16BE(4);
  const record = Array.from({ length: tables }, (_, i) => 12 + 16 * i).find(
    (at) => own.toString('latin1', at, at + 4) === 'cmap',
  ) as number;
  const glyphOf = (character: string) => {
    const cmap = own.subarray(own.readUInt32BE(record + 8));
    const at = Array.from({ length: cmap.readUInt16BE(2) }, (_, i) => cmap.readUInt32BE(8 + 8 * i)).find(
      (place) => cmap.readUInt16BE(place) === 4,
    ) as number;
    const segments = cmap.readUInt16BE(at + 6) / 2;
    const code = character.codePointAt(0) ?? 0;
    for (let s = 0; s < segments; s++) {
      const end = cmap.readUInt16BE(at + 14 + 2 * s);
      const start = cmap.readUInt16BE(at + 16 + 2 * (segments + s));
      const offset = at + 16 + 2 * (3 * segments + s);
      if (code < start || code > end) continue;
      const delta = cmap.readUInt16BE(at + 16 + 2 * (2 * segments + s));
      const shift = cmap.readUInt16BE(offset);
      return ((shift === 0 ? code : cmap.readUInt16BE(offset + shift + 2 * (code - start))) + delta) & 0xffff;
    }
    throw new Error(`Noto Sans must have ${character}`);
  };
  const groups = Object.entries(looks)
    .map(([character, as]) => [character.codePointAt(0) ?? 0, glyphOf(as)] as const)
    .sort(([a], [b]) => a - b);
  const cmap = Buffer.alloc(12 + 16 + 12 * groups.length);
  cmap.writeUInt16BE(1, 2);
  [3, 10].forEach((value, i) => cmap.writeUInt16BE(value, 4 + 2 * i));
  cmap.writeUInt32BE(12, 8);
  cmap.writeUInt16BE(12, 12);
  cmap.writeUInt32BE(16 + 12 * groups.length, 16);
  cmap.writeUInt32BE(groups.length, 24);
  for (const [i, [code, glyph]] of groups.entries())
    [code, code, glyph].forEach((value, k) => cmap.writeUInt32BE(value, 28 + 12 * i + 4 * k));
  const font = Buffer.concat([own, Buffer.alloc(-own.length & 3), cmap]);
  font.writeUInt32BE(font.length - cmap.length, record + 8);
  font.writeUInt32BE(cmap.length, record + 12);
  return font;
}
