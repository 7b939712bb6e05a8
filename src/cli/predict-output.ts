/** Predictions as text, CSV or JSON lines. */

/** The ways to write predictions. */
export const outputFormats = ['text', 'csv', 'jsonl'] as const;
/** One of them. */
export type OutputFormat = (typeof outputFormats)[number];

/** A prediction to write. */
export interface PredictionRow {
  /** Probability of each class, in the order of `labelNames`. */
  readonly scores: ArrayLike<number>;
  /** The input record, the text included. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Writes rows one by one. */
export interface PredictionWriter {
  /** The text of a row, with the header before the first one. */
  row(row: PredictionRow): string;
}

/** Options of `createPredictionWriter`. */
export interface WriterOptions {
  readonly labelNames: readonly string[];
  /** How many of the best scores are written beside the label; 0 for the label's own alone. */
  readonly top: number;
}

/**
 * A writer of predictions: the label and its score first, then more scores where asked for, then the fields of the
 * input. A field of the input whose name is taken gets `input_` before it.
 */
export function createPredictionWriter(
  format: OutputFormat,
  { labelNames, top }: WriterOptions,
): PredictionWriter {
  switch (format) {
    case 'text':
      return { row: (row) => textRow(row, labelNames, top) };
    case 'jsonl':
      return { row: (row) => `${JSON.stringify(prediction(row, labelNames, top))}\n` };
    case 'csv':
      return csvWriter(labelNames, top);
  }
}

/** Class indices by descending score; equal scores in the order of the classes. */
export function ranked(scores: ArrayLike<number>): number[] {
  return Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
}

/** A prediction as a plain object: label, score, scores, and the fields of the input. */
export function prediction(
  row: PredictionRow,
  labelNames: readonly string[],
  top: number,
): Record<string, unknown> {
  const order = ranked(row.scores);
  const result: Record<string, unknown> = { label: labelNames[order[0]], score: round(row.scores[order[0]]) };
  if (top > 0) {
    result.scores = Object.fromEntries(order.slice(0, top).map((i) => [labelNames[i], round(row.scores[i])]));
  }
  for (const [name, value] of Object.entries(row.fields)) {
    result[name === 'label' || name === 'score' || name === 'scores' ? `input_${name}` : name] = value;
  }
  return result;
}

function textRow(row: PredictionRow, labelNames: readonly string[], top: number): string {
  const order = ranked(row.scores).slice(0, Math.max(1, top));
  const scores = order.map((i) => `${labelNames[i]}\t${row.scores[i].toFixed(4)}`).join('\t');
  return `${scores}\t${row.text.replaceAll(/\s+/g, ' ').trim()}\n`;
}

function csvWriter(labelNames: readonly string[], top: number): PredictionWriter {
  let names: readonly string[] | undefined;
  return {
    row(row) {
      const order = ranked(row.scores);
      const all = top >= labelNames.length;
      const scoreNames = all ? labelNames.map((name) => `score_${name}`) : topNames(top);
      const scoreCells = all ? Array.from(row.scores, round) : topCells(row, order, labelNames, top);
      const first = names === undefined;
      names ??= Object.keys(row.fields);
      const taken = new Set(['label', 'score', ...scoreNames]);
      const header = first
        ? [
            'label',
            'score',
            ...scoreNames,
            ...names.map((name) => (taken.has(name) ? `input_${name}` : name)),
          ]
        : [];
      const cells = [
        labelNames[order[0]],
        round(row.scores[order[0]]),
        ...scoreCells,
        ...names.map((name) => row.fields[name]),
      ];
      return (first ? csvLine(header) : '') + csvLine(cells);
    },
  };
}

function topNames(top: number): string[] {
  return Array.from({ length: top }, (_, k) => [`label_${k + 1}`, `score_${k + 1}`]).flat();
}

function topCells(
  row: PredictionRow,
  order: readonly number[],
  labelNames: readonly string[],
  top: number,
): unknown[] {
  return order.slice(0, top).flatMap((i) => [labelNames[i], round(row.scores[i])]);
}

/** Six digits say all that a float32 probability has to say, and keep files small. */
function round(score: number): number {
  return Number(score.toFixed(6));
}

function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(value: unknown): string {
  const text =
    value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
