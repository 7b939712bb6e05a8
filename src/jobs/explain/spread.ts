/** At most `most` items, evenly spread over the list: data sorted by class would otherwise show its first classes alone. */
export function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]);
}
