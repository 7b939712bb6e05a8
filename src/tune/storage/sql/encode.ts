/** How values are stored in Optuna's columns. */
import { randomInt } from 'node:crypto';
import { CorruptFileError } from '../../../core/errors.ts';
import type { Direction, TrialState } from '../../trial/frozen-trial.ts';
import type { SqlValue } from './database.ts';

/** A number as the pair of its column and its type's column: infinities and NaN have their own types. */
export function encodeNumber(value: number): [number | null, string] {
  if (Number.isFinite(value)) return [value, 'FINITE'];
  return [null, Number.isNaN(value) ? 'NAN' : value > 0 ? 'INF_POS' : 'INF_NEG'];
}

const NOT_FINITE: Readonly<Record<string, number>> = { INF_POS: Infinity, INF_NEG: -Infinity, NAN: NaN };

/** The number of a pair of columns. @throws CorruptFileError where they are none */
export function decodeNumber(value: SqlValue, type: SqlValue, source: string): number {
  if (type === 'FINITE' && typeof value === 'number') return value;
  const special = NOT_FINITE[String(type)];
  if (special === undefined) throw strange(source, 'a number', `${value} of type ${type}`);
  return special;
}

/** UTC without a zone and with microseconds, as Optuna 5 writes it. */
export function encodeDate(date: Date | null, microseconds = 0): string | null {
  if (!date) return null;
  return date.toISOString().replace('T', ' ').replace('Z', String(microseconds).padStart(3, '0'));
}

/**
 * A datetime with random microseconds after the milliseconds of the clock, by which its writer recognises its own
 * row.
 */
export function stamp(date: Date): string {
  return encodeDate(date, randomInt(1000))!;
}

const DATE = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?$/;

/** Microseconds are cut off. @throws CorruptFileError where the text is no datetime */
export function decodeDate(text: SqlValue, source: string): Date | null {
  if (text === null) return null;
  const [whole, day, time, fraction = ''] = DATE.exec(String(text)) ?? [];
  // `new Date` accepts nearly anything
  if (whole === undefined) throw strange(source, 'a datetime', String(text));
  const date = new Date(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  if (Number.isNaN(date.getTime())) throw strange(source, 'a datetime', String(text));
  return date;
}

const STATES: readonly string[] = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'];

/** @throws CorruptFileError where it is no state */
export function decodeState(state: SqlValue, source: string): TrialState {
  if (!STATES.includes(String(state))) throw strange(source, `one of ${STATES.join(', ')}`, String(state));
  return state as TrialState;
}

/** @throws CorruptFileError where it is no direction; a study of Optuna may be without */
export function decodeDirection(direction: SqlValue, source: string): Direction {
  if (direction === 'MINIMIZE') return 'minimize';
  if (direction === 'MAXIMIZE') return 'maximize';
  throw strange(source, 'MINIMIZE or MAXIMIZE', String(direction));
}

function strange(source: string, must: string, got: string): CorruptFileError {
  return new CorruptFileError(
    source,
    `[${source}] must hold ${must}, but got ${got}. Was the study written by something else?`,
  );
}
