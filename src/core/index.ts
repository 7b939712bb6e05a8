/**
 * Core: random streams, errors, families, elementary functions with the same bits everywhere. Runs in a browser.
 * @module
 */
export { Arena } from './arena.ts';
export {
  ConfigError,
  CorruptFileError,
  DataError,
  type ErrorKind,
  FileError,
  InterruptedError,
  NonFiniteError,
  ShapeError,
  UnrollError,
  UnsupportedError,
} from './errors.ts';
export { family, type Family, member, type Member } from './family.ts';
export { cos, exp, log } from './math.ts';
export { editDistance, nearest } from './nearest.ts';
export { printable, printableLines } from './printable.ts';
export { createRng, hashKeys, type Rng } from './rng.ts';
export { createSha256, type Sha256 } from './sha256.ts';
export { count, formatSeconds, groupDigits, percent } from './words.ts';
