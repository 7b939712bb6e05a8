/** Makes the patches that `src/engine/wasm/patch.ts` applies. */
import { append } from '../src/core/lists.ts';

/** Shorter copies take more bytes after gzip than they save. */
const SHORTEST = 9;
/** Bytes by which places to copy from are found. */
const KEY = 4;

/** The differences of a module from its base, which `applyPatch` turns into the module again. */
export function makePatch(base: Uint8Array, target: Uint8Array): Uint8Array {
  const all = Buffer.concat([base, target]);
  const places = new Map<number, number[]>();
  const remember = (place: number): void => {
    if (place + KEY > all.length) return;
    const key = all.readUInt32LE(place);
    const known = places.get(key);
    if (known) known.push(place);
    else places.set(key, [place]);
  };
  for (let place = 0; place < base.length; place++) remember(place);
  const patch: number[] = [];
  const literal: number[] = [];
  const takeLiteral = (): void => {
    append(patch, [...leb(literal.length), ...literal]);
    literal.length = 0;
  };
  let end = 0;
  for (let at = base.length; at < all.length;) {
    const found = longest(all, at, end, places);
    if (found.length < SHORTEST) {
      literal.push(all[at]);
      remember(at++);
      continue;
    }
    takeLiteral();
    const distance = found.from - end;
    append(patch, [...leb(found.length), ...leb(Math.abs(distance) * 2 + Number(distance < 0))]);
    end = found.from + found.length;
    for (let i = 0; i < found.length; i++) remember(at++);
  }
  takeLiteral();
  return Uint8Array.from([...patch, 0]);
}

/** The longest copy of what comes at `at`; of equal ones, the one nearest to the end of the last copy. */
function longest(
  all: Buffer,
  at: number,
  end: number,
  places: ReadonlyMap<number, readonly number[]>,
): { readonly from: number; readonly length: number } {
  let best = { from: 0, length: 0 };
  const candidates = at + KEY <= all.length ? (places.get(all.readUInt32LE(at)) ?? []) : [];
  for (const from of candidates) {
    let length = 0;
    while (at + length < all.length && all[from + length] === all[at + length]) length++;
    const nearer = Math.abs(from - end) < Math.abs(best.from - end);
    if (length > best.length || (length === best.length && nearer)) best = { from, length };
  }
  return best;
}

/** A number from 0 as unsigned LEB128. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}
