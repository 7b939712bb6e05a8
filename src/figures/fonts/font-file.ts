/** A TrueType or OpenType font file: which characters it has, without reading more than its tables say. */
import { closeSync, openSync, readSync } from 'node:fs';
import { CorruptFileError } from '../../core/errors.ts';
import { withFileErrors } from '../../run/index.ts';

/** A font file. */
export interface FontFile {
  readonly path: string;
  /** Whether it has a glyph for a code point. */
  covers(code: number): boolean;
}

/** Bytes of the version of a font, and of the header of a collection of fonts. */
const VERSIONS = ['\0\x01\0\0', 'OTTO', 'true'];
const COLLECTION = 'ttcf';
/** Tables of outlines: a font of bitmaps alone cannot be drawn. */
const OUTLINES = ['glyf', 'CFF ', 'CFF2'];
/** More tables than any font has. */
const MOST_TABLES = 1000;

/** Opens a font; of a collection, its first. @throws FileError, CorruptFileError */
export function openFontFile(path: string): FontFile {
  const fault = (but: string) =>
    new CorruptFileError(
      path,
      `[${path}] the file must be a TrueType or OpenType font with outlines (.ttf, .otf, .ttc), but ${but}. Name another font file.`,
    );
  return withFileErrors(path, 'read the font', () => {
    const file = openSync(path, 'r');
    try {
      const read = (at: number, length: number) => {
        const bytes = Buffer.alloc(length);
        if (readSync(file, bytes, 0, length, at) < length) throw fault('it ends too early');
        return bytes;
      };
      const begin = read(0, 4).toString('latin1');
      const first = begin === COLLECTION ? read(12, 4).readUInt32BE(0) : 0;
      if (begin !== COLLECTION && !VERSIONS.includes(begin)) throw fault('it does not begin as one');
      const tables = read(first + 4, 2).readUInt16BE(0);
      if (tables > MOST_TABLES) throw fault(`it claims to have ${tables} tables`);
      const directory = read(first + 12, 16 * tables);
      const at = new Map<string, readonly [number, number]>();
      for (let i = 0; i < directory.length; i += 16) {
        const place = [directory.readUInt32BE(i + 8), directory.readUInt32BE(i + 12)] as const;
        at.set(directory.toString('latin1', i, i + 4), place);
      }
      const map = at.get('cmap');
      if (map === undefined) throw fault('it maps no characters (cmap)');
      if (!OUTLINES.some((tag) => at.has(tag))) throw fault('it has none');
      if (map[1] > MOST_MAP) throw fault(`its map of characters is said to have ${map[1]} bytes`);
      try {
        const glyphOf = characterMap(read(...map));
        return { path, covers: (code) => glyphOf(code) !== 0 };
      } catch (error) {
        throw error instanceof RangeError ? fault('its map of characters is damaged') : error;
      }
    } finally {
      closeSync(file);
    }
  });
}

/** Most bytes of a map of characters; those of fonts with all of Unicode have less than 1 MiB. */
const MOST_MAP = 2 ** 24;

/** The glyph of a code point by a font's table `cmap`; 0 where there is none. @throws RangeError where it is damaged */
export function characterMap(cmap: Buffer): (code: number) => number {
  let [at, format] = [0, 0];
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const place = cmap.readUInt32BE(8 + 8 * i);
    const found = cmap.readUInt16BE(place);
    // format 12 has all of Unicode, format 4 its first 65,536 characters
    if ((found === 4 || found === 12) && found >= format) [at, format] = [place, found];
  }
  if (format === 0) return () => 0;
  return format === 12 ? groupsOf(cmap, at) : segmentsOf(cmap, at);
}

/** Format 12: groups of consecutive characters with consecutive glyphs. */
function groupsOf(cmap: Buffer, at: number): (code: number) => number {
  const groups: (readonly [number, number, number])[] = [];
  for (let i = 0, g = at + 16; i < cmap.readUInt32BE(at + 12); i++, g += 12)
    groups.push([cmap.readUInt32BE(g), cmap.readUInt32BE(g + 4), cmap.readUInt32BE(g + 8)]);
  return (code) => {
    let [low, high] = [0, groups.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (code <= groups[middle][1]) high = middle;
      else low = middle + 1;
    }
    return low === groups.length || code < groups[low][0] ? 0 : groups[low][2] + code - groups[low][0];
  };
}

/** Format 4: segments of characters, whose glyphs follow a difference or a list. */
function segmentsOf(cmap: Buffer, at: number): (code: number) => number {
  const segments = cmap.readUInt16BE(at + 6) / 2;
  const word = (column: number, segment: number) =>
    at + 14 + 2 * (column * segments + segment) + (column > 0 ? 2 : 0);
  cmap.readUInt16BE(word(3, segments - 1));
  return (code) => {
    for (let s = 0; s < segments; s++) {
      if (code > cmap.readUInt16BE(word(0, s))) continue;
      const start = cmap.readUInt16BE(word(1, s));
      if (code < start) return 0;
      const delta = cmap.readUInt16BE(word(2, s));
      const offset = cmap.readUInt16BE(word(3, s));
      if (offset === 0) return (code + delta) & 0xffff;
      const place = word(3, s) + offset + 2 * (code - start);
      const glyph = place + 2 <= cmap.length ? cmap.readUInt16BE(place) : 0;
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
