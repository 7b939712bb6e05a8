/** Detects whether the first record of a table is a header, from everything below it. */
import { isUsualName } from '../columns.ts';
import { type ColumnFacts, isNumeric } from '../profile.ts';

type Cells = readonly string[];

/** What is known when the first record is judged. */
export interface HeaderQuestion {
  readonly first: Cells;
  /** Profile of the records below, except those equal to the first. */
  readonly facts: readonly ColumnFacts[];
  /** How many these are. */
  readonly records: number;
  /** Columns in which a cell of the first record occurs again. */
  readonly recurring: ReadonlySet<number>;
  /** Column names that the user gave. */
  readonly named: readonly string[];
}

/**
 * Whether the first record names the columns. It does where it has a column that the user named, where it is 0, 1, 2, ...
 * as pandas numbers columns, or a usual name that never comes again. It does as well, whatever its words and its length,
 * where it stands above numbers without being one, or above values that all repeat without being one of them, or where
 * it is short above long texts.
 */
export function isHeader({ first, facts, records, recurring, named }: HeaderQuestion): boolean {
  const cells = first.map((cell) => cell.trim());
  const parts = named.flatMap((name) => [name, ...name.split(',').map((part) => part.trim())]);
  // a number that comes again below it is a value, and the column of that number is meant
  const isName = (cell: string, i: number) => parts.includes(cell) && !(isNumeric(cell) && recurring.has(i));
  if (cells.some(isName)) return true;
  if (cells.length > 1 && cells.every((cell, i) => cell === String(i))) return true;
  // columns by number can only be meant for a table without header
  if (parts.some((name) => /^\d+$/.test(name))) return false;
  if (recurring.size > 0) return false;
  if (cells.some(isUsualName)) return true;
  const names = cells.filter((cell) => cell !== '');
  if (names.length === 0 || new Set(names).size < names.length) return false;
  if (cells.some((cell, i) => isNumeric(cell) && facts[i].numeric > 0)) return false;
  if (cells.some((cell, i) => cell !== '' && isUnlike(cell, facts[i], records))) return true;
  const isShort = (cell: string) => cell.length <= 40 && !/^[\d.,+-]+$/.test(cell);
  return names.length > 1 && names.every(isShort) && facts.some((fact) => fact.meanLength > 40);
}

/** Whether a cell that never comes again stands above values of another kind: numbers, or values that all repeat. */
function isUnlike(cell: string, fact: ColumnFacts, records: number): boolean {
  if (records < 3 || fact.filled < records / 2) return false;
  if (fact.numeric >= 0.95 * fact.filled) return !isNumeric(cell);
  return !fact.many && fact.single === 0 && fact.filled >= 3 * fact.distinct;
}
