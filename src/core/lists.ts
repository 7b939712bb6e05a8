// A call takes about 120,000 arguments at most: Math.max(...values) and list.push(...values) throw a RangeError beyond.

/**
 * The largest of any number of values, as `Math.max`: NaN if one is NaN, `atLeast` if none is larger. `of` returns
 * the number to compare, for values that are not numbers.
 */
export function maxOf(values: Iterable<number>): number;
export function maxOf<T>(values: Iterable<T>, of: (value: T) => number, atLeast?: number): number;
export function maxOf<T>(
  values: Iterable<T>,
  of = (value: T) => value as number,
  atLeast = -Infinity,
): number {
  let largest = atLeast;
  for (const value of values) largest = Math.max(largest, of(value));
  return largest;
}

/**
 * The smallest of any number of values, as `Math.min`: NaN if one is NaN, `atMost` if none is smaller. `of` returns
 * the number to compare, for values that are not numbers.
 */
export function minOf(values: Iterable<number>): number;
export function minOf<T>(values: Iterable<T>, of: (value: T) => number, atMost?: number): number;
export function minOf<T>(values: Iterable<T>, of = (value: T) => value as number, atMost = Infinity): number {
  let smallest = atMost;
  for (const value of values) smallest = Math.min(smallest, of(value));
  return smallest;
}

/** [n] How often each of the ids 0 to n - 1 occurs. */
export function tally(ids: Iterable<number>, n: number): number[] {
  const counts = new Array<number>(n).fill(0);
  for (const id of ids) counts[id]++;
  return counts;
}

/** Appends any number of values to a list, as `push`. */
export function append<T>(list: T[], values: Iterable<T>): void {
  for (const value of values) list.push(value);
}
