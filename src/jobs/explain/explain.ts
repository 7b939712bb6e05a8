/** The explain job: how much each token of a text supports a class, by a trained model. */
import { existsSync } from 'node:fs';
import { resolveConfig } from '../../config/index.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { streamRows } from '../../data/read.ts';
import {
  type ClassWords,
  classWords,
  type Deletion,
  deletionOf,
  explain as explainText,
  type ExplainOptions,
  type Explanation,
  type GradientThroughTime,
  gradientThroughTime,
  meanDeletion,
  type UnitOptions,
  unitOverText,
  type UnitOverText,
} from '../../explain/index.ts';
import { loadClassifier, readRunConfig, STDIN, type TextClassifier } from '../../run/index.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { chooseDocuments } from '../evaluate/documents.ts';
import { runOf } from '../run-of.ts';
import { spread } from './spread.ts';

/** Which texts, by which model. */
export interface ExplainRequest extends ExplainOptions {
  /** A run folder or a model folder. */
  readonly model: string;
  /** The texts, or where they are: a file, a folder, or `-` for standard input. Default the test documents of the run. */
  readonly input?: readonly string[] | string | undefined;
  /** Columns or keys of the text. Default those of the training data, or detected. */
  readonly textCol?: readonly string[];
  /** Most texts: the first ones given, or test documents of the run from all over the test part. Default all. */
  readonly most?: number | undefined;
  /** Called with the number of texts done and, if known, the total. */
  readonly progress?: (what: 'explaining' | 'leaving out tokens', done: number, of: number) => void;
}

/** A text that was explained. */
export interface ExplainedText {
  /** Its row in the file, or its index among the given texts, from 0. */
  readonly row: number;
  readonly text: string;
  /** Its class in the data; only for test documents of the run. */
  readonly actual?: string;
  readonly explanation: Explanation;
}

/** What {@link explainTexts} found. */
export interface ExplainedTexts {
  /** Empty where each was given away as it came. */
  readonly texts: readonly ExplainedText[];
  readonly labelNames: readonly string[];
}

/** Takes each text as soon as it is explained; none is kept then, so that there may be any number of them. */
export interface TakeEach {
  readonly each?: ((text: ExplainedText) => void) | undefined;
}

/**
 * Explains texts, one after the other.
 * @throws FileError, CorruptFileError where the model cannot be loaded; DataError where the texts cannot be read
 * @throws ConfigError, UnsupportedError for options that the model does not have
 */
export async function explainTexts(
  request: ExplainRequest & TakeEach,
  context: JobContext = {},
): Promise<ExplainedTexts> {
  return withTexts(request, context, (classifier, texts) => ({ texts, labelNames: classifier.labelNames }));
}

/** The words that most support each class, over all texts. Errors as {@link explainTexts}. */
export async function explainClasses(
  {
    words,
    ...request
  }: ExplainRequest & { /** Words of a class. Default 10. */ readonly words?: number | undefined },
  context: JobContext = {},
): Promise<{
  readonly documents: number;
  readonly method: Explanation['method'];
  readonly classes: readonly ClassWords[];
}> {
  return withTexts(request, context, (classifier, texts) => ({
    documents: texts.length,
    method: texts.at(0)?.explanation.method ?? 'integrated-gradients',
    classes: classWords(
      texts.map(({ explanation }) => explanation),
      classifier.labelNames,
      words ?? 10,
    ),
  }));
}

/** The deletion curve of the most attributed tokens, beside random ones. */
export interface DeletionResult extends Deletion {
  /** Texts that were explained, and their median and largest completeness gap; null without integrated gradients. */
  readonly documents: number;
  readonly method: Explanation['method'] | null;
  readonly gaps: { readonly median: number; readonly largest: number } | null;
}

/** Leaves tokens out of texts, the most attributed first, and random ones. Errors as {@link explainTexts}. */
export async function explainDeletion(
  {
    seed = 0,
    ...request
  }: ExplainRequest & { /** Seed of the random choices. Default 0. */ readonly seed?: number | undefined },
  context: JobContext = {},
): Promise<DeletionResult> {
  return withTexts(request, context, (classifier, texts) => {
    const rng = createRng(seed).fork('deletion');
    const all: Deletion[] = [];
    for (const [n, { text, explanation }] of texts.entries()) {
      request.progress?.('leaving out tokens', n, texts.length);
      all.push(deletionOf(classifier, text, explanation, { rng: rng.fork('text', n) }));
    }
    const gaps = texts.flatMap(({ explanation: { gap } }) => gap ?? []).sort((a, b) => a - b);
    return {
      documents: texts.length,
      method: texts.at(0)?.explanation.method ?? null,
      ...meanDeletion(all),
      gaps:
        gaps.length === 0
          ? null
          : { median: gaps[Math.floor(gaps.length / 2)], largest: gaps[gaps.length - 1] },
    };
  });
}

