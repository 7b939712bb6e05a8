/** JSON that keeps what JSON loses: -0, NaN and the infinities. */

const LOST = new Map<string, number>([
  ['-0', -0],
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** Writes a value of plain data. */
export function writePlain(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one !== 'number' || (Number.isFinite(one) && !Object.is(one, -0))) return one;
    return { $number: Object.is(one, -0) ? '-0' : String(one) };
  });
}

/** Reads what {@link writePlain} wrote. */
export function readPlain(text: string): unknown {
  return JSON.parse(text, (_key, one: unknown) => {
    if (typeof one !== 'object' || one === null || !('$number' in one)) return one;
    return LOST.get(String(one.$number));
  });
}
