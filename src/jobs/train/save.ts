/** The results of a finished training: evaluations, predictions, the model folder, the JSON summary. */
import { maxOf, minOf } from '../../core/lists.ts';
import { count } from '../../core/words.ts';
import { doubtAbout } from '../../classifier/doubt.ts';
import {
  calibrate,
  type Calibration,
  describeFiles,
  measurePart,
  type Trained as TrainedClassifier,
} from '../../classifier/trained.ts';
import type { Config } from '../../config/schema.ts';
import { argmaxRows, type Evaluation, headlineMetrics } from '../../evaluate/index.ts';
import type { ModelOptions } from '../../models/family.ts';
import type { LearningClassifier } from '../../models/trainable.ts';
import {
  type RunFolder,
  writeAttention,
  writeModelFolder,
  writePredictions,
  writeTestResults,
  writeValidation,
} from '../../run/index.ts';
import type { TrainingResult } from '../../train/index.ts';
import type { Job } from '../context.ts';

/** A trained classifier of a run. */
export interface Trained extends TrainedClassifier {
  readonly config: Config;
  readonly run: RunFolder;
}

/** Evaluations on the held-out parts; null for a part without documents. */
export interface Results {
  readonly val: Evaluation | null;
  readonly test: Evaluation | null;
}

/** Results, with the probabilities that they were measured by. */
export interface SavedResults extends Results {
  /** `[N × C]` of the test part, or of the validation part where there is no test part. */
  readonly probabilities: Float64Array;
}

/** Writes the model folder. */
export type WriteModel = (calibration: Calibration, test: Evaluation | null) => void;

/**
 * Measures the classifier, writes `test.json`, `predictions.csv`, `validation.json` and the model folder.
 * @param write Writes the folder of an ensemble.
 */
export function saveResults(
  trained: Trained,
  job: Pick<Job, 'command' | 'emit'>,
  write: WriteModel = (calibration, test) => {
    writeModelFolder(trained.run.paths.model, describeFiles(trained, calibration, test, job.command));
  },
): SavedResults {
  const { run, prepared } = trained;
  const calibration = calibrate(trained);
  const { thresholds } = calibration;
  if (thresholds) {
    const text = `thresholds of the classes, chosen on ${count(prepared.val.labels.length, 'validation document')}: ${thresholdWords(thresholds, prepared.dataset.labelNames)}`;
    job.emit({ type: 'notice', text, level: 'info' });
    const doubt = areEqual(thresholds) ? undefined : fewToChooseBy(prepared);
    if (doubt) job.emit({ type: 'notice', text: doubt, level: 'warning' });
  }
  const val = prepared.val.labels.length === 0 ? null : measurePart(trained, 'val', calibration).evaluation;
  if (val) {
    writeValidation(run.paths.validation, {
      ...{ labelNames: prepared.dataset.labelNames, rowIds: prepared.val.rowIds },
      ...{ labels: prepared.val.labels, probabilities: calibration.validation },
    });
  }
  if (prepared.test.labels.length === 0) {
    write(calibration, null);
    return { val, test: null, probabilities: calibration.validation };
  }
  const { evaluation: test, probabilities } = measurePart(trained, 'test', calibration);
  writeTestResults(run.paths.test, test);
  const { labels, rowIds } = prepared.test;
  writePredictions(run.paths.predictions, {
    rowIds,
    labels,
    probabilities,
    labelNames: prepared.dataset.labelNames,
  });
  write(calibration, test);
  saveAttention(trained, probabilities);
  const doubt = doubtAbout(trained.config.model, prepared, test);
  if (doubt) job.emit(doubt);
  return { val, test, probabilities };
}

function areEqual(thresholds: readonly number[]): boolean {
  return maxOf(thresholds) - minOf(thresholds) < 1e-9;
}

/** The thresholds that differ from an equal one, the lowest first. */
function thresholdWords(thresholds: readonly number[], labelNames: readonly string[]): string {
  const most = 8;
  if (areEqual(thresholds)) return 'equal ones are best';
  const sorted = thresholds.map((value, c) => ({ value, name: labelNames[c] }));
  sorted.sort((a, b) => a.value - b.value);
  const named = sorted.slice(0, most).map(({ name, value }) => `${name} ${value.toPrecision(2)}`);
  return `${named.join(', ')}${sorted.length > most ? ' …' : ''}`;
}

/** Validation documents of a class below which its threshold follows chance. */
const FEW = 10;

