/** The out-of-fold probabilities of a cross-validation, from its `oof.csv`. */
import { readFileSync } from 'node:fs';
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
  const damaged = (must: string, but: string) =>
    new CorruptFileError(
      path,
      `[${path}] the file must ${must}, but ${but}. Run the command again without --resume.`,
    );
  const parser = createTableParser({ delimiter: ',', quoting: 'double', openQuote: 'error', lineEnd: '\n' });
  const begun = parser.push(readFileSync(path, 'utf8'));
  const [head, ...records] = [...begun, ...parser.end().records];
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
