/** Decides how a table is read: by the user's options, as the training data was read, or by its content. */
import { DataError } from '../../../core/errors.ts';
import { listNames } from '../../dataset.ts';
import { type ReadAs, type ReadColumn, shown } from '../../read-as.ts';
import { chooseColumns, type ColumnChoice } from '../columns.ts';
import { isPattern, type SoftColumns, softColumns, softColumnsIfAny } from '../../soft-labels.ts';
import type { ReaderInput } from '../reader.ts';
import { detectDelimiter, firstRecords, lineEndOf, sepLine, usualWidth } from './delimiter.ts';
import { isHeader } from './header.ts';
import type { Quoting } from './syntax.ts';
import { scanTable, type TableScan, type TableStart, tableStart } from './scan.ts';

/** How a table is read. */
export interface TablePlan {
  readonly delimiter: string;
  readonly quoting: Quoting;
  readonly lineEnd: '\n' | '\r';
  readonly start: TableStart;
  readonly hasHeader: boolean;
  /** Column names; in a table without header "1", "2", ... */
  readonly columns: readonly string[];
  /** Indices of the columns of the text. */
  readonly text: readonly number[];
  /** Index of the column of the label; -1 where there is none. */
  readonly label: number;
  /** Columns of soft labels, in place of one of labels; `label` is then the first of them. */
  readonly soft?: SoftColumns | undefined;
  readonly notices: readonly string[];
}

/** A plan without the columns. */
type Choice = Pick<TablePlan, 'hasHeader' | 'columns' | 'text' | 'label' | 'soft' | 'notices'>;

/** Makes the plan; undefined for a table without a record. `delimiter` is given where the format fixes it. */
export async function planTable(input: ReaderInput, delimiter?: string): Promise<TablePlan | undefined> {
  const like = input.like && input.like.text.length > 0 ? input.like : undefined;
  const cut = delimiter ?? chooseDelimiter(input, like);
  const named = [
    ...(input.textColumns ?? []),
    ...(input.labelColumn === undefined || isPattern(input.labelColumn) ? [] : [input.labelColumn]),
  ];
  const known = [...named, ...(like && hasNames(like) ? like.text.map(({ name }) => name) : [])];
  const quoting = like?.delimiter === cut ? (like.quoting ?? 'detect') : 'detect';
  const syntax = { delimiter: cut, lineEnd: lineEndOf(input.head) };

  const start = tableStart(input.head, cut, quoting !== 'none', known);
  if (start === undefined) return undefined;
  if (input.labelled && start.width === 1) throw oneColumn(input, cut);
  const fromNames = like && quoting !== 'detect' ? byNamesOfTraining(input, like, start) : undefined;
  if (fromNames && quoting !== 'detect') return { ...syntax, quoting, start, ...fromNames };

  const scan = await scanTable(input, { delimiter: cut, quoting, named: known });
  if (scan === undefined) return undefined;
  const hasHeader =
    input.header === 'auto'
      ? isHeader({
          first: scan.start.first,
          facts: withoutRecords(scan),
          records: scan.profile.records,
          recurring: scan.recurring,
          named: known,
        })
      : input.header === 'yes';
  const choice =
    (like && byPositionsOfTraining(input, like, scan, hasHeader)) ?? detected(input, scan, hasHeader, like);
  return { ...syntax, quoting: scan.quoting, start: scan.start, ...choice };
}

/** Profiles of the columns, even if the first record is the only one. */
function withoutRecords({ profile, start }: TableScan) {
  const none = { filled: 0, numeric: 0, meanLength: 0, distinct: 0, many: false, single: 0, wordy: 0 };
  const facts = profile.facts();
  return start.first.map((_, i) => facts.at(i) ?? none);
}

/** Whether its columns have names: those of a header, or keys. */
const hasNames = (like: ReadAs) => like.header !== false;

/** The delimiter of training where it cuts this file as well. */
function chooseDelimiter({ head }: ReaderInput, like: ReadAs | undefined): string {
  const found = detectDelimiter(head);
  if (like?.delimiter == null || sepLine(head) !== undefined) return found ?? ',';
  const records = firstRecords(head, like.delimiter, like.quoting !== 'none');
  const cells = records.at(0)?.cells ?? [];
  const isHeaderLine = like.header === true && like.text.every(({ name }) => cells.includes(name));
  if (isHeaderLine || usualWidth(records).width === like.columns.length) return like.delimiter;
  return found ?? like.delimiter;
}