async function withTexts<T>(
  { model, input, textCol = [], most = Infinity, progress, each, ...options }: ExplainRequest & TakeEach,
  context: JobContext,
  work: (classifier: TextClassifier, texts: readonly ExplainedText[]) => T | Promise<T>,
): Promise<T> {
  const job = beginJob(context);
  const classifier = await loadClassifier(model, { now: job.now, engine: job.engine });
  try {
    const texts: ExplainedText[] = [];
    const take = each ?? ((text) => texts.push(text));
    let done = 0;
    for await (const one of someRowsOf({ model, input, textCol, most }, classifier, job)) {
      progress?.('explaining', done, most);
      done++;
      take({ ...one, explanation: explainText(classifier, one.text, options) });
    }
    return await work(classifier, texts);
  } finally {
    await classifier.close();
  }
}

/** The first rows of given texts, or test documents of the run from all over the test part. */
async function* someRowsOf(
  { most, ...request }: Parameters<typeof rowsOf>[0] & { readonly most: number },
  classifier: TextClassifier,
  job: Job,
): AsyncGenerator<Row> {
  const rows = rowsOf(request, classifier, job);
  if (request.input === undefined) {
    const all: Row[] = [];
    for await (const one of rows) all.push(one);
    yield* spread(all, most);
    return;
  }
  let taken = 0;
  for await (const one of rows) {
    yield one;
    if (++taken >= most) return;
  }
}

/** Follows a unit over the first text. Errors as {@link explainTexts}. */
export async function explainUnit(
  { unit, layer, reverse, ...request }: ExplainRequest & UnitOptions,
  context: JobContext = {},
): Promise<UnitOverText> {
  return withRows({ ...request, most: 1 }, context, (classifier, [first]) => {
    if (first) return unitOverText(classifier, first.text, { unit, layer, reverse });
    throw new DataError(
      '[explain] there must be a text, but there is none. Give one: unroll explain RUN TEXT --gates auto.',
    );
  });
}

/** The gradient through time over texts. Errors as {@link explainTexts}. */
export async function explainThroughTime(
  request: ExplainRequest,
  context: JobContext = {},
): Promise<GradientThroughTime> {
  return withRows(request, context, (classifier, rows) =>
    gradientThroughTime(
      classifier,
      rows.map(({ text }) => text),
    ),
  );
}

async function withRows<T>(
  { model, input, textCol = [], most = Infinity }: ExplainRequest,
  context: JobContext,
  work: (classifier: TextClassifier, rows: readonly Row[]) => T,
): Promise<T> {
  const job = beginJob(context);
  const classifier = await loadClassifier(model, { now: job.now, engine: job.engine });
  try {
    const rows: Row[] = [];
    for await (const one of someRowsOf({ model, input, textCol, most }, classifier, job)) rows.push(one);
    return work(classifier, rows);
  } finally {
    await classifier.close();
  }
}

type Row = Pick<ExplainedText, 'row' | 'text' | 'actual'>;

async function* rowsOf(
  {
    model,
    input,
    textCol,
  }: Pick<ExplainRequest, 'model' | 'input'> & { readonly textCol: readonly string[] },
  { readAs }: TextClassifier,
  job: Job,
): AsyncIterable<Row> {
  if (typeof input === 'string') {
    const rows = streamRows(input, {
      text_col: textCol.length > 0 ? [...textCol] : null,
      like: readAs ?? null,
      onNotice: job.notice,
      ...(input === STDIN && { stdin: job.stdin() }),
    });
    for await (const { row, text } of rows) yield { row, text };
    return;
  }
  if (input) {
    for (const [row, text] of input.entries()) yield { row, text };
    return;
  }
  const run = runOf(model);
  if (!existsSync(run.paths.config)) {
    throw new ConfigError(
      `[explain] ${run.path} is a model without its run, so texts must be given: unroll explain RUN TEXT, or --input FILE.`,
    );
  }
  const config = resolveConfig(readRunConfig(run.paths.config));
  const others = 'unroll explain RUN --input FILE';
  const { dataset } = await chooseDocuments(run, undefined, config, job, readAs ?? null, others);
  for (const [i, text] of dataset.texts.entries())
    yield { row: dataset.rowIds[i], text, actual: dataset.labelNames[dataset.labels[i]] };
}
