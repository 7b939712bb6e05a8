/** Chooses the columns of text and label: as given by the user, by name, or by content. */
import { DataError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { shellWord } from '../../core/shell-word.ts';
import { groupDigits, listNames } from '../dataset.ts';
import { shown } from '../read-as.ts';
import { type ColumnFacts, MOST_VALUES } from './profile.ts';

const TEXT_NAMES =
  'text texts message messages sms content body document doc article review sentence utterance query question comment tweet description ' +
  'abstract headline title subject input x';
const LABEL_NAMES =
  'label labels class classes category categories target topic sentiment intent tag y output stars rating type group section';
const textNames = TEXT_NAMES.split(' ');
const labelNames = LABEL_NAMES.split(' ');

/** What is known about a table when its columns are chosen. */
export interface ColumnQuestion {
  /** For messages. */
  readonly name: string;
  /** Column names; columns of a table without header are called "1", "2", ... */
  readonly columns: readonly string[];
  /** What the columns hold, in their order. */
  readonly facts: readonly ColumnFacts[];
  /** Records that the facts were gathered from. */
  readonly records: number;
  readonly textColumns: readonly string[] | undefined;
  readonly labelColumn: string | undefined;
  readonly labelled: boolean;
}

/** Indices of the chosen columns. */
export interface ColumnChoice {
  /** One or more. */
  readonly text: readonly number[];
  /** -1 where there is none (only where labels are not needed). */
  readonly label: number;
  /** Notices for the user, such as other columns that may hold the label. */
  readonly notices: readonly string[];
}

/** Chooses the columns. @throws DataError that lists the columns there are */
export function chooseColumns(question: ColumnQuestion): ColumnChoice {
  const { columns, labelColumn, labelled } = question;
  const givenText = givenTexts(question);
  const givenLabel =
    labelColumn === undefined ? undefined : named(question, labelColumn, 'label', '--label-col');
  const text = givenText ?? detectText(question, givenLabel);
  const found = givenLabel === undefined ? detectLabel(question, text ?? []) : undefined;
  const label = givenLabel ?? found?.label;
  if (text === undefined || (labelled && label === undefined))
    throw missingColumn(question, text === undefined);
  if (label !== undefined && text.includes(label) && labelled) {
    throw new DataError(
      `[${question.name}] text and label must be two columns, but both are ${JSON.stringify(columns[label])}. ` +
        'Name them with --text-col and --label-col.',
    );
  }
  for (const index of [...text, ...(label === undefined ? [] : [label])]) requireUnique(question, index);
  const notices = [
    ...(givenText === undefined ? otherTexts(question, text[0], label) : []),
    ...(labelled && label !== undefined ? labelNotices(question, label, found?.others ?? []) : []),
  ];
  return { text, label: label ?? -1, notices };
}

function missingColumn({ name, columns }: ColumnQuestion, isText: boolean): DataError {
  const [role, flag] = isText ? ['texts', '--text-col'] : ['labels', '--label-col'];
  return new DataError(
    `[${name}] the data must have a column of ${role}, but none of its columns (${listNames(columns)}) looks like one. ` +
      `Name it with ${flag}${isText ? '' : softHint(columns)}.`,
  );
}

/** What to add where several columns begin alike up to a separator, as those of soft labels do. */
function softHint(columns: readonly string[]): string {
  const starts = Map.groupBy(columns, (column) => /^.+?[_.:-]/.exec(column)?.[0] ?? '');
  const start = [...starts].find(([one, { length }]) => one !== '' && length > 1)?.[0];
  return start === undefined
    ? ''
    : `, or, for probabilities of classes, --label-col ${shellWord(`${start}*`)}`;
}

/** Indices of the columns to keep. @throws DataError that lists the columns there are */
export function keptColumns(keep: readonly string[], columns: readonly string[], name: string): number[] {
  return columnNames(keep, columns).map((wanted) => named({ columns, name }, wanted, 'kept', '--keep'));
}

/**
 * The columns that lists of names mean: `id,queue` two, `id,"a,b"` two, with the quotes of CSV around a name that holds a
 * comma. A list that is itself the name of a column is that one.
 */
export function columnNames(lists: readonly string[], columns: readonly string[]): readonly string[] {
  return lists.flatMap((list) => (columns.includes(list) ? [list] : splitNames(list)));
}

function splitNames(list: string): string[] {
  const parts = [...list.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(?:,|$)/gy)];
  const names = parts.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain.trim());
  const filled = names.filter((name) => name !== '');
  return filled.length > 0 ? filled : [list];
}

