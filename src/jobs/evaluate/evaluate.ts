/** The evaluate job: a trained model measured on the test documents of its run, or on others. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Override, overrideLayer, resolveConfig } from '../../config/index.ts';
import { createRng } from '../../core/rng.ts';
import { alignLabels } from '../../data/dataset.ts';
import { type Evaluation, evaluatePredictions } from '../../evaluate/index.ts';
import {
  loadClassifier,
  readRunConfig,
  readTestResults,
  type RunFolder,
  writeTestResults,
} from '../../run/index.ts';
import { beginJob, type JobContext } from '../context.ts';
import { isKnown, runOf } from '../run-of.ts';
import { chooseDocuments } from './documents.ts';

/** What to measure, and on what. */
export interface EvaluateRequest {
  /** A run folder or a model folder. */
  readonly model: string;
  /** DATA; undefined for the test documents of the run. Of the run's own data, only the test documents are measured. */
  readonly source?: string | undefined;
  /** Keys of `data` and `evaluate` over those of the run. */
  readonly overrides?: readonly Override[];
  /** The file to write. Default `test.json` of the run, or `test-NAME.json` beside it for other documents. */
  readonly output?: string | undefined;
  /** Number of threads, from 1; it does not change the result. Default 1. */
  readonly threads?: number;
}

/** What was measured. */
export interface Evaluated {
  /** The metrics. */
  readonly evaluation: Evaluation;
  /** Whether these are the run's own test documents. */
  readonly own: boolean;
  /** The file that was written; undefined for a model without its run: nothing is added to its folder. */
  readonly output: string | undefined;
}

/**
 * Measures a model, with confidence intervals.
 * @throws FileError, CorruptFileError where the model cannot be loaded
 * @throws DataError where the documents cannot be used
 */
export async function evaluate(request: EvaluateRequest, context: JobContext = {}): Promise<Evaluated> {
  const { model, source, overrides = [], threads = 1 } = request;
  const job = beginJob(context);
  const run = runOf(model);
  const layers = existsSync(run.paths.config) ? [readRunConfig(run.paths.config)] : [];
  const config = resolveConfig(...layers, overrideLayer(overrides));
  const { bootstrap_samples, confidence, batch_size: batchSize } = config.evaluate;
  const classifier = await loadClassifier(model, {
    now: job.now,
    engine: job.engine,
    threads,
    batchSize,
  });
  try {
    const { dataset, own } = await chooseDocuments(run, source, config, job, classifier.readAs ?? null);
    const {
      texts,
      labels,
      notices,
      source: from,
    } = alignLabels(dataset, classifier.labelNames, {
      unseen: config.data.skip_unseen ? 'leave-out' : 'refuse',
    });
    for (const notice of notices) if (!dataset.notices.includes(notice)) job.notice(notice);
    job.emit({
      type: 'measuring',
      documents: texts.length,
      source: from,
      ownTest: own && source !== undefined,
    });
    const { labelNames, temperature } = classifier;
    const { probabilities, unscaled } = classifier.score(texts);
    const measured = evaluatePredictions(
      {
        ...{ labels, labelNames, probabilities },
        ...(temperature !== 1 && { unscaled: { temperature, probabilities: unscaled } }),
      },
      { bootstrap_samples, confidence, rng: createRng(config.train.seed).fork('bootstrap', 'test') },
    );
    const evaluation = own ? { ...measured, ...keptOf(run, measured) } : measured;
    const output = request.output ?? ownOutput(run, own, dataset.name);
    if (output !== undefined) {
      writeTestResults(output, evaluation);
      job.emit({ type: 'written', file: output });
    }
    return { evaluation, own, output };
  } finally {
    await classifier.close();
  }
}

/** Results that only a training measures, kept from its evaluation of the same documents. */
function keptOf(run: RunFolder, measured: Evaluation): Pick<Evaluation, 'tokens_read'> {
  if (!existsSync(run.paths.test)) return {};
  try {
    const { documents, accuracy, tokens_read } = readTestResults(run.paths.test);
    const same = documents === measured.documents && accuracy === measured.accuracy;
    return same && tokens_read ? { tokens_read } : {};
  } catch {
    return {}; // a damaged file is replaced
  }
}

/** Default path of an evaluation. */
function ownOutput(run: RunFolder, own: boolean, name: string): string | undefined {
  if (own) return run.paths.test;
  return isKnown(run) ? join(run.path, `test-${safeName(name)}.json`) : undefined;
}

function safeName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 80);
}
