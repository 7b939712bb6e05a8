/** Predictions as text, CSV or JSON lines. */
import type { TokenWeights } from '../../classifier/token-weights.ts';
import { count } from '../../core/words.ts';
import { csvLine } from '../../data/to-csv.ts';
import { escapeFormula } from '../../run/predictions-file.ts';

/** The ways to write predictions. */
export const outputFormats = ['text', 'csv', 'jsonl'] as const;
/** One of them. */
export type OutputFormat = (typeof outputFormats)[number];

/** A prediction to write. */
export interface PredictionRow {
  /** 0-based record number in the input. */
  readonly row: number;
  /** The text. */
  readonly text: string;
  /** Values of the columns that are carried along, in the order of `WriterOptions.keep`. */
  readonly kept?: readonly string[];
  /** Tokens of the text that the model reads. */
  readonly tokens: number;
  /** How many of them are in its vocabulary. */
  readonly known: number;
  /** Probability of each class, in the order of the class names. */
  readonly scores: ArrayLike<number>;
  /** Whether the model abstains: there is no label. Default false. */
  readonly abstains?: boolean;
  /** Prediction set: ids of classes that include the true one with the requested coverage, the most probable first. */
  readonly set?: readonly number[];
  /** How unlike the training data the text is, in [0, 1]; left out where the model cannot tell. */
  readonly noneOfThese?: number;
  /** Attention weights of its tokens, if requested. */
  readonly attention?: TokenWeights;
}

/** Options of {@link createPredictionWriter}. */
export interface WriterOptions {
  /** [C] class names. */
  readonly labelNames: readonly string[];
  /** How many of the best classes are written with their scores; 0 for only the label and its score. */
  readonly top: number;
  /** Names of the columns that are carried along. Default none. */
  readonly keep?: readonly string[];
  /** In CSV, writes the prediction sets. Default false. */
  readonly sets?: boolean;
  /** In CSV, writes how unlike the training data the text is. Default false. */
  readonly noneOfThese?: boolean;
  /**
   * In CSV, puts an apostrophe before what a spreadsheet would run as a formula. Default false, for programs that
   * read the file.
   */
  readonly escapeFormulas?: boolean;
}

/** Writes predictions row by row. */
export interface PredictionWriter {
  /** The text before the first row. */
  readonly head: string;
  /** Writes a prediction. */
  row(row: PredictionRow): string;
}

/** A writer in a format. Each row has the kept columns first, then the label and its score, and the text last. */
export function createPredictionWriter(format: OutputFormat, options: WriterOptions): PredictionWriter {
  switch (format) {
    case 'text':
      return { head: '', row: (row) => textRow(row, options) };
    case 'jsonl':
      return { head: '', row: (row) => `${JSON.stringify(predictionObject(row, options))}\n` };
    case 'csv':
      return csvWriter(options);
  }
}

/** From this value on, a text counts as unlike the training data: at most 1 % of similar texts reach it. */
const UNLIKE = 0.99;

/** Class indices by falling score; equal scores in the order of the classes. */
function ranked(scores: ArrayLike<number>): number[] {
  return Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
}

/** The heading of a kept column in CSV, distinct from our own columns. */
function keptName(name: string): string {
  return /^(?:row_id|label|score|set|text|tokens|known_tokens|none_of_these|(?:label|score)_.*)$/.test(name)
    ? `input_${name}`
    : name;
}

/**
 * A prediction as a plain object: `row_id`, `kept` where columns are, `label` (null where the model abstains), `score`, `scores` and
 * `set` where asked for, `tokens`, `known_tokens`, `none_of_these` where known, `attention` where asked for, `text`.
 */
