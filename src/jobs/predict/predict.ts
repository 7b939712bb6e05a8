/** The predict job: labels and scores of new texts, streamed from the command line, a file or standard input. */
import type { Row } from '../../data/dataset.ts';
import { streamRows } from '../../data/read.ts';
import { readers } from '../../data/readers/index.ts';
import { STDIN } from '../../run/resume-command.ts';
import { loadClassifier, type TextClassifier } from '../../run/text-classifier.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { type ConfidenceRequest, type Judge, judgeOf } from './confidence.ts';
import type { PredictionRow } from './output.ts';

/**
 * Most texts, and most characters, predicted at once: memory grows with these and the longest text, not with the
 * input.
 */
const CHUNK = 1024;
const CHUNK_CHARACTERS = 4_000_000;

/** What to predict with which model. */
export interface PredictRequest {
  /** A run folder or a model folder. */
  readonly model: string;
  /** The texts themselves, or where they are: a file, a folder, or `-` for standard input. */
  readonly input: readonly string[] | string;
  /** Columns or keys of the text. Default: those of the training data where the file has them; else detected and reported. */
  readonly textCol?: string | readonly string[] | undefined;
  /** Name of a reader. Default: that of the training data where it can read the file; else detected and reported. */
  readonly format?: string | undefined;
  /** Whether the first line of a table names its columns. Default: as in the training data; else detected and reported. */
  readonly header?: 'yes' | 'no' | undefined;
  /** Encoding of a file. Default UTF-8, or UTF-16 if its first bytes say so; else that of the training data. */
  readonly encoding?: string | undefined;
  /**
   * Columns or keys of a file whose values are copied to each prediction: names, or lists such as `id,"a,b"`. Default
   * none.
   */
  readonly keep?: readonly string[];
  /** Abstention and prediction sets. Default: every text gets a label, and no set. */
  readonly confidence?: ConfidenceRequest;
  /** Whether each prediction has the attention weights of its tokens. Default false. */
  readonly attention?: boolean;
  /** Number of threads, from 1; it does not change the result. Default 1. */
  readonly threads?: number;
}

/** A stream of predictions, a batch at a time: iterate over it, and stop whenever you like. */
export interface Predictions extends AsyncIterable<readonly PredictionRow[]> {
  /** The classes, in the order of the scores. */
  readonly labelNames: readonly string[];
  /** Names of the copied columns; known with the first batch. */
  readonly kept: readonly string[];
  /** Whether the model can tell how unlike its training data a text is. */
  readonly noneOfThese: boolean;
  /** Ends the threads of the model and gives its memory back. */
  close(): Promise<void>;
}

/** A classifier, and how to judge its probabilities. */
interface Model {
  readonly classifier: TextClassifier;
  readonly judge: Judge;
  readonly attention: boolean;
}

/**
 * Loads the model and begins to predict. Close the predictions when they are no longer needed.
 * @throws FileError, CorruptFileError where the model cannot be loaded
 * @throws ConfigError for an unknown format, or proportions out of range
 * @throws DataError where there are too few validation documents for what `confidence` asks for
 * @throws DataError, from the iteration, where the texts cannot be read
 */
export async function predict(request: PredictRequest, context: JobContext = {}): Promise<Predictions> {
  const { model, format, confidence = {}, attention = false, threads = 1 } = request;
  const job = beginJob(context);
  if (format !== undefined) readers.get(format);
  const classifier = await loadClassifier(model, { now: job.now, engine: job.engine, threads });
  let judge: Judge;
  try {
    judge = judgeOf(confidence, model, classifier, job);
    if (attention) classifier.attention([]); // refuses a model without attention before anything is read
  } catch (error) {
    await classifier.close();
    throw error;
  }
  let kept: readonly string[] = [];
  const onKept = (names: readonly string[]) => {
    kept = names;
  };
  return {
    labelNames: classifier.labelNames,
    get kept() {
      return kept;
    },
    noneOfThese: classifier.score([]).noneOfThese !== undefined,
    [Symbol.asyncIterator]: () =>
      batches(rowsOf(request, { classifier, onKept }, job), { classifier, judge, attention }, job),
    close: () => classifier.close(),
  };
}

function rowsOf(
  { input, textCol, format, header, encoding, keep = [] }: PredictRequest,
  {
    classifier: { readAs },
    onKept,
  }: { readonly classifier: TextClassifier; readonly onKept: (names: readonly string[]) => void },
  job: Job,
): AsyncIterable<Row> {
  if (typeof input !== 'string') return asRows(input);
  const columns = typeof textCol === 'string' ? [textCol] : [...(textCol ?? [])];
  return streamRows(input, {
    text_col: columns.length > 0 ? columns : null,
    format: format ?? null,
    header: header ?? 'auto',
    encoding: encoding ?? 'auto',
    like: readAs ?? null,
    keep,
    onKept,
    onNotice: job.notice,
    ...(input === STDIN && { stdin: job.stdin() }),
  });
}

async function* asRows(texts: readonly string[]): AsyncGenerator<Row> {
  for (const [row, text] of texts.entries()) yield { text, label: undefined, row };
}

async function* batches(
  rows: AsyncIterable<Row>,
  model: Model,
  job: Job,
): AsyncGenerator<readonly PredictionRow[]> {
  let waiting: Row[] = [];
  let characters = 0;
  let [texts, unknown, abstained] = [0, 0, 0];
  const predicted = () => {
    const predictions = predictRows(waiting, model);
    texts += predictions.length;
    for (const { known, abstains } of predictions) {
      if (known === 0) unknown++;
      if (abstains) abstained++;
    }
    waiting = [];
    characters = 0;
    return predictions;
  };
  for await (const row of rows) {
    waiting.push(row);
    characters += row.text.length;
    if (waiting.length < CHUNK && characters < CHUNK_CHARACTERS) continue;
    yield predicted();
  }
  if (waiting.length > 0) yield predicted();
  if (unknown > 0) job.emit({ type: 'unknown-texts', unknown, texts });
  if (abstained > 0) job.emit({ type: 'abstained', abstained, texts });
}

function predictRows(
  rows: readonly Row[],
  { classifier, judge, attention }: Model,
): readonly PredictionRow[] {
  const classes = classifier.labelNames.length;
  const texts = rows.map(({ text }) => text);
  const { probabilities, tokens, known, noneOfThese } = classifier.score(texts);
  const weights = attention ? classifier.attention(texts) : undefined;
  return rows.map(({ row, text, kept }, n) => {
    const scores = probabilities.subarray(n * classes, (n + 1) * classes);
    return {
      row,
      text,
      ...(kept && { kept }),
      tokens: tokens[n],
      known: known[n],
      scores,
      ...(!judge.labels(scores) && { abstains: true }),
      ...(judge.setOf && { set: judge.setOf(scores) }),
      ...(noneOfThese && { noneOfThese: noneOfThese[n] }),
      ...(weights && { attention: weights[n] }),
    };
  });
}
