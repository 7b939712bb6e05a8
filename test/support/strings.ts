/** Strings for property tests. */
import fc from 'fast-check';

/** How many code points there are that are no half of a surrogate pair, and where those halves lie. */
const CODE_POINTS = 0x110000 - 0x800;
const SURROGATES = 0xd800;

/**
 * Any character of Unicode. The draws of `unit: 'binary'`, without the second and the 200 MB that its first use takes for
 * a table of them all.
 */
const anyCharacter = fc.nat(CODE_POINTS - 1).map(
  (n) => String.fromCodePoint(n < SURROGATES ? n : n + 0x800),
  (value) => {
    const code = typeof value === 'string' ? value.codePointAt(0) : undefined;
    if (code === undefined || value !== String.fromCodePoint(code)) throw new Error('one character');
    if (code >= SURROGATES && code < SURROGATES + 0x800) throw new Error('half of a pair');
    return code < SURROGATES ? code : code - 0x800;
  },
);

/** Strings of any characters, among them names that JavaScript has for itself (`__proto__`, `constructor`). */
export function anyString(
  constraints: { minLength?: number; maxLength?: number } = {},
): fc.Arbitrary<string> {
  // most characters of one draw would be rare ones, so that texts had no two letters in a row
  const unit = fc.oneof({ weight: 3, arbitrary: anyCharacter }, { weight: 1, arbitrary: ascii });
  return fc.string({ ...constraints, unit });
}

const ascii = fc.nat(127).map(
  (code) => String.fromCharCode(code),
  (value) => {
    if (typeof value !== 'string' || value.length !== 1 || value > '\x7f') throw new Error('one of ASCII');
    return value.charCodeAt(0);
  },
);
