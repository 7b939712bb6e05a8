/** The records of a JSON file: one object per line, or a document that holds them. */
import { DataError } from '../../../core/errors.ts';
import { groupDigits } from '../../dataset.ts';
import { linesOf } from '../bytes/lines-of.ts';
import { textOf } from '../bytes/text-of.ts';
import type { ReaderInput } from '../reader.ts';
import { take } from '../take.ts';
import { cutObjects, recordsOf } from './shapes.ts';
import { isItem, type Item, notJson, parseLenient } from './values.ts';

/** Records that can be read. */
export interface Items {
  /** Whether `read` may be called again. */
  readonly again: boolean;
  read(): AsyncGenerator<Item>;
}

/** Opens the records, and reports in which shape they come. @throws DataError for what is not JSON */
export async function openItems(input: ReaderInput): Promise<Items> {
  if (isDocument(input.head)) return ofDocument(parseDocument(await wholeText(input), input), input);
  const items = lineItems(input, !input.again);
  // a file of one line may be a document
  const first = await take(items, 2);
  if (first.length === 1) return ofDocument(first[0], input);
  if (input.again) {
    await items.return(undefined);
    let passes = 0;
    // the last pass is the one that gives the records
    return { again: true, read: () => lineItems(input, ++passes === 2) };
  }
  return {
    again: false,
    async *read() {
      try {
        yield* first;
        yield* items;
      } finally {
        await items.return(undefined);
      }
    },
  };
}

function ofDocument(value: unknown, input: ReaderInput): Items {
  const { items, notice } = recordsOf(value, input.name);
  if (notice !== undefined) input.notice(notice);
  return {
    again: true,
    async *read() {
      yield* items;
    },
  };
}

/** Whether the start is that of an array, or of an object over several lines. */
function isDocument(head: string): boolean {
  const start = head.trimStart();
  if (start.startsWith('[')) return true;
  const end = start.indexOf('\n');
  return end !== -1 && /^\{\s*(?:"(?:[^"\\]|\\.)*"\s*:.*[,[{]\s*)?$/.test(start.slice(0, end).trimEnd());
}

const LARGEST_DOCUMENT = 500_000_000; // characters; a string can have little more

async function wholeText(input: ReaderInput): Promise<string> {
  const parts: string[] = [];
  let size = 0;
  for await (const text of textOf(input.bytes())) {
    parts.push(text);
    size += text.length;
    if (size > LARGEST_DOCUMENT) {
      throw new DataError(
        `[${input.name}] a JSON document can have at most 500 million characters, but has more. Write one JSON object per line.`,
      );
    }
  }
  return parts.join('');
}

function parseDocument(text: string, input: ReaderInput): unknown {
  try {
    return parseLenient(text);
  } catch (error) {
    const objects = cutObjects(text);
    try {
      if (objects && objects.length > 1) {
        const items = objects.map(parseLenient);
        input.notice('JSON objects over several lines');
        return items;
      }
      const mended = text.replace(/,\s*\]\s*$/, ']');
      if (mended !== text) {
        const value = parseLenient(mended);
        input.notice('a comma before the closing bracket of the JSON array was ignored');
        return value;
      }
    } catch {
      // the error of the whole tells more
    }
    throw new DataError(`[${input.name}] the file must be JSON, but ${notJson(text, error)}.`, {
      cause: error,
    });
  }
}

async function* lineItems(input: ReaderInput, report = false): AsyncGenerator<Item> {
  const notice = report ? input.notice : undefined;
  for await (const { text, number } of linesOf(input.bytes(), input.name, notice)) {
    if (text.trim() === '') continue;
    const line = `line ${groupDigits(number)}`;
    let value: unknown;
    try {
      value = parseLenient(text);
    } catch (cause) {
      throw new DataError(
        `[${input.name}] every line must be a JSON object, but ${line} ${notJson(text, cause)}.`,
        { line: number, cause },
      );
    }
    if (!isItem(value)) {
      throw new DataError(
        `[${input.name}] every record must be a JSON object such as {"text": "...", "label": "..."}, but ${line} is ` +
          `${Array.isArray(value) ? 'an array' : JSON.stringify(value)?.slice(0, 60)}.`,
        { line: number },
      );
    }
    yield value;
  }
}
