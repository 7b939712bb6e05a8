/**
 * The results of a cross-validation for each document: out-of-fold probabilities (`oof.csv`) and margins
 * (`margins.csv`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { CorruptFileError } from '../../core/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import { createTableParser } from '../../data/readers/table/parse.ts';

/**
 * `[N × C]` row-major, in the order of the data set; the mean over repetitions and seeds.
 * @throws CorruptFileError where a document or a class is missing
 */
export function readOutOfFold(
  path: string,
  { rowIds, labelNames }: Pick<Dataset, 'rowIds' | 'labelNames'>,
): Float64Array {
  const damaged = damagedFile(path);
  const [head, ...records] = tableOf(path);
  const rowColumn = head.cells.indexOf('row_id');
  const columns = labelNames.map((name) => head.cells.indexOf(`score_${name}`));
  if (rowColumn < 0 || columns.includes(-1))
    throw damaged('have a column row_id and one for each class', `has ${head.cells.join(', ')}`);
  const at = new Map(Array.from(rowIds, (row, i) => [String(row), i]));
  const C = labelNames.length;
  const sums = new Float64Array(rowIds.length * C);
  const times = new Int32Array(rowIds.length);
  for (const { cells, line } of records) {
    const i = at.get(cells[rowColumn]);
    if (i === undefined) throw damaged('be of the documents of the data', `line ${line} is of another`);
    times[i]++;
    for (const [c, column] of columns.entries()) sums[i * C + c] += Number(cells[column]);
  }
  const missing = times.indexOf(0);
  if (missing >= 0 || !sums.every(Number.isFinite))
    throw damaged('hold scores of every document', `row ${rowIds[Math.max(0, missing)]} has none`);
  return sums.map((sum, k) => sum / times[Math.floor(k / C)]);
}

/**
 * `[N]` area under the margin, in the order of the data set; NaN for a document that no training used. Undefined
 * where the cross-validation kept no margins.
 * @throws CorruptFileError where it is not of these documents
 */
export function readMargins(path: string, { rowIds }: Pick<Dataset, 'rowIds'>): Float64Array | undefined {
  if (!existsSync(path)) return undefined;
  const damaged = damagedFile(path);
  const [head, ...records] = tableOf(path);
  const [rowColumn, column] = ['row_id', 'area_under_margin'].map((name) => head.cells.indexOf(name));
  if (rowColumn < 0 || column < 0)
    throw damaged('have the columns row_id and area_under_margin', `has ${head.cells.join(', ')}`);
  const areas = new Map(records.map(({ cells }) => [cells[rowColumn], cells[column]]));
  return Float64Array.from(rowIds, (row) => {
    const area = areas.get(String(row));
    if (area === undefined || !Number.isFinite(Number(area)))
      throw damaged('hold the margin of every document', `row ${row} has ${area ?? 'none'}`);
    return area === '' ? Number.NaN : Number(area);
  });
}

function tableOf(path: string) {
  const parser = createTableParser({ delimiter: ',', quoting: 'double', openQuote: 'error', lineEnd: '\n' });
  const begun = parser.push(readFileSync(path, 'utf8'));
  return [...begun, ...parser.end().records];
}

function damagedFile(path: string) {
  return (must: string, but: string) =>
    new CorruptFileError(
      path,
      `[${path}] the file must ${must}, but ${but}. Run the command again without --resume.`,
    );
}
