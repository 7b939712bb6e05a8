/**
 * A module as a patch of another one, with which it shares most bytes. A patch is a list of unsigned LEB128
 * numbers and bytes:
 *
 *     ( bytes to take from the patch, those bytes, bytes to copy, from where )*
 *
 * What is copied stands in the base or, behind it, in what was made so far. Its place is given as the distance from the
 * end of the last copy, with the sign in the lowest bit. A patch ends with 0 bytes to copy, and no place.
 */

/** The module that a patch makes of its base. */
export function applyPatch(base: Uint8Array, patch: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = Array.from(base);
  let at = 0;
  let end = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = patch[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  for (;;) {
    for (let n = number(); n > 0; n--) all.push(patch[at++]);
    const copied = number();
    if (copied === 0) return Uint8Array.from(all.slice(base.length));
    const distance = number();
    const from = end + (distance & 1 ? -(distance >> 1) : distance >> 1);
    end = from + copied;
    // byte by byte: source and destination may overlap
    for (let i = from; i < end; i++) all.push(all[i]);
  }
}
