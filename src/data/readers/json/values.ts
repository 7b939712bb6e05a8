/** Real-world JSON: records with nested keys, and almost valid JSON. */
import { parseJson } from '../../../core/json.ts';

/** A JSON object. */
export type Item = Readonly<Record<string, unknown>>;

/** Whether a value is an object, not an array. */
export const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as text; of {"A": 1, "B": 0} (spaCy's `cats`) the key with the greatest number; undefined for null. */
export function cell(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (isItem(value)) {
    const scores = Object.entries(value).filter(
      (entry): entry is [string, number | boolean] => typeof entry[1] !== 'object',
    );
    const [best] = scores.sort((a, b) => Number(b[1]) - Number(a[1]));
    return best !== undefined && Number(best[1]) > 0 ? best[0] : undefined;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

const isScores = (value: Item) =>
  Object.values(value).every((inner) => typeof inner === 'number' || typeof inner === 'boolean');

/** The keys of a record with their values; those of an inner object as `outer.inner`, but for scores such as `cats`. */
export function* entriesOf(item: Item, prefix = '', depth = 0): Generator<[key: string, value: unknown]> {
  for (const [key, value] of Object.entries(item)) {
    if (isItem(value) && depth < 3 && !isScores(value))
      yield* entriesOf(value, `${prefix}${key}.`, depth + 1);
    else yield [prefix + key, value];
  }
}

/** The value of a key; `outer.inner` is found inside `outer`. */
export function valueAt(item: Item, key: string): unknown {
  if (Object.hasOwn(item, key)) return item[key];
  for (let dot = key.indexOf('.'); dot !== -1; dot = key.indexOf('.', dot + 1)) {
    const outer = key.slice(0, dot);
    const inner = Object.hasOwn(item, outer) ? item[outer] : undefined;
    if (isItem(inner)) return valueAt(inner, key.slice(dot + 1));
  }
  return undefined;
}

/** Parses JSON in which NaN and Infinity, as Python writes them, count as null. @throws SyntaxError */
export function parseLenient(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!/\b(?:NaN|Infinity)\b/.test(text)) throw error;
    const known = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
      part.startsWith('"') ? part : 'null',
    );
    return parseJson(known);
  }
}

/** The likely mistake in a text that is not JSON, and what to do. */
export function notJson(text: string, error: unknown): string {
  const start = text.trimStart();
  if (/^[[{]\s*'/.test(start) || /:\s*(?:None|True|False)\b/.test(text)) {
    return "is written as Python prints it, not as JSON. Write it with Python's json.dumps";
  }
  if (/,\s*[\]}]/.test(text)) return 'has a comma before a closing bracket. Remove the comma';
  const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
  return `cannot be parsed: ${reason}. Write each record as one JSON object on one line`;
}
