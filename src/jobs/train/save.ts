/** What a finished training leaves behind: evaluations, predictions, the model folder, and the JSON summary. */
import type { Config } from '../../config/schema.ts';
import { createRng } from '../../core/rng.ts';
import { shellWord } from '../../core/shell-word.ts';
import { classCounts } from '../../data/dataset.ts';
import { evaluatePredictions, type Evaluation, headlineMetrics } from '../../evaluate/index.ts';
import { writeModelCard } from '../../models/files/index.ts';
import { predictSequences } from '../../models/predict.ts';
import { type ModelOptions, savedOptions } from '../../models/family.ts';
import { lossOf, type TrainableClassifier } from '../../models/trainable.ts';
import { type RunFolder, writeModelFolder, writePredictions, writeTestResults } from '../../run/index.ts';
import { tokenizerJsonNotices, writeTokenizerJson } from '../../text/tokenizer-json.ts';
import type { TrainingResult } from '../../train/index.ts';
import type { Job } from '../context.ts';
import type { Part, Prepared } from '../parts.ts';
import { packageVersion } from '../version.ts';
import { doubtOf } from './doubt.ts';

/** A trained classifier, its best parameters in the session, and how it came to be. */
export interface Trained {
  readonly session: TrainableClassifier;
  readonly prepared: Prepared;
  readonly config: Config;
  readonly run: RunFolder;
  readonly result: TrainingResult;
}

/** Evaluations on the held-out parts; null for a part without documents. */
export interface Results {
  readonly val: Evaluation | null;
  readonly test: Evaluation | null;
}

/** Measures the classifier, writes `test.json`, `predictions.csv` and the model folder. */
export function saveResults(trained: Trained, job: Pick<Job, 'command' | 'emit'>): Results {
  const { run, prepared, config } = trained;
  const val = prepared.val.labels.length === 0 ? null : evaluatePart(trained, 'val').evaluation;
  if (prepared.test.labels.length === 0) {
    saveModel(trained, null, job);
    return { val, test: null };
  }
  const { evaluation: test, probabilities } = evaluatePart(
    trained,
    'test',
    config.evaluate.bootstrap_samples,
  );
  writeTestResults(run.paths.test, test);
  const { labels, rowIds } = prepared.test;
  writePredictions(run.paths.predictions, {
    rowIds,
    labels,
    probabilities,
    labelNames: prepared.dataset.labelNames,
  });
  saveModel(trained, test, job);
  const { labelNames } = prepared.dataset;
  const doubt = doubtOf({
    ...{ labels, labelNames, accuracy: test.accuracy, logLoss: test.log_loss },
    trainCounts: classCounts({ labels: prepared.train.labels, labelNames }),
  });
  if (doubt) job.emit(doubt);
  return { val, test };
}

function evaluatePart({ session, prepared, config }: Trained, name: 'val' | 'test', bootstrap_samples = 0) {
  const part: Part = prepared[name];
  const probabilities = predictSequences(session, part.sequences);
  const evaluation = evaluatePredictions(
    { labels: part.labels, probabilities, labelNames: prepared.dataset.labelNames },
    {
      bootstrap_samples,
      confidence: config.evaluate.confidence,
      rng: createRng(config.train.seed).fork('bootstrap', name),
    },
  );
  return { evaluation, probabilities };
}

function saveModel(
  { session, prepared, config, run, result }: Trained,
  test: Evaluation | null,
  { command }: Pick<Job, 'command'>,
): void {
  const { dataset, splits, pipeline, train, val } = prepared;
  const { text } = config;
  const saved = savedOptions(config.model);
  const labelNames = dataset.labelNames;
  const vocabularySize = pipeline.vocabulary.size;
  const unrollVersion = packageVersion();
  const card = writeModelCard({
    name: dataset.name,
    model: saved,
    text,
    params: session.parameters.count,
    labelNames,
    vocabularySize,
    data: {
      name: dataset.name,
      hash: dataset.hash,
      train: train.labels.length,
      val: val.labels.length,
      test: prepared.test.labels.length,
      notices: [...dataset.notices, ...splits.notices, ...tokenizerJsonNotices(text)],
    },
    training: {
      seed: config.train.seed,
      epochs: result.epochs,
      bestEpoch: result.bestEpoch,
      ...(command.length > 0 && { command: `unroll ${command.map(shellWord).join(' ')}` }),
    },
    ...(test ? { test } : {}),
    unrollVersion,
  });
  writeModelFolder(run.paths.model, {
    tensors: session.tensors(),
    config: {
      ...{ labelNames, vocabularySize, model: saved, text, unrollVersion },
      loss: lossOf(session.plan),
      readAs: dataset.readAs,
      classCounts: classCounts({ labels: train.labels, labelNames }),
    },
    tokenizerJson: writeTokenizerJson(pipeline),
    card,
  });
}

/** What a run comes to: the object that `unroll train --json` prints. */
export interface RunSummary {
  /** The run folder. */
  readonly run: string;
  /** `bilstm`, or `rnn from scratch`. */
  readonly model: string;
  /** Weights. */
  readonly params: number;
  readonly epochs: number;
  readonly best_epoch: number;
  /** Wall time of the training, in seconds. */
  readonly seconds: number;
  readonly seconds_per_step: number;
  readonly kernel: string;
  readonly threads: number;
  /** Headline metrics of the validation part; null without one. */
  readonly val: Readonly<Record<string, number>> | null;
  /** Headline metrics of the test part with the interval of the accuracy, and those of each class; null without one. */
  readonly test: Readonly<Record<string, unknown>> | null;
}

/** The summary of a training. */
export function summarise({ session, config, run, result }: Trained, { val, test }: Results): RunSummary {
  return {
    run: run.path,
    model: modelName(config.model),
    params: session.parameters.count,
    epochs: result.epochs,
    best_epoch: result.bestEpoch,
    seconds: rounded(result.seconds),
    seconds_per_step: rounded(result.stepSeconds / result.steps),
    kernel: session.kernel,
    threads: session.threads,
    val: val && headlines(val),
    test: test && { ...headlines(test), ...accuracyInterval(test), per_class: test.per_class },
  };
}

/** The name of a model in `model.type`: `bilstm`. */
export function modelName(model: ModelOptions): string {
  return `${'bidirectional' in model && model.bidirectional ? 'bi' : ''}${model.type}`;
}

function headlines(evaluation: Evaluation): Record<string, number> {
  const values = headlineMetrics.map(({ type }) => [type, evaluation[type]] as const);
  return { loss: evaluation.log_loss, ...Object.fromEntries(values) };
}

/** `accuracy_ci95`, or another level where the config asks for one. */
function accuracyInterval(test: Evaluation): Record<string, unknown> {
  return Object.fromEntries(Object.entries(test).filter(([key]) => key.startsWith('accuracy_ci')));
}

function rounded(seconds: number): number {
  return Number(seconds.toPrecision(6));
}