/** A warning where few documents of a class chose its threshold. */
function fewToChooseBy({ val, dataset: { labelNames } }: Trained['prepared']): string | undefined {
  const counts = labelNames.map((_, c) => val.labels.filter((label) => label === c).length);
  const fewest = minOf(counts);
  if (fewest >= FEW) return undefined;
  const name = labelNames[counts.indexOf(fewest)];
  return `only ${count(fewest, 'validation document')} of ${name}: its threshold may not hold for other documents; --data.fractions 0.6,0.3,0.1 gives it more`;
}

/** Test documents whose attention weights are saved: the first of each class, for this many classes at most. */
const ATTENDED_CLASSES = 6;

/** Writes the attention weights of a few test documents, if the model has attention. */
function saveAttention({ model, prepared, run }: Trained, probabilities: Float64Array): void {
  const { labelNames } = prepared.dataset;
  const { labels, rowIds } = prepared.test;
  const firsts = labelNames.map((_, c) => labels.indexOf(c)).filter((n) => n >= 0);
  const chosen = firsts.slice(0, ATTENDED_CLASSES);
  const best = argmaxRows(probabilities, labelNames.length);
  const attended = model.attention?.(chosen);
  if (!attended) return;
  const documents = attended.map(({ tokens, heads }, k) => {
    const n = chosen[k];
    const [label, predicted] = [labelNames[labels[n]], labelNames[best[n]]];
    return { row_id: rowIds[n], label, predicted, tokens: [...tokens], heads: heads.map((one) => [...one]) };
  });
  writeAttention(run.paths.attention, documents);
}

/** The summary of a run: the object that `unroll train --json` prints. */
export interface RunSummary {
  /** The run folder. */
  readonly run: string;
  /** `bilstm`, or `rnn from scratch`. */
  readonly model: string;
  /** Weights. */
  readonly params: number;
  /** Number of epochs; left out for a model that is fitted at once. */
  readonly epochs?: number;
  /** The epoch whose weights are kept, from 1; left out likewise. */
  readonly best_epoch?: number;
  /** Documents that the network has learned from again, with `train.refit`; left out where it has not. */
  readonly refit_documents?: number;
  /** Wall time of the training, in seconds. */
  readonly seconds: number;
  /** Mean time of an optimiser step, in seconds; left out likewise. */
  readonly seconds_per_step?: number;
  /** What it computed on. */
  readonly kernel: string;
  /** Threads in use. */
  readonly threads: number;
  /** Headline metrics of the validation part; null without one. */
  readonly val: Readonly<Record<string, number>> | null;
  /** Headline metrics of the test part with the interval of the accuracy, and those of each class; null without one. */
  readonly test: Readonly<Record<string, unknown>> | null;
}

/** The summary of a training in steps. */
export function summariseTraining(
  trained: Trained,
  results: Results,
  {
    session,
    result,
    name,
    seconds: all = result.seconds,
    refitDocuments,
  }: {
    readonly session: Pick<LearningClassifier, 'kernel' | 'threads'>;
    readonly result: TrainingResult;
    /** Its name, if not its `model.type`. */
    readonly name?: string;
    /** Wall time of all that was trained and fitted. Default: of the training. */
    readonly seconds?: number;
    /** Documents of a second training. */
    readonly refitDocuments?: number | undefined;
  },
): RunSummary {
  const { run, model, params, ...rest } = summariseFit(trained, results, {
    seconds: all,
    kernel: session.kernel,
    threads: session.threads,
  });
  const { seconds, ...measured } = rest;
  return {
    ...{ run, model: name ?? model, params },
    epochs: result.epochs,
    best_epoch: result.bestEpoch,
    ...(refitDocuments !== undefined && { refit_documents: refitDocuments }),
    seconds,
    seconds_per_step: rounded(result.stepSeconds / result.steps),
    ...measured,
  };
}

/** The summary of a fit. */
export function summariseFit(
  { model, config, run }: Trained,
  { val, test }: Results,
  { seconds, kernel, threads }: Pick<RunSummary, 'seconds' | 'kernel' | 'threads'>,
): RunSummary {
  return {
    run: run.path,
    model: modelName(config.model),
    params: model.parameters,
    seconds: rounded(seconds),
    kernel,
    threads,
    val: val && { ...headlines(val), ...lossBeforeScaling(val) },
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

/** Log loss before temperature scaling: comparable with a trial of a search, which scales nothing. */
function lossBeforeScaling({ before_scaling: before }: Evaluation): Record<string, number> {
  return before ? { loss_before_scaling: before.log_loss } : {};
}

/** `accuracy_ci95`, or another level where the config asks for one. */
function accuracyInterval(test: Evaluation): Record<string, unknown> {
  return Object.fromEntries(Object.entries(test).filter(([key]) => key.startsWith('accuracy_ci')));
}

function rounded(seconds: number): number {
  return Number(seconds.toPrecision(6));
}
