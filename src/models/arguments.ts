/** Checks of arguments: errors name the argument that has the wrong type. */
import { ShapeError, UnsupportedError } from '../core/errors.ts';
import type { Capacity } from '../nn/batch.ts';

/** A value in a few words: `the text "shares fell"`, `undefined`, `a list`. */
export function told(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 40))}`;
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') {
    const { name } = value.constructor as { readonly name?: string };
    return name === undefined || name === 'Object' ? 'an object' : `a value of type ${name}`;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

/**
 * Refuses what is not a list of texts.
 * @param where The function that was called.
 * @throws ShapeError
 */
export function requireTexts(where: string, texts: unknown): asserts texts is readonly string[] {
  if (!Array.isArray(texts)) {
    const fix = typeof texts === 'string' ? `Write ${where}([text]).` : 'Give a list of strings.';
    throw new ShapeError(`[${where}] texts must be a list of texts, but got ${told(texts)}. ${fix}`);
  }
  const wrong = texts.findIndex((text) => typeof text !== 'string');
  if (wrong < 0) return;
  throw new ShapeError(
    `[${where}] texts[${wrong}] must be a text, but got ${told(texts[wrong])}. Give a list of strings.`,
  );
}

/**
 * Refuses what is not a batch of encoded documents that fits.
 * @param where The function that was called.
 * @throws ShapeError
 */
export function requireBatch(
  where: string,
  { sequences, labels }: { readonly sequences: readonly Int32Array[]; readonly labels?: ArrayLike<number> },
  { rows, tokens }: Capacity,
): void {
  const given: unknown = sequences;
  if (!Array.isArray(given) || given.length === 0) {
    const what = Array.isArray(given) ? 'an empty list' : told(given);
    throw new ShapeError(`[${where}] sequences must be a list of one Int32Array of token ids or more, but got ${what}.`); // prettier-ignore
  }
  const wrong = sequences.findIndex((ids: unknown) => !(ids instanceof Int32Array) || ids.length === 0);
  if (wrong >= 0) {
    const value: unknown = sequences[wrong];
    const what = value instanceof Int32Array ? 'none' : told(value);
    throw new ShapeError(`[${where}] sequences[${wrong}] must be an Int32Array of one token id or more, but got ${what}.`); // prettier-ignore
  }
  const count = sequences.reduce((sum, { length }) => sum + length, 0);
  if (sequences.length > rows || count > tokens) {
    throw new ShapeError(
      `[${where}] sequences must fit the capacity of ${rows} documents with ${tokens} tokens, but are ${sequences.length} with ${count}. Give smaller batches, or a larger capacity when the classifier is made.`,
    );
  }
  if (labels !== undefined && labels.length !== sequences.length) {
    throw new ShapeError(
      `[${where}] labels must be ${sequences.length}, one for each of the sequences, but are ${labels.length}.`,
    );
  }
}

/** The error of a call after `close`. */
export function closedError(where: string): UnsupportedError {
  return new UnsupportedError(
    `[${where}] the classifier must be open, but it was closed. Call close() last, or load the model again.`,
  );
}