/** Where the first record has the names of the columns that training read: those columns, without a pass over the file. */
function byNamesOfTraining(input: ReaderInput, like: ReadAs, start: TableStart): Choice | undefined {
  if (input.header === 'no' || input.textColumns !== undefined || !hasNames(like)) return undefined;
  const columns = start.first.map((cell) => cell.trim());
  const text = like.text.map(({ name }) => columns.indexOf(name));
  const wanted = input.labelColumn ?? like.label?.name;
  const soft = softColumnsIfAny(wanted, columns, input.name);
  const label = soft?.indices[0] ?? (wanted === undefined ? -1 : columns.indexOf(wanted));
  const isThere = text.length > 0 && !text.includes(-1) && new Set([...text, label]).size > text.length;
  if (!isThere || (input.labelled && label === -1)) return undefined;
  return { hasHeader: true, columns, text, label, soft, notices: [] };
}

/** A file without header, read by the positions of the training data; the column of the labels may be missing. */
function byPositionsOfTraining(
  input: ReaderInput,
  like: ReadAs,
  { start: { width } }: TableScan,
  hasHeader: boolean,
): Choice | undefined {
  if (hasHeader || input.textColumns !== undefined || input.labelColumn !== undefined) return undefined;
  const positions = like.text.map(({ position }) => position ?? -1);
  if (positions.length === 0 || positions.includes(-1)) return undefined;
  const columns = Array.from({ length: width }, (_, i) => String(i + 1));
  const label = like.label?.position ?? -1;
  const said = like.header
    ? [
        `this file has no header line: its columns are read in the order of the training data (${names(like.text)})`,
      ]
    : [];
  if (width === like.columns.length) return { hasHeader, columns, text: positions, label, notices: said };
  if (input.labelled) return undefined;
  if (width === like.columns.length - 1 && label !== -1) {
    const text = positions.map((position) => (position > label ? position - 1 : position));
    const notices = [
      'this file has one column fewer than the training data: the label is assumed to be missing',
      ...said,
    ];
    return { hasHeader, columns, text, label: -1, notices };
  }
  if (width === 1 && positions.length === 1) {
    return { hasHeader, columns, text: [0], label: -1, notices: ['this file has a single column: the text'] };
  }
  return undefined;
}

const names = (columns: readonly ReadColumn[]) => columns.map(({ name }) => shown(name)).join(', ');

/** Columns by the user's word, by name or by content; those of training where they have their names. */
function detected(
  input: ReaderInput,
  { start, profile }: TableScan,
  hasHeader: boolean,
  like: ReadAs | undefined,
): Choice {
  const columns = start.first.map((cell, i) => (hasHeader ? cell.trim() : String(i + 1)));
  if (!hasHeader) profile.add(start.first);
  const trained = (wanted: readonly ReadColumn[]) => {
    const found = wanted.map(({ name }) => name);
    return found.length > 0 && found.every((name) => columns.includes(name)) ? found : undefined;
  };
  const textOfTraining = like && hasNames(like) ? trained(like.text) : undefined;
  const softOfTraining =
    like?.label && hasNames(like) ? softColumnsIfAny(like.label.name, columns, input.name) : undefined;
  const soft =
    input.labelColumn === undefined ? softOfTraining : softColumns(input.labelColumn, columns, input.name);
  const labelOfTraining =
    like?.label && hasNames(like) && !softOfTraining ? trained([like.label])?.[0] : undefined;
  const choice: ColumnChoice = chooseColumns({
    name: input.name,
    columns,
    facts: profile.facts(),
    records: profile.records,
    textColumns: input.textColumns ?? textOfTraining,
    // the columns of soft labels need no look at their values
    labelColumn: soft?.columns[0] ?? input.labelColumn ?? labelOfTraining,
    labelled: input.labelled && !soft,
  });
  const notices = [...choice.notices];
  if (like && input.textColumns === undefined && textOfTraining === undefined) {
    notices.unshift(missing('text', like.text, columns, choice.text));
  }
  if (
    like?.label &&
    input.labelled &&
    input.labelColumn === undefined &&
    labelOfTraining === undefined &&
    !soft
  ) {
    notices.unshift(missing('label', [like.label], columns, [choice.label]));
  }
  return { hasHeader, columns, text: choice.text, label: choice.label, soft, notices };
}

function missing(
  role: string,
  wanted: readonly ReadColumn[],
  columns: readonly string[],
  taken: readonly number[],
): string {
  const many = wanted.length > 1 ? 's' : '';
  const trained = wanted.length === 0 ? 'no columns' : `the ${role} column${many} ${names(wanted)}`;
  return (
    `warning: the training data was read with ${trained}; this file has no such column${many}: it has ${listNames(columns)}, and ` +
    `${taken.map((i) => shown(columns[i])).join(', ')} is read. Choose with --${role}-col`
  );
}

function oneColumn(input: ReaderInput, delimiter: string): DataError {
  return new DataError(
    `[${input.name}] every line must have a text and a label, but no comma, tab, semicolon or bar separates the first lines ` +
      `into the same number of columns${delimiter === ',' ? '' : ` (read with delimiter ${JSON.stringify(delimiter)})`}. ` +
      'If the texts hold commas, put them in quotes; if each line begins with its label, add --data.format label-first.',
  );
}
