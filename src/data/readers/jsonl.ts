import { member } from '../../core/family.ts';
import type { Row } from '../dataset.ts';
import { listNames } from '../dataset.ts';
import { shown } from '../read-as.ts';
import { distributionOf, type SoftColumns, softColumns, softColumnsIfAny } from '../soft-labels.ts';
import { chooseColumns, keptColumns } from './columns.ts';
import { type Items, openItems } from './json/items.ts';
import { cell, entriesOf, isItem, type Item, valueAt } from './json/values.ts';
import { createProfile } from './profile.ts';
import type { Reader, ReaderInput } from './reader.ts';
import { take } from './take.ts';

const SAMPLE = 200; // records whose keys are looked at where the source can be read once
const MOST_KEYS = 1000;

/** One JSON object per line, such as {"text": ..., "label": ...}, or a document that holds such records. */
export const jsonl = member({
  type: 'jsonl',
  summary:
    'JSON: one object per line, such as {"text": "...", "label": "..."}, or an array of objects, also inside an object',
  options: {},
  create: (): Reader => ({
    extensions: ['.jsonl', '.ndjson', '.json'],
    sniff: (head) => /^\s*(?:\{\s*["']|\[\s*\{)/.test(head),
    read: readItems,
  }),
});

async function* readItems(input: ReaderInput): AsyncGenerator<Row> {
  if (input.head.trim() === '' && input.again) return;
  const items = await openItems(input);
  const { text, label, kept, rest, ...plan } = await planItems(input, items);
  // what is predicted for needs no label
  const soft = input.labelled ? plan.soft : undefined;
  let row = 0;
  for await (const item of rest) {
    const parts = text.map((key) => cell(valueAt(item, key)) ?? '');
    yield {
      text: parts.length === 1 ? parts[0] : parts.filter((part) => part.trim() !== '').join('\n\n'),
      ...(soft
        ? {
            label: undefined,
            distribution: distributionOf(
              soft.columns.map((key) => cell(valueAt(item, key))),
              soft,
              `[${input.name}] record ${row + 1}`,
            ),
          }
        : { label: label === undefined ? undefined : cell(valueAt(item, label)) }),
      row: row++,
      ...(kept.length > 0 && { kept: kept.map((key) => cell(valueAt(item, key)) ?? '') }),
    };
  }
}

interface ItemPlan {
  readonly text: readonly string[];
  readonly label: string | undefined;
  /** Keys of soft labels, in place of `label`. */
  readonly soft: SoftColumns | undefined;
  readonly kept: readonly string[];
  /** All records, in order. */
  readonly rest: AsyncIterable<Item>;
}

/** Decides on the keys, and reports them. */
async function planItems(input: ReaderInput, items: Items): Promise<ItemPlan> {
  const { like, name, labelled } = input;
  const reading = items.read();
  const sample = items.again ? undefined : await take(reading, SAMPLE);
  const keys = await profileOf(sample ?? reading);
  const has = (wanted: readonly { readonly name: string }[]) =>
    wanted.length > 0 && wanted.every((column) => keys.names.includes(column.name));
  const likeText = like && like.header !== false && has(like.text) ? like.text.map((c) => c.name) : undefined;
  const likeLabel = like?.label && like.header !== false && has([like.label]) ? like.label.name : undefined;
  const soft =
    input.labelColumn === undefined
      ? softColumnsIfAny(like?.label?.name, keys.all, name)
      : softColumns(input.labelColumn, keys.all, name);
  const useCats = keys.names.includes('cats') && !keys.names.includes('label') ? 'cats' : undefined;
  const choice =
    keys.names.length === 0
      ? { text: [], label: -1, notices: [] }
      : chooseColumns({
          name,
          columns: keys.names,
          facts: keys.profile.facts(),
          records: keys.profile.records,
          textColumns: input.textColumns ?? likeText,
          // the scores of an inner object are no keys of their own
          labelColumn: soft
            ? soft.columns.find((key) => keys.names.includes(key))
            : (input.labelColumn ?? likeLabel ?? useCats),
          labelled: labelled && !soft,
        });
  const kept = keptColumns(input.keep, keys.names, name).map((index) => keys.names[index]);
  input.kept(kept);
  const text = choice.text.map((index) => keys.names[index]);
  const label = choice.label === -1 ? undefined : keys.names[choice.label];
  const column = (key: string) => ({ name: key, position: null });
  input.found({
    format: 'jsonl',
    columns: keys.names,
    text: text.map(column),
    label: soft ? column(soft.pattern) : label === undefined ? null : column(label),
  });
  if (soft) input.soft(soft.classes);
  if (like && like.text.length > 0 && input.textColumns === undefined && likeText === undefined) {
    input.notice(
      `warning: the training data was read with the text ${like.delimiter === null ? 'key' : 'column'} ${like.text.map((c) => shown(c.name)).join(', ')}; ` +
        `this file has no such key: it has ${listNames(keys.names)}, and ${text.map(shown).join(', ')} is read. Choose with --text-col`,
    );
  }
  for (const notice of choice.notices) input.notice(notice);
  return { text, label, soft, kept, rest: sample ? chain(sample, reading) : items.read() };
}

async function* chain<T>(first: Iterable<T>, then: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* first;
    yield* then;
  } finally {
    await then.return(undefined);
  }
}

/** The keys of the records, in the order in which they come, and what they hold. */
async function profileOf(items: Iterable<Item> | AsyncIterable<Item>) {
  const index = new Map<string, number>();
  const scores = new Set<string>();
  const profile = createProfile();
  for await (const item of items) {
    const cells: (string | undefined)[] = new Array<undefined>(index.size).fill(undefined);
    for (const [key, value] of entriesOf(item)) {
      if (isItem(value) && scores.size < MOST_KEYS)
        for (const inner of Object.keys(value)) scores.add(`${key}.${inner}`);
      let at = index.get(key);
      if (at === undefined) {
        if (index.size === MOST_KEYS) continue;
        at = index.size;
        index.set(key, at);
      }
      cells[at] = cell(value);
    }
    profile.add(cells);
  }
  return { names: [...index.keys()], all: [...index.keys(), ...scores], profile };
}