/** The columns of `--text-col`. */
function givenTexts(question: ColumnQuestion): number[] | undefined {
  const { textColumns, columns } = question;
  if (textColumns === undefined) return undefined;
  const names = columnNames(textColumns, columns);
  return [...new Set(names.map((name) => named(question, name, 'text', '--text-col')))];
}

function named(
  { columns, name }: Pick<ColumnQuestion, 'columns' | 'name'>,
  wanted: string,
  role: string,
  flag: string,
): number {
  const index = columns.indexOf(wanted);
  if (index !== -1) return index;
  const guess = columns.find((c) => fold(c) === fold(wanted)) ?? nearest(wanted, columns);
  throw new DataError(
    `[${name}] the ${role} column must be one of ${listNames(columns)}, but got ${JSON.stringify(wanted)}. ` +
      `${guess === undefined ? `Name it with ${flag}.` : `Did you mean ${flag} ${JSON.stringify(guess)}?`}`,
  );
}

function requireUnique({ columns, name }: ColumnQuestion, index: number): void {
  const column = columns[index];
  const times = columns.filter((c) => c === column).length;
  if (times > 1) {
    throw new DataError(
      `[${name}] the column that is read must have a unique name, but ${times} columns are called ${JSON.stringify(column)}. ` +
        'Rename the others in the header line.',
    );
  }
}

const fold = (name: string) => name.trim().toLowerCase();
/** The last part of a nested key: `text` of `data.text`. */
const leaf = (name: string) => fold(name.slice(name.lastIndexOf('.') + 1));

/** Whether a header cell is one of the usual names. */
export function isUsualName(cell: string): boolean {
  return textNames.includes(fold(cell)) || labelNames.includes(fold(cell));
}

/** Columns that have one of the names, the best name first. */
function byName(columns: readonly string[], names: readonly string[], not: readonly number[]): number[] {
  const indices = columns.map((_, i) => i).filter((i) => !not.includes(i));
  const ofKind = (key: (name: string) => string) =>
    names.flatMap((name) => indices.filter((i) => key(columns[i]) === name));
  return [...new Set([...ofKind(fold), ...ofKind(leaf)])];
}

function detectText(question: ColumnQuestion, given: number | undefined): number[] | undefined {
  const { columns, facts } = question;
  const label = given ?? onlyLabel(question);
  const found = byName(columns, textNames, label === undefined ? [] : [label]);
  const filled = found.find((i) => (facts.at(i)?.filled ?? 0) > 0) ?? found.at(0);
  if (filled !== undefined) return [filled];
  let longest: number | undefined;
  for (const [i, { meanLength }] of facts.entries()) {
    if (i !== label && meanLength > (longest === undefined ? 0 : facts[longest].meanLength)) longest = i;
  }
  return longest === undefined ? undefined : [longest];
}

/** The one column that looks like labels, beside longer ones: also where its name is of a text, as `subject` beside `definition`. */
function onlyLabel(question: ColumnQuestion): number | undefined {
  const { columns, facts, labelled } = question;
  const repeating = columns.map((_, i) => i).filter((i) => repeats(question, i));
  if (!labelled || repeating.length !== 1 || byName(columns, labelNames, []).length > 0) return undefined;
  const isLonger = ({ meanLength }: ColumnFacts) => meanLength > facts[repeating[0]].meanLength;
  return facts.some(isLonger) ? repeating[0] : undefined;
}

/** Whether a column looks like labels: values that repeat, at least two of them. */
function repeats({ facts, records }: ColumnQuestion, index: number): boolean {
  const fact = facts.at(index);
  if (fact === undefined || fact.many || fact.filled <= records / 2) return false;
  return fact.distinct >= 2 && fact.distinct <= Math.max(2, records / 2);
}

