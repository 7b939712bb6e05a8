/** The errors job: the documents that a model gets wrong or is least certain of, each with its nearest training document. */
import { didYouMean, nearest } from '../../core/nearest.ts';
import { existsSync } from 'node:fs';
import { type Config, type Override, overrideLayer, resolveConfig } from '../../config/index.ts';
import { ConfigError } from '../../core/errors.ts';
import { alignLabels, type Dataset } from '../../data/dataset.ts';
import { argmaxRows } from '../../evaluate/confusion.ts';
import { type NearDocument, nearestTexts } from '../../models/linear/nearest-texts.ts';
import type { DoubtfulDocument, ErrorsPage } from '../../report/errors-html.ts';
export type { DoubtfulDocument } from '../../report/errors-html.ts';
import {
  loadClassifier,
  readDescription,
  readRunConfig,
  readSplits,
  type RunFolder,
} from '../../run/index.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { chooseDocuments } from '../evaluate/documents.ts';
import { isKnown, runOf } from '../run-of.ts';
import { readRunData } from '../run-data.ts';

/** Which documents of which model. */
export interface ErrorsRequest {
  /** A run folder or a model folder. */
  readonly model: string;
  /** DATA; undefined for the test documents of the run. */
  readonly source?: string | undefined;
  /** Keys of `data` over those of the run. */
  readonly overrides?: readonly Override[];
  /** Only documents of this class. */
  readonly actual?: string | undefined;
  /** Only documents that are predicted to be of this class. */
  readonly predicted?: string | undefined;
  /** Most correctly classified documents, the least certain first. Default 20. */
  readonly uncertain?: number | undefined;
}

/** What a model gets wrong. */
export interface FoundErrors extends ErrorsPage {
  /** Misclassified documents by class pair, the most frequent first; before any filter. */
  readonly pairs: readonly { readonly actual: string; readonly predicted: string; readonly count: number }[];
}

/**
 * Finds the documents.
 * @throws FileError, CorruptFileError where the model cannot be loaded
 * @throws DataError where the documents cannot be used; ConfigError for an unknown class
 */
export async function findErrors(request: ErrorsRequest, context: JobContext = {}): Promise<FoundErrors> {
  const { model, source, overrides = [], actual, predicted, uncertain = 20 } = request;
  const job = beginJob(context);
  const run = runOf(model);
  const layers = existsSync(run.paths.config) ? [readRunConfig(run.paths.config)] : [];
  const config = resolveConfig(...layers, overrideLayer(overrides));
  const classifier = await loadClassifier(model, { now: job.now, engine: job.engine });
  try {
    const { labelNames } = classifier;
    for (const [option, name] of Object.entries({ actual, predicted })) {
      if (name === undefined || labelNames.includes(name)) continue;
      throw new ConfigError(
        `[${option}] the class must be one of ${labelNames.join(', ')}, but got "${name}".` +
          didYouMean(nearest(name, labelNames)),
      );
    }
    const { dataset } = await chooseDocuments(
      run,
      source,
      config,
      job,
      classifier.readAs ?? null,
      'unroll errors RUN DATA',
    );
    const aligned = alignLabels(dataset, labelNames, {
      unseen: config.data.skip_unseen ? 'leave-out' : 'refuse',
    });
    job.emit({ type: 'working', on: 'measuring' });
    const judged = judge(aligned, classifier.predictProba(aligned.texts), labelNames);
    const wanted = judged.filter(
      (one) => (actual ?? one.actual) === one.actual && (predicted ?? one.predicted) === one.predicted,
    );
    const byScore = wanted.toSorted((a, b) => b.score - a.score || a.row - b.row);
    const wrong = byScore.filter((one) => one.wrong);
    const least = byScore
      .filter((one) => !one.wrong)
      .slice(-uncertain || byScore.length)
      .reverse();
    const chosen = [...wrong, ...(uncertain > 0 ? least : [])];
    const near = await nearestOf(chosen, run, config, job);
    return {
      model,
      source: aligned.source,
      documents: judged.length,
      wrong: judged.filter((one) => one.wrong).length,
      pairs: pairsOf(judged),
      filter: { actual: actual ?? null, predicted: predicted ?? null },
      found: chosen.map((one, n) => ({ ...one, nearest: near[n] ?? null })),
    };
  } finally {
    await classifier.close();
  }
}

type Judged = Omit<DoubtfulDocument, 'nearest'>;

function judge(
  { texts, labels, rowIds }: Pick<Dataset, 'texts' | 'labels' | 'rowIds'>,
  probabilities: Float64Array,
  labelNames: readonly string[],
): Judged[] {
  const C = labelNames.length;
  return Array.from(argmaxRows(probabilities, C), (best, n) => ({
    row: rowIds[n],
    wrong: best !== labels[n],
    actual: labelNames[labels[n]],
    predicted: labelNames[best],
    score: probabilities[n * C + best],
    actualScore: probabilities[n * C + labels[n]],
    text: texts[n],
  }));
}

function pairsOf(judged: readonly Judged[]): FoundErrors['pairs'] {
  const wrong = judged.filter((one) => one.wrong);
  const groups = Map.groupBy(wrong, ({ actual, predicted }) => JSON.stringify([actual, predicted]));
  return [...groups.values()]
    .map((own) => ({ actual: own[0].actual, predicted: own[0].predicted, count: own.length }))
    .sort((a, b) => b.count - a.count);
}

/** The nearest training document of each; none where the data of the run cannot be read any more. */
async function nearestOf(
  documents: readonly Judged[],
  run: RunFolder,
  config: Config,
  job: Job,
): Promise<readonly (NearDocument | null | undefined)[]> {
  if (documents.length === 0 || !isKnown(run)) return [];
  const description = readDescription(run.paths.description);
  const read = await readRunData(description, config, job);
  if (read.missing !== null) {
    const { missing, why } = read;
    const { source } = description.data;
    job.emit({ type: 'data-missing', run: run.path, source, missing, why, without: 'neighbours' });
    return [];
  }
  const { dataset } = read;
  const train = new Set(readSplits(run.paths.splits).train);
  const rows = Array.from(dataset.rowIds, (_, i) => i).filter((i) => train.has(dataset.rowIds[i]));
  const texts = [...rows.map((i) => dataset.texts[i]), ...documents.map(({ text }) => text)];
  const of = documents.map((_, n) => rows.length + n);
  const nearest = await nearestTexts(texts, of, config.text, rows.length);
  return nearest.map((near) => {
    if (!near) return null;
    const i = rows[near.index];
    return {
      ...{ row: dataset.rowIds[i], label: dataset.labelNames[dataset.labels[i]] },
      ...{ text: dataset.texts[i], similarity: near.similarity },
    };
  });
}
