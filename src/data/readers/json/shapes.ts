/** A whole JSON document: the shapes in which records come, each turned into a list of objects. */
import { DataError } from '../../../core/errors.ts';
import { listNames } from '../../dataset.ts';
import { isUsualName } from '../columns.ts';
import { shown } from '../../read-as.ts';
import { isItem, type Item } from './values.ts';

/** The records of a document. */
export interface Records {
  readonly items: readonly Item[];
  /** What was recognised, to be reported. */
  readonly notice?: string;
}

type Rows = readonly (readonly unknown[])[];

const isItems = (value: unknown): value is readonly Item[] =>
  Array.isArray(value) && value.length > 0 && value.every(isItem);
const isScalar = (value: unknown) => typeof value !== 'object' || value === null;
const isRows = (value: unknown): value is Rows =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((row) => Array.isArray(row) && row.length > 1 && row.every(isScalar));

/** The records in a document. @throws DataError that says what the document is instead */
export function recordsOf(value: unknown, name: string): Records {
  if (Array.isArray(value)) return ofArray(value, name);
  if (!isItem(value)) throw notRecords(name, `is ${JSON.stringify(value)?.slice(0, 60)}`);
  return ofSplit(value) ?? ofColumns(value) ?? ofIndex(value) ?? ofKey(value, name);
}

function ofArray(array: readonly unknown[], name: string): Records {
  if (array.length === 0) return { items: [] };
  if (isRows(array))
    return { items: ofRows(array), notice: 'JSON array of arrays: the columns are called 1, 2, ...' };
  const stranger = array.findIndex((item) => !isItem(item));
  if (stranger !== -1) {
    const item = array[stranger];
    throw notRecords(
      name,
      `item ${stranger} is ${Array.isArray(item) ? 'an array' : JSON.stringify(item)?.slice(0, 60)}`,
    );
  }
  const items = array as readonly Item[];
  return labelStudio(items) ?? { items };
}

const ofRows = (rows: Rows, columns?: readonly string[]): Item[] =>
  rows.map((row) => Object.fromEntries(row.map((cell, i) => [columns?.[i] ?? String(i + 1), cell])));

/** pandas: {"columns": [...], "index": [...], "data": [[...], ...]}. */
function ofSplit({ columns, data }: Item): Records | undefined {
  if (!Array.isArray(columns) || !isRows(data) || data[0].length !== columns.length) return undefined;
  return { items: ofRows(data, columns.map(String)), notice: 'JSON of pandas with orient="split"' };
}

/** {"text": {"0": ..., "1": ...}, "label": {...}} of pandas, or {"text": [...], "label": [...]}. */
function ofColumns(object: Item): Records | undefined {
  const names = Object.keys(object);
  const columns = Object.values(object);
  const lists = columns.map((column) => (isItem(column) ? Object.values(column) : column));
  const [first] = lists;
  const fits =
    names.length > 1 &&
    (columns.every(isItem) || columns.every(Array.isArray)) &&
    lists.every((list): list is unknown[] => Array.isArray(list) && list.every(isScalar)) &&
    lists.every((list) => list.length === (first as unknown[]).length);
  if (!fits || (first as unknown[]).length === 0) return undefined;
  const isIndex = columns.every(isItem) && looksLikeRecords(names, columns);
  if (isIndex) return undefined;
  const items = (first as unknown[]).map((_, row) =>
    Object.fromEntries(names.map((name, column) => [name, lists[column][row]])),
  );
  return { items, notice: 'column-oriented JSON: one list of values per column' };
}

/** {"0": {"text": ..., "label": ...}, "1": {...}}, as pandas writes with orient="index". */
function ofIndex(object: Item): Records | undefined {
  const items = Object.values(object);
  if (items.length < 2 || !items.every(isItem) || !looksLikeRecords(Object.keys(object), items))
    return undefined;
  return { items, notice: 'JSON object with one record per key' };
}

/** Whether the inner keys are names of columns, the outer ones those of records. */
function looksLikeRecords(outer: readonly string[], inner: readonly Item[]): boolean {
  const keys = Object.keys(inner[0]);
  if (outer.some(isUsualName)) return false;
  if (!inner.every((item) => Object.values(item).every(isScalar))) return false;
  return (
    keys.some(isUsualName) ||
    (outer.length > keys.length && inner.every((item) => keys.length === Object.keys(item).length))
  );
}

/** An object that holds the records under one of its keys. */
function ofKey(object: Item, name: string): Records {
  if (Object.keys(object).some(isUsualName) && !Object.values(object).some(isItems))
    return { items: [object] };
  const found = [...lists(object)];
  if (found.length === 1) {
    const [[key, records]] = found;
    const inner = ofArray(records, name);
    return {
      ...inner,
      notice: [`records under the key ${shown(key)}`, ...(inner.notice ? [inner.notice] : [])].join('; '),
    };
  }
  const keys = Object.keys(object);
  if (found.length === 0) {
    throw notRecords(
      name,
      `is one object with the keys ${listNames(keys)}, none of which holds a list of records`,
    );
  }
  throw notRecords(
    name,
    `is one object with several lists of records: ${listNames(found.map(([key]) => key))}`,
    'Write each list to a file of its own',
  );
}

/** The lists of records inside an object, with their paths. */
function* lists(object: Item, prefix = '', depth = 0): Generator<[string, readonly unknown[]]> {
  for (const [key, value] of Object.entries(object)) {
    if (isItems(value) || isRows(value)) yield [prefix + key, value];
    else if (isItem(value) && depth < 3) yield* lists(value, `${prefix}${key}.`, depth + 1);
  }
}

/** The export of Label Studio: the text under `data`, the label in the first choice of the first annotation. */
function labelStudio(items: readonly Item[]): Records | undefined {
  if (!items.every(({ data, annotations }) => isItem(data) && Array.isArray(annotations))) return undefined;
  const flat = items.map(({ id, data, annotations }) => ({
    id,
    ...(data as Item),
    label: firstChoice(annotations as readonly unknown[]),
  }));
  return {
    items: flat,
    notice: 'JSON of Label Studio: the label is the first choice of the first annotation',
  };
}

function firstChoice(annotations: readonly unknown[]): unknown {
  for (const annotation of annotations) {
    if (!isItem(annotation) || annotation['was_cancelled'] === true || !Array.isArray(annotation['result']))
      continue;
    for (const result of annotation['result'] as unknown[]) {
      const value = isItem(result) ? result['value'] : undefined;
      if (isItem(value) && value['choices'] !== undefined) return value['choices'];
    }
  }
  return null;
}

function notRecords(
  name: string,
  what: string,
  fix = 'Write one JSON object per line, or an array of them',
): DataError {
  return new DataError(
    `[${name}] every record must be a JSON object such as {"text": "...", "label": "..."}, but the file ${what}. ${fix}.`,
  );
}

/** Cuts objects that stand one after the other, each over several lines, into their texts. Undefined where a text is left over. */
export function cutObjects(text: string): string[] | undefined {
  const objects: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      at++;
      while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    } else if (character === '{' || character === '[') {
      if (depth++ === 0) start = at;
    } else if (character === '}' || character === ']') {
      if (--depth === 0) objects.push(text.slice(start, at + 1));
      if (depth < 0) return undefined;
    } else if (depth === 0 && !/[\s,]/.test(character)) return undefined;
  }
  return depth === 0 && objects.length > 0 ? objects : undefined;
}
