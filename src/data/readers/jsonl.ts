import * as z from 'zod';
import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { parseJson } from '../../core/json.ts';
import type { Row } from '../dataset.ts';
import { chooseColumns } from './columns.ts';
import { linesOf } from './lines-of.ts';
import type { Reader, ReaderInput } from './reader.ts';
import { take } from './take.ts';

const SAMPLE = 200; // records whose keys are looked at

type Item = Readonly<Record<string, unknown>>;

/** One JSON object a line, such as {"text": ..., "label": ...}; `cats` of spaCy gives the label too. */
export const jsonl = member({
  type: 'jsonl',
  summary: 'one JSON object a line, such as {"text": "...", "label": "..."}; also one JSON array of objects',
  options: z.object({}),
  create: (): Reader => ({
    extensions: ['.jsonl', '.ndjson', '.json'],
    sniff: (head) => /^\s*(?:\{\s*"|\[\s*\{)/.test(head),
    read: readItems,
  }),
});

async function* readItems(input: ReaderInput): AsyncGenerator<Row> {
  const items = /^\s*\[/.test(input.head) ? arrayItems(input) : lineItems(input);
  try {
    const sample = await take(items, SAMPLE);
    if (sample.length === 0) return;
    const { text, label } = planItems(input, sample);
    let row = 0;
    const toRow = (item: Item): Row => ({
      text: cell(item[text]) ?? '',
      label: label === undefined ? undefined : cell(item[label]),
      row: row++,
    });
    for (const item of sample) yield toRow(item);
    for await (const item of items) yield toRow(item);
  } finally {
    await items.return(undefined); // closes the file where the reader of the rows stops early
  }
}

/** Decides on the keys, and says what was guessed. */
function planItems(input: ReaderInput, sample: readonly Item[]): { text: string; label: string | undefined } {
  const columns = [...new Set(sample.flatMap((item) => Object.keys(item)))];
  const { name, textColumn, labelColumn, labelled } = input;
  const useCats = labelColumn === undefined && columns.includes('cats') && !columns.includes('label');
  const choice = chooseColumns({
    name,
    columns,
    sample: sample.map((item) => columns.map((column) => cell(item[column]) ?? '')),
    textColumn,
    labelColumn: useCats ? 'cats' : labelColumn,
    labelled,
  });
  const text = columns[choice.text];
  const label = choice.label === -1 ? undefined : columns[choice.label];
  if (choice.guessed) {
    input.notice(`text key ${text}${label === undefined ? '' : `, label key ${label}`} (guessed)`);
  }
  return { text, label };
}

async function* lineItems(input: ReaderInput): AsyncGenerator<Item> {
  for await (const { text, number } of linesOf(input.bytes())) {
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = parseJson(text);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new DataError(
        `[${input.name}] every line must be a JSON object, but line ${number} cannot be parsed: ${reason.slice(0, 200)}. ` +
          'Write each record on one line.',
        { line: number, cause },
      );
    }
    yield asItem(value, `line ${number}`, input.name, number);
  }
}

async function* arrayItems(input: ReaderInput): AsyncGenerator<Item> {
  const pieces: Uint8Array[] = [];
  for await (const piece of input.bytes()) pieces.push(piece);
  let value: unknown;
  try {
    value = parseJson(Buffer.concat(pieces).toString('utf8'));
  } catch (cause) {
    throw new DataError(
      `[${input.name}] the file must be a JSON array of objects, but cannot be parsed: ${(cause as Error).message}.`,
      { cause },
    );
  }
  for (const [i, item] of (value as unknown[]).entries()) yield asItem(item, `item ${i}`, input.name);
}

function asItem(value: unknown, where: string, name: string, line?: number): Item {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Item;
  throw new DataError(
    `[${name}] every record must be a JSON object such as {"text": "...", "label": "..."}, but ${where} is ` +
      `${Array.isArray(value) ? 'an array' : JSON.stringify(value)?.slice(0, 60)}.`,
    line === undefined ? {} : { line },
  );
}

/** A value as text; of {"A": 1, "B": 0} (spaCy's `cats`) the key with the greatest number; undefined for null. */
function cell(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && !Array.isArray(value)) {
    const scores = Object.entries(value).filter(
      (entry): entry is [string, number | boolean] => typeof entry[1] !== 'object',
    );
    const [best] = scores.sort((a, b) => Number(b[1]) - Number(a[1]));
    return best !== undefined && Number(best[1]) > 0 ? best[0] : undefined;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
