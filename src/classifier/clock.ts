/** The clock of whoever gives none: it has a say in which engine is used and in the times told, and in no result. */
export function clock(): number {
  // eslint-disable-next-line no-restricted-properties -- the default of an argument, at the entry of the library
  return performance.now();
}
