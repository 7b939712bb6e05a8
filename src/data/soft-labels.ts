/**
 * Soft labels: for each document the probabilities of all classes, in one column per class, such as those that a larger model gives.
 * The label column is then a pattern like `prob_*`, in which the star stands for the name of the class.
 */
import { DataError } from '../core/errors.ts';
import { listNames } from './names.ts';

/** Columns that hold the probabilities of the classes. */
export interface SoftColumns {
  /** The pattern, such as `prob_*`. */
  readonly pattern: string;
  /** Indices of the columns. */
  readonly indices: readonly number[];
  /** Names of the columns, and of their classes: what the star stands for. */
  readonly columns: readonly string[];
  readonly classes: readonly string[];
}

/** How far the probabilities of a document may be from a sum of 1; within it they are divided by their sum. */
export const SUM_TOLERANCE = 0.01;

/** Whether a label column is a pattern for several. */
export function isPattern(name: string): boolean {
  return name.split('*').length === 2;
}

/** The columns that a pattern means; undefined for the name of a column. @throws DataError where fewer than two match */
export function softColumns(
  pattern: string | undefined,
  columns: readonly string[],
  file: string,
): SoftColumns | undefined {
  if (pattern === undefined || !isPattern(pattern) || columns.includes(pattern)) return undefined;
  const [before, after] = pattern.split('*');
  const fits = (name: string) =>
    name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
  const indices = [...columns.keys()].filter((i) => fits(columns[i]));
  const names = indices.map((i) => columns[i]);
  if (indices.length < 2) {
    throw new DataError(
      `[${file}] the pattern ${JSON.stringify(pattern)} must match a column of probabilities for each of at least 2 classes, but ` +
        `${indices.length === 0 ? 'no column matches' : `only ${names[0]} matches`} among ${listNames(columns)}. Correct --label-col.`,
    );
  }
  const classes = names.map((name) => name.slice(before.length, name.length - after.length).trim());
  const twice = classes.find((name, i) => classes.indexOf(name) < i);
  if (twice !== undefined || classes.includes('')) {
    throw new DataError(
      `[${file}] the columns of ${JSON.stringify(pattern)} must each name a class of their own, but ${twice === undefined ? 'one names none' : `${JSON.stringify(twice)} is there twice`}. Rename the columns.`,
    );
  }
  return { pattern, indices, columns: names, classes };
}

/** The pattern where the file has at least two columns for it, as a file that is read like the training data may not. */
export function softColumnsIfAny(
  pattern: string | undefined,
  columns: readonly string[],
  file: string,
): SoftColumns | undefined {
  const [before = '', after = ''] = pattern?.split('*') ?? [];
  const some = columns.filter((name) => name.startsWith(before) && name.endsWith(after)).length >= 2;
  return some ? softColumns(pattern, columns, file) : undefined;
}

/**
 * The probabilities of a document, of sum 1; undefined where all its cells are empty, as for a document without a label.
 * @param cells Of all columns of the record.
 * @param where For messages: `line 12`.
 * @throws DataError for a cell that is missing, no number, or negative, and for a sum further than {@link SUM_TOLERANCE} from 1
 */
export function distributionOf(
  cells: readonly (string | undefined)[],
  { columns, pattern }: Pick<SoftColumns, 'columns' | 'pattern'>,
  where: string,
): readonly number[] | undefined {
  const given = cells.map((cell) => cell?.trim() ?? '');
  if (given.every((cell) => cell === '')) return undefined;
  const values = given.map((cell, c) => {
    // with a decimal comma, as spreadsheets of many languages write it
    const value = cell === '' ? Number.NaN : Number(cell.replace(/^([01]?),(\d+)$/, '$1.$2'));
    if (Number.isFinite(value) && value >= 0) return value;
    const got = cell === '' ? 'missing' : JSON.stringify(cell);
    const fix =
      value < 0
        ? 'If these are scores before the softmax, convert them.'
        : `Soft labels (${pattern}) need one for every class; leave all of them empty for a document without a label.`;
    throw new DataError(
      `${where}: the probability in ${columns[c]} must be a number from 0 to 1, but is ${got}. ${fix}`,
    );
  });
  const sum = values.reduce((a, b) => a + b, 0);
  // with room for the rounding of the sum
  if (Math.abs(sum - 1) > SUM_TOLERANCE + 1e-9) {
    throw new DataError(
      `${where}: the probabilities of ${pattern} must sum to 1 (± ${SUM_TOLERANCE}, they are then divided by their sum), but sum to ${Number(sum.toPrecision(6))}. ` +
        'Are these scores before the softmax, or percentages? Convert them, or name another column with --label-col.',
    );
  }
  return values.map((value) => value / sum);
}

/** The most probable class; of equal ones the first. */
export function mostProbable(distribution: ArrayLike<number>): number {
  let best = 0;
  for (let c = 1; c < distribution.length; c++) if (distribution[c] > distribution[best]) best = c;
  return best;
}

/** `[N × C]` class ids as soft labels. */
export function oneHot(labels: Int32Array, classes: number): Float64Array<ArrayBuffer> {
  const targets = new Float64Array(labels.length * classes);
  for (const [i, label] of labels.entries()) targets[i * classes + label] = 1;
  return targets;
}

/** `[n × C]` the rows of soft labels; undefined without any. */
export function softRows(
  targets: Float64Array | undefined,
  rows: Int32Array,
  classes: number,
): Float64Array<ArrayBuffer> | undefined {
  if (!targets) return undefined;
  const own = new Float64Array(rows.length * classes);
  for (const [k, i] of rows.entries()) own.set(targets.subarray(i * classes, (i + 1) * classes), k * classes);
  return own;
}
