/** Raw labels and their class names: the one place where labels are cleaned and matched, and doubtful ones reported. */
import { shellWord } from '../core/shell-word.ts';
import { count, groupDigits } from '../core/words.ts';
import { listNames } from './names.ts';

/** Cleans the labels of a data set, and counts what it changed. */
export interface LabelReader {
  /** The class name of a raw label; empty where it says that there is none. */
  read(raw: string | undefined): string;
  /** What was changed, one sentence each. */
  notices(): string[];
}

const PREFIX = '__label__';

// joiners are kept: emoji and words of some languages need them
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const NOT_ASCII = /[^\0-\x7e]/;

/**
 * Makes a reader of labels. White space around a label does not count, and invisible characters are removed; composed
 * and decomposed letters are the same (NFC); `["x"]` is x, and of several the first one counts; `[]` is no label;
 * `__label__x` is x.
 */
export function createLabelReader(): LabelReader {
  const tally = { lists: 0, several: 0, emptyLists: 0, invisible: 0, composed: 0, prefixed: 0 };
  // cache: labels repeat
  const known = new Map<string, { label: string; marks: readonly (keyof typeof tally)[] }>();
  const clean = (raw: string) => {
    const marks: (keyof typeof tally)[] = [];
    let label = raw.trim();
    const items = listOf(label);
    if (items) {
      const names = [...new Set(items.map((item) => item.trim()).filter((item) => item !== ''))];
      marks.push(names.length === 0 ? 'emptyLists' : names.length > 1 ? 'several' : 'lists');
      label = names.at(0) ?? '';
    }
    if (NOT_ASCII.test(label)) {
      const composed = label.normalize('NFC').replaceAll('\u00a0', ' ');
      if (composed !== label) marks.push('composed');
      const visible = composed.replace(INVISIBLE, '').trim();
      if (visible.length < composed.trim().length) marks.push('invisible');
      label = visible;
    }
    if (label.startsWith(PREFIX)) {
      label = label.slice(PREFIX.length).trim();
      marks.push('prefixed');
    }
    return { label, marks };
  };
  return {
    read(raw) {
      if (raw === undefined) return '';
      let entry = known.get(raw);
      if (!entry) {
        entry = clean(raw);
        if (known.size < 100_000) known.set(raw, entry);
      }
      for (const mark of entry.marks) tally[mark]++;
      return entry.label;
    },
    notices() {
      const { several, emptyLists, invisible, composed, prefixed } = tally;
      return [
        ...(several > 0 ? [`${count(several, 'row')} with more than one label: the first one is used`] : []),
        ...(emptyLists > 0
          ? [`${count(emptyLists, 'row')} with an empty list of labels: treated as unlabelled`]
          : []),
        ...(invisible > 0
          ? [`invisible characters removed from the labels of ${count(invisible, 'row')}`]
          : []),
        ...(composed > 0
          ? [`the labels of ${count(composed, 'row')} normalised to one Unicode form (NFC)`]
          : []),
        ...(prefixed > 0 ? [`"${PREFIX}" removed from the labels of ${count(prefixed, 'row')}`] : []),
      ];
    },
  };
}

/** The items of a list in JSON, or as Python prints it; undefined for what is no list. */
function listOf(label: string): string[] | undefined {
  if (!label.startsWith('[') || !label.endsWith(']')) return undefined;
  const items = parseList(label) ?? parseList(pythonAsJson(label));
  if (!items?.every((item) => typeof item !== 'object' || item === null)) return undefined;
  return items.filter((item) => item !== null).map(String);
}

function parseList(text: string | undefined): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `['a', 'b']` as JSON; undefined for other texts. */
function pythonAsJson(text: string): string | undefined {
  const item = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
  if (!new RegExp(String.raw`^\[\s*(?:${item})(?:\s*,\s*(?:${item}))*\s*,?\s*\]$`).test(text))
    return undefined;
  const strings = text.match(new RegExp(item, 'g')) ?? [];
  return `[${strings.map((quoted) => JSON.stringify(quoted.slice(1, -1).replace(/\\(.)/g, '$1'))).join(',')}]`;
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** Labels in order: numbers by value where all of them are numbers, other labels by code units. */
export function sortLabels(labels: ReadonlySet<string>): string[] {
  const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const list = [...labels];
  if (!list.every((label) => NUMBER.test(label))) return list.sort(byCodeUnits);
  return list.sort((a, b) => Number(a) - Number(b) || byCodeUnits(a, b));
}

/**
 * Which labels are one class although written in two ways: `1.0` beside `1`, as tables get it where a value was
 * missing. A map from the longer to the shorter form.
 */
export function wholeNumbers(labels: ReadonlySet<string>): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  for (const label of labels) {
    const whole = /^([+-]?\d+)\.0+$/.exec(label)?.[1];
    if (whole !== undefined && labels.has(whole)) folded.set(label, whole);
  }
  return folded;
}