export function predictionObject(
  {
    row,
    text,
    kept = [],
    tokens,
    known,
    scores,
    abstains = false,
    set,
    noneOfThese,
    attention,
  }: PredictionRow,
  { labelNames, top, keep = [] }: WriterOptions,
) {
  const order = ranked(scores);
  const all = order.slice(0, top).map((i) => [labelNames[i], roundScore(scores[i])] as const);
  return {
    row_id: row,
    ...(keep.length > 0 ? { kept: Object.fromEntries(keep.map((name, k) => [name, kept[k]])) } : {}),
    label: abstains ? null : labelNames[order[0]],
    score: roundScore(scores[order[0]]),
    ...(top > 0 ? { scores: Object.fromEntries(all) } : {}),
    ...(set ? { set: set.map((c) => labelNames[c]) } : {}),
    tokens,
    known_tokens: known,
    ...(noneOfThese === undefined ? {} : { none_of_these: roundScore(noneOfThese) }),
    ...(attention && {
      attention: {
        tokens: attention.tokens,
        heads: attention.heads.map((weights) => weights.map(roundScore)),
      },
    }),
    text,
  };
}

function textRow(
  { text, kept = [], tokens, known, scores, abstains = false, set, noneOfThese = 0 }: PredictionRow,
  { labelNames, top }: WriterOptions,
): string {
  const order = ranked(scores).slice(0, Math.max(1, top));
  const best = order
    .map((i, k) => `${k === 0 && abstains ? 'abstain' : onOneLine(labelNames[i])}\t${scores[i].toFixed(4)}`)
    .join('\t');
  const unlike = noneOfThese >= UNLIKE ? ' (unlike the training data)' : '';
  const doubt = known > 0 ? unlike : ` (0 of ${count(tokens, 'token')} known)`;
  const first = kept.map((value) => `${onOneLine(value)}\t`).join('');
  const classes = set ? `\t${onOneLine(joined(set, labelNames))}` : '';
  return `${first}${best}${classes}\t${onOneLine(text)}${doubt}\n`;
}

/** The classes of a set in one field: `sport|tech`; a bar within a name has a backslash before it. */
function joined(set: readonly number[], labelNames: readonly string[]): string {
  return set.map((c) => labelNames[c].replaceAll(/[\\|]/g, '\\$&')).join('|');
}

/** The text without tabs and line ends, which separate fields and rows. */
function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Columns of scores: one per class if all are written, else pairs of label and score. */
function csvWriter(options: WriterOptions): PredictionWriter {
  const { labelNames, top, keep = [], sets = false, noneOfThese: unlike = false } = options;
  const { escapeFormulas = false } = options;
  const all = top >= labelNames.length;
  const safe = (text: string) => (escapeFormulas ? escapeFormula(text) : text);
  const pairs = Array.from({ length: top }, (_, k) => [`label_${k + 1}`, `score_${k + 1}`]).flat();
  const names = all ? labelNames.map((name) => `score_${name}`) : pairs;
  return {
    head: csvLine([
      'row_id',
      ...keep.map(keptName),
      'label',
      'score',
      ...names,
      ...(sets ? ['set'] : []),
      'tokens',
      'known_tokens',
      ...(unlike ? ['none_of_these'] : []),
      'text',
    ]),
    row({ row, text, kept = [], tokens, known, scores, abstains = false, set = [], noneOfThese = 0 }) {
      const order = ranked(scores);
      const best = order.slice(0, top).flatMap((i) => [safe(labelNames[i]), roundScore(scores[i])]);
      const cells = all ? Array.from(scores, roundScore) : best;
      return csvLine([
        row,
        ...kept.map(safe),
        abstains ? '' : safe(labelNames[order[0]]),
        roundScore(scores[order[0]]),
        ...cells,
        ...(sets ? [safe(joined(set, labelNames))] : []),
        tokens,
        known,
        ...(unlike ? [roundScore(noneOfThese)] : []),
        safe(text),
      ]);
    },
  };
}

/** Six digits are enough for a float32 probability, and keep files small. */
export function roundScore(score: number): number {
  return Number(score.toFixed(6));
}
