import { UNK_ID } from './vocabulary.ts';

/** Which tokens of a text longer than `max_length` are kept: the first, the last, or the first and last halves. */
export const truncations = ['head', 'tail', 'head+tail'] as const;

/** Which part of a long text is kept. */
export type Truncation = (typeof truncations)[number];

/**
 * The part of a text's ids that the model reads: at most `maxLength` (≥ 1) and at least one, as a text without a
 * token becomes one `<UNK>`, so that every sequence has a last time step. `head+tail` keeps ⌈maxLength / 2⌉ from the
 * start and the others from the end.
 */
export function truncateIds(
  ids: ArrayLike<number>,
  maxLength: number,
  truncation: Truncation,
): Int32Array<ArrayBuffer> {
  if (ids.length === 0) return Int32Array.of(UNK_ID);
  const length = Math.min(ids.length, maxLength);
  const head = truncation === 'head' ? length : truncation === 'tail' ? 0 : Math.ceil(length / 2);
  const skipped = ids.length - length;
  const kept = new Int32Array(length);
  for (let t = 0; t < length; t++) kept[t] = ids[t < head ? t : t + skipped];
  return kept;
}