function detectLabel(question: ColumnQuestion, text: readonly number[]) {
  const { columns, facts, records, labelled } = question;
  const usual = byName(columns, labelNames, text);
  const others = columns.map((_, i) => i).filter((i) => !text.includes(i));
  // a label repeats: of several columns, the one with the fewest values is the likeliest, and one named as a text the least
  const texts = byName(columns, textNames, []);
  const candidates = others
    .filter((i) => repeats(question, i))
    .sort((a, b) => facts[a].distinct - facts[b].distinct)
    .sort((a, b) => Number(texts.includes(a)) - Number(texts.includes(b)));
  const byUsualName = usual.find((i) => candidates.includes(i)) ?? usual.at(0);
  if (
    byUsualName !== undefined &&
    (!labelled || candidates.includes(byUsualName) || candidates.length === 0)
  ) {
    return { label: byUsualName, others: usual.filter((i) => i !== byUsualName && candidates.includes(i)) };
  }
  if (!labelled) return undefined;
  const filled = others.filter((i) => facts[i].filled > records / 2);
  const label = candidates.at(0) ?? (filled.length === 1 ? filled[0] : byUsualName);
  return label === undefined ? undefined : { label, others: candidates.filter((i) => i !== label) };
}

function labelNotices(question: ColumnQuestion, label: number, others: readonly number[]): string[] {
  const { columns, facts, records } = question;
  const notices: string[] = [];
  const values = (i: number) => `${groupDigits(facts[i].distinct)} values`;
  if (others.length > 0) {
    const list = others.slice(0, 5).map((i) => `${shown(columns[i])} (${values(i)})`);
    const more = others.length > 5 ? `, ${others.length - 5} more` : '';
    notices.push(
      `warning: several columns may hold the label: ${shown(columns[label])} (${values(label)}) is used; also possible: ` +
        `${list.join(', ')}${more}. Choose with --label-col`,
    );
  }
  const fact = facts.at(label);
  if (fact && (fact.many || (fact.distinct > 50 && fact.distinct > records / 4))) {
    const count = fact.many ? `more than ${groupDigits(MOST_VALUES)}` : groupDigits(fact.distinct);
    notices.push(
      `warning: the label column ${shown(columns[label])} has ${count} different values in ${groupDigits(records)} records. ` +
        'If these are not classes, choose another column with --label-col',
    );
  }
  return notices;
}

/** Points out other columns of texts: much longer ones than those of the column that was detected, or such as titles. */
function otherTexts(question: ColumnQuestion, text: number, label: number | undefined): string[] {
  const { columns, facts } = question;
  const own = facts.at(text)?.meanLength ?? 0;
  const longer = facts
    .map((_, i) => i)
    .filter((i) => i !== text && i !== label && facts[i].meanLength > Math.max(20, 1.5 * own));
  if (longer.length === 0) return besides(question, text, label);
  const names = longer.slice(0, 5).map((i) => shown(columns[i]));
  return [
    `warning: the text column ${shown(columns[text])} was chosen by its name, but ${names.join(', ')} ${longer.length > 1 ? 'hold' : 'holds'} ` +
      `longer texts. Choose with --text-col; to read them together: ${optionsFor(columns, [text, ...longer.slice(0, 5)])}`,
  ];
}

/** Points out shorter columns that hold a text of their own in most records, such as the titles of articles. */
function besides({ columns, facts }: ColumnQuestion, text: number, label: number | undefined): string[] {
  const isText = ({ wordy, filled, distinct, many }: ColumnFacts) =>
    wordy > filled / 2 && (many || distinct > filled / 2) && filled > 0;
  const found = [...facts.keys()].filter((i) => i !== text && i !== label && isText(facts[i]));
  if (found.length === 0) return [];
  const names = found.map((i) => shown(columns[i]));
  const what = `column${found.length > 1 ? 's' : ''} ${names.join(', ')} ${found.length > 1 ? 'hold' : 'holds'}`;
  return [`the ${what} texts as well; read them too with ${optionsFor(columns, [...found, text])}`];
}

/** The options that read several columns as one text, in the order of the table. */
function optionsFor(columns: readonly string[], chosen: readonly number[]): string {
  const all = [...chosen].sort((a, b) => a - b).map((i) => columns[i]);
  const lists = all.some((name) => name.includes(',')) ? all : [all.join(',')];
  return lists.map((name) => `--text-col ${shellWord(name)}`).join(' ');
}
