/** The default clock: it affects the choice of the engine and the reported times, but no result. */
export function clock(): number {
  // eslint-disable-next-line no-restricted-properties -- the default of an argument, at the entry of the library
  return performance.now();
}
