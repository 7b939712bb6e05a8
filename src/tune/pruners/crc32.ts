/** The checksum of ISO 3309, as in PNG and zip: Hyperband spreads trials over its brackets by it. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let c = byte;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

const utf8 = new TextEncoder();

/** CRC-32 of a text in UTF-8, an integer in [0, 2^32). */
export function crc32(text: string): number {
  let c = 0xffffffff;
  for (const byte of utf8.encode(text)) c = TABLE[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
