/** Safe folder names for arbitrary names. */
import { createSha256 } from './sha256.ts';

/** Longer names are cut. */
const LONGEST = 64;
/** Names that Windows reserves for devices, whatever their extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * The name itself if every file system accepts it; otherwise its valid characters and eight digits of its SHA-256, so
 * that different names have different folders.
 */
export function folderName(name: string): string {
  const plain = /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(name) && !name.endsWith('.') && !DEVICE.test(name);
  if (plain && name.length <= LONGEST && name === name.normalize('NFC')) return name;
  const kept = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '');
  // do not cut a surrogate pair
  const cut = Array.from(kept.slice(0, LONGEST)).filter((unit) => !/^[\ud800-\udfff]$/.test(unit));
  const start = cut.join('').replace(/[.-]+$/, '');
  const digits = createSha256().update(JSON.stringify(name)).hex().slice(0, 8);
  return start === '' ? digits : `${start}-${digits}`;
}