/** The key that equal numbers, and a text in different Unicode forms, share. */
function matchKey(label: string): string {
  const text = label.trim().normalize('NFC').replace(INVISIBLE, '');
  return NUMBER.test(text) && Math.abs(Number(text)) < 1e15 ? String(Number(text)) : text;
}

/** The key that look-alike labels share, which usually are one class. */
function lookAlikeKey(label: string): string {
  const text = label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Cf}]/gu, '');
  if (NUMBER.test(text)) return matchKey(text);
  // a label of punctuation alone stays what it is
  return text.replace(/^[\p{P}]+|[\p{P}]+$/gu, '') || text;
}

/** Notices on classes that look alike, with the option that merges them unless a label map was given, and on labels that look like missing values. */
export function questionLabels(
  names: readonly string[],
  counts: readonly number[],
  unmapped = true,
): string[] {
  const alike = [...Map.groupBy(names, lookAlikeKey).values()].filter((group) => group.length > 1);
  const missing = names.filter(looksMissing);
  const countOf = (name: string) => counts[names.indexOf(name)];
  return [
    ...alike.map(
      (group) =>
        `the classes ${listNames(group)} differ only in spelling: if they are the same class, merge them with ${(unmapped && mergeOption(alike, countOf)) || 'data.label_map'}`,
    ),
    ...missing.map(
      (name) =>
        `warning: the class ${listNames([name])} (${count(countOf(name), 'document')}) looks like a missing value: ` +
        'leave these rows out of the file, unless it is a class',
    ),
  ];
}

/** The option that gives alike labels the name of the most frequent of them; undefined where it would be long. */
function mergeOption(
  groups: readonly (readonly string[])[],
  countOf: (name: string) => number,
): string | undefined {
  const pairs = groups.flatMap((group) => {
    const best = group.reduce((a, b) => (countOf(b) > countOf(a) ? b : a));
    return group.filter((name) => name !== best).map((name) => [name, best]);
  });
  if (pairs.length > 8 || pairs.some(([name]) => name.includes('*'))) return undefined;
  return `--data.label_map ${shellWord(JSON.stringify(Object.fromEntries([...pairs, ['*', '*']])))}`;
}

/** Whether a label or a text is a word for a missing value, such as `nan` of pandas and `NULL` of databases. */
export function looksMissing(text: string): boolean {
  return (
    text.length <= 9 &&
    /^(?:nan|none|null|nil|n\/a|#n\/a|na|<na>|nat|undefined|\?|-+)$/i.test(text.trim()) &&
    text !== 'na'
  );
}

/** The class id in a model for each label of new data; -1 for unknown labels. */
export function matchLabels(labels: readonly string[], classes: readonly string[]): number[] {
  const exact = new Map(classes.map((name, id) => [name, id]));
  const byKey = Map.groupBy(classes.keys(), (id) => matchKey(classes[id]));
  return labels.map((label) => {
    const id = exact.get(label);
    if (id !== undefined) return id;
    const alike = byKey.get(matchKey(label)) ?? [];
    return alike.length === 1 ? alike[0] : -1;
  });
}

/** The notice on labels that matched in a different spelling; none if there are none. */
export function matchNotices(
  labels: readonly string[],
  classes: readonly string[],
  ids: readonly number[],
): string[] {
  const other = labels.flatMap((label, i) =>
    ids[i] !== -1 && classes[ids[i]] !== label ? [`"${label}" as "${classes[ids[i]]}"`] : [],
  );
  if (other.length === 0) return [];
  const more = other.length > 5 ? ` and ${groupDigits(other.length - 5)} more` : '';
  return [`labels matched with those of the model: ${other.slice(0, 5).join(', ')}${more}`];
}
