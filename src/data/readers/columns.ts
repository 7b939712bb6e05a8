/** Which column holds the text and which the label: by the user's word, by name, or by content. */
import { DataError } from '../../core/errors.ts';
import { maxOf } from '../../core/lists.ts';
import { nearest } from '../../core/nearest.ts';
import { listNames } from '../dataset.ts';

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
  /** The first records. */
  readonly sample: readonly (readonly string[])[];
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
  readonly labelled: boolean;
}

/** Indices of the chosen columns. */
export interface ColumnChoice {
  readonly text: number;
  /** -1 where there is none (only where labels are not needed). */
  readonly label: number;
  /** Whether a column was guessed. */
  readonly guessed: boolean;
}

/** Chooses the columns. @throws DataError that lists the columns there are */
export function chooseColumns(question: ColumnQuestion): ColumnChoice {
  const { columns, textColumn, labelColumn, labelled } = question;
  const givenText = textColumn === undefined ? undefined : named(question, textColumn, 'text', '--text-col');
  const givenLabel =
    labelColumn === undefined ? undefined : named(question, labelColumn, 'label', '--label-col');
  const text = givenText ?? guessText(question, givenLabel);
  const label = givenLabel ?? guessLabel(question, text);
  if (text === undefined || (labelled && label === undefined)) {
    const missing = text === undefined ? ['text', '--text-col'] : ['label', '--label-col'];
    throw new DataError(
      `[${question.name}] the data must have a column of ${missing[0]}s, but none of its columns (${listNames(columns)}) looks like one. ` +
        `Name it with ${missing[1]}.`,
    );
  }
  if (text === label && labelled) {
    throw new DataError(
      `[${question.name}] text and label must be two columns, but both are ${JSON.stringify(columns[text])}.`,
    );
  }
  for (const index of [text, label]) if (index !== undefined) requireUnique(question, index);
  return {
    text,
    label: label ?? -1,
    guessed: givenText === undefined || (labelled && givenLabel === undefined),
  };
}

function named({ columns, name }: ColumnQuestion, wanted: string, role: string, flag: string): number {
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
      `[${name}] the column that is read must have a name of its own, but ${times} columns are called ${JSON.stringify(column)}. ` +
        'Rename the others in the header line.',
    );
  }
}

const fold = (name: string) => name.trim().toLowerCase();

/** Whether a header cell is one of the usual names. */
export function isUsualName(cell: string): boolean {
  return textNames.includes(fold(cell)) || labelNames.includes(fold(cell));
}

function byName(
  columns: readonly string[],
  names: readonly string[],
  not: number | undefined,
): number | undefined {
  for (const name of names) {
    const index = columns.findIndex((column, i) => i !== not && fold(column) === name);
    if (index !== -1) return index;
  }
  return undefined;
}

function guessText({ columns, sample }: ColumnQuestion, label: number | undefined): number | undefined {
  const found = byName(columns, textNames, label);
  if (found !== undefined) return found;
  const lengths = columns.map((_, i) => (i === label ? -1 : meanLength(sample, i)));
  const longest = maxOf(lengths);
  return longest > 0 ? lengths.indexOf(longest) : undefined;
}

function guessLabel(
  { columns, sample, labelled }: ColumnQuestion,
  text: number | undefined,
): number | undefined {
  const found = byName(columns, labelNames, text);
  if (found !== undefined || !labelled) return found;
  const filled = (i: number) => sample.filter((row) => (row[i] ?? '').trim() !== '').length;
  const others = columns.map((_, i) => i).filter((i) => i !== text && filled(i) > sample.length / 2);
  if (others.length === 1) return others[0];
  // a label repeats: of several columns, the one with the fewest values, if it has at least two
  const distinct = others.map((i) => new Set(sample.map((row) => row[i] ?? '')).size);
  const candidates = others.filter(
    (_, k) => distinct[k] >= 2 && distinct[k] <= Math.max(2, sample.length / 2),
  );
  return candidates.sort((a, b) => distinct[others.indexOf(a)] - distinct[others.indexOf(b)])[0];
}

function meanLength(sample: readonly (readonly string[])[], column: number): number {
  return sample.reduce((sum, row) => sum + (row[column] ?? '').length, 0) / Math.max(1, sample.length);
}
