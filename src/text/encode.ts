import type { Vocabulary } from './vocabulary.ts';
import { UNK_ID } from './vocabulary.ts';

/** Which tokens of a text longer than `max_length` are kept: the first, the last, or the first and last halves. */
export const truncations = ['head', 'tail', 'head+tail'] as const;

/** A policy for texts that are too long. */
export type Truncation = (typeof truncations)[number];

/**
 * The ids of a text's tokens, at most `maxLength` (≥ 1) and at least one: a text without a token becomes one `<UNK>`,
 * so that every sequence has a last step. `head+tail` keeps ⌈maxLength / 2⌉ from the start and the others from the end.
 */
export function encodeTokens(
  tokens: readonly string[],
  vocabulary: Vocabulary,
  maxLength: number,
  truncation: Truncation,
): Int32Array<ArrayBuffer> {
  if (tokens.length === 0) return Int32Array.of(UNK_ID);
  const length = Math.min(tokens.length, maxLength);
  const head = truncation === 'head' ? length : truncation === 'tail' ? 0 : Math.ceil(length / 2);
  const skipped = tokens.length - length;
  const ids = new Int32Array(length);
  for (let t = 0; t < length; t++) ids[t] = vocabulary.id(tokens[t < head ? t : t + skipped]);
  return ids;
}
