/**
 * `predictions.csv`: RFC 4180 (CRLF line ends, quotes where a field needs them), one line a document: `row_id`,
 * `label` (the truth), `predicted`, `score` (of the predicted class), then `score_CLASS` of every class.
 *
 * NOTE: spreadsheets run a cell that begins with `=`, `+`, `-` or `@` as a formula. The texts are not in this file, but
 * class names are, and they come from the data. They are written as they are, so that programs read back what was
 * there; before a spreadsheet opens predictions of data that you do not trust, pass `escape_formulas`.
 */
import { invariant } from '../core/errors.ts';
import { writeFileAtomic } from './atomic.ts';

/** The predictions of N documents in C classes. */
export interface PredictionRows {
  /** `[N]` record number of each document in its source, from 0. */
  readonly rowIds: Int32Array;
  /** `[N]` true class ids; left out where the truth is not known. */
  readonly labels?: Int32Array;
  /** `[N × C]` row-major. */
  readonly probabilities: Float32Array | Float64Array;
  /** `[C]` class names. */
  readonly labelNames: readonly string[];
}

/** How the file is written. */
export interface PredictionsOptions {
  /** Puts an apostrophe before fields that a spreadsheet would run as a formula. Default false. */
  readonly escape_formulas?: boolean;
}

/** Writes the file, whole or not at all; scores with 6 significant digits. */
export function writePredictions(path: string, rows: PredictionRows, options: PredictionsOptions = {}): void {
  writeFileAtomic(path, predictionLines(rows, options));
}

/** The lines of the file, with their ends. */
export function* predictionLines(
  { rowIds, labels, probabilities, labelNames }: PredictionRows,
  { escape_formulas = false }: PredictionsOptions = {},
): Iterable<string> {
  const classes = labelNames.length;
  invariant(probabilities.length === rowIds.length * classes, 'a row of probabilities for each document');
  const text = (field: string) => csvField(escape_formulas ? escapeFormula(field) : field);
  const names = labelNames.map(text);
  const truth = labels ? ['label'] : [];
  const head = ['row_id', ...truth, 'predicted', 'score', ...labelNames.map((name) => text(`score_${name}`))];
  yield `${head.join(',')}\r\n`;
  for (let n = 0; n < rowIds.length; n++) {
    const scores = probabilities.subarray(n * classes, (n + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (scores[c] > scores[best]) best = c;
    const written = Array.from(scores, number);
    const fields = [rowIds[n], ...(labels ? [names[labels[n]]] : []), names[best], written[best], ...written];
    yield `${fields.join(',')}\r\n`;
  }
}

/** A field as RFC 4180 wants it: in quotes where it holds a comma, a quote or a line end, quotes doubled. */
export function csvField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Puts an apostrophe before what a spreadsheet would run as a formula. */
export function escapeFormula(field: string): string {
  return /^[=+\-@\t\r]/.test(field) ? `'${field}` : field;
}

function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}
