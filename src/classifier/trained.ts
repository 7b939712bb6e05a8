/** A trained classifier: its evaluation and its files. */
import { shellWord } from '../core/shell-word.ts';
import { ConfigError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import { VERSION } from '../core/version.ts';
import { classCounts } from '../data/dataset.ts';
import {
  applyThresholds,
  argmaxRows,
  chooseThresholds,
  evaluatePredictions,
  type Evaluation,
  scaleProbabilities,
  temperatureOf,
  type TokensReadPoint,
  type TypicalDocuments,
  typicalOf,
} from '../evaluate/index.ts';
import { networkOptionsOf, type ModelOptions, savedOptions } from '../models/family.ts';
import { writeModelCard } from '../models/files/index.ts';
import type { FittedClassifier, TextScores } from '../models/model.ts';
import { predictSequences } from '../models/predict.ts';
import { lossOf, type TrainableClassifier } from '../models/trainable.ts';
import type { Settings } from '../settings/sections.ts';
import { tokenizerJsonNotices, writeTokenizerJson } from '../text/tokenizer-json.ts';
import type { TrainingResult } from '../train/index.ts';
import type { ModelFiles } from './model-files.ts';
import type { Prepared, PreparedTexts } from './parts.ts';
import { type TokenWeights, tokenWeights } from './token-weights.ts';
import { accuracyByTokens } from './tokens-read.ts';
import { answerUnknown, frequenciesOf, knownTokens } from './unknown-texts.ts';

/** The interface for measuring and saving a trained classifier of any kind. */
export interface TrainedModel {
  /** How many parameters it has. */
  readonly parameters: number;
  /** V of its sizes. */
  readonly vocabularySize: number;
  /** How it learned; null for a model that is fitted at once. */
  readonly epochs: Pick<TrainingResult, 'epochs' | 'bestEpoch'> | null;
  /** Whether it has calibrated its probabilities itself. */
  readonly calibrated: boolean;
  /** Notices for the model card, in addition to those on the data. */
  readonly notices: readonly string[];
  /** Its predictions for a part. */
  score(part: 'val' | 'test'): TextScores;
  /** How its accuracy on the test part depends on the tokens that it reads; undefined or left out where that is not known. */
  tokensRead?(thresholds: readonly number[] | undefined): readonly TokensReadPoint[] | undefined;
  /** What the tokens of these test documents weigh; undefined or left out for a model without attention. */
  attention?(documents: readonly number[]): TokenWeights[] | undefined;
  /** The parts of its files that depend on the kind of model. */
  files(): Pick<ModelFiles, 'tensors' | 'tokenizerJson' | 'features'> & Pick<ModelFiles['config'], 'loss'>;
}

/** A trained classifier, and how it came to be. */
export interface Trained {
  readonly model: TrainedModel;
  readonly prepared: PreparedTexts;
  readonly config: Settings;
}

/** A session with its best parameters. */
export function trainedInSteps(
  session: TrainableClassifier,
  prepared: Prepared,
  { epochs, bestEpoch }: Pick<TrainingResult, 'epochs' | 'bestEpoch'>,
  model: ModelOptions,
): TrainedModel {
  const { pipeline } = prepared;
  const buckets = networkOptionsOf(model)?.ngram_buckets ?? 0;
  return {
    parameters: session.parameters.count,
    vocabularySize: pipeline.vocabulary.size,
    epochs: { epochs, bestEpoch },
    calibrated: false,
    notices: tokenizerJsonNotices(pipeline.options),
    score(part) {
      const { sequences } = prepared[part];
      return {
        probabilities: predictSequences(session, sequences),
        tokens: Int32Array.from(sequences, (ids) => ids.length),
        known: knownTokens(sequences, buckets),
      };
    },
    tokensRead: (thresholds) =>
      accuracyByTokens(
        { ...prepared.test, truncation: pipeline.options.truncation, thresholds },
        (sequences) => predictSequences(session, sequences),
      ),
    attention: (documents) =>
      tokenWeights(
        session,
        pipeline,
        documents.map((n) => prepared.test.texts[n]),
      ),
    files: () => ({
      tensors: session.tensors(),
      tokenizerJson: writeTokenizerJson(pipeline),
      loss: lossOf(session.plan),
    }),
  };
}

/** A classifier that was fitted. */
export function trainedAtOnce(classifier: FittedClassifier, prepared: PreparedTexts): TrainedModel {
  return {
    parameters: classifier.parameters.count,
    vocabularySize: classifier.features,
    epochs: null,
    calibrated: true,
    notices: classifier.decisions,
    score: (part) => classifier.score(prepared[part].texts),
    files: () => ({ tensors: classifier.tensors(), features: classifier.state() }),
  };
}

/** The calibration of a trained classifier, learned from held-out documents. */
export interface Calibration {
  /** What the logits are divided by; 1 where nothing was learned. */
  readonly temperature: number;
  /** `[C]` thresholds of the classes; left out where none were chosen. */
  readonly thresholds?: readonly number[];
  /** `[N × C]` probabilities of the validation part before both. */
  readonly validation: Float64Array;
  /** [N] tokens of its documents that the model knows; left out where nothing was scored. */
  readonly known?: Int32Array;
  /** What its documents look like; left out where there are none. */
  readonly typical?: TypicalDocuments;
}

/**
 * Calibrates on the validation part; where there is none, `train.calibrate` is off, or the model has calibrated itself,
 * probabilities stay as they are.
 */
export function calibrate({ model, prepared, config }: Trained): Calibration {
  const { labels } = prepared.val;
  const { probabilities: validation, tokens, known } = model.score('val');
  const classes = prepared.dataset.labelNames.length;
  const temperature =
    config.train.calibrate && !model.calibrated
      ? temperatureOf({ probabilities: validation, labels, classes })
      : 1;
  if (labels.length === 0) {
    requireNoThresholds(config);
    return { temperature, validation, known };
  }
  const scaled = scaleProbabilities(validation, classes, temperature);
  const thresholds =
    config.train.thresholds === 'none'
      ? undefined
      : chooseThresholds({ probabilities: scaled, labels, classes });
  const probabilities = applyThresholds(scaled, thresholds);
  const best = Array.from(argmaxRows(probabilities, classes), (c, n) => probabilities[n * classes + c]);
  const proportions = Array.from(known, (count, n) => count / Math.max(1, tokens[n]));
  const typical = typicalOf(best, proportions);
  return { temperature, validation, known, typical, ...(thresholds && { thresholds }) };
}

/** @throws ConfigError if thresholds are requested without a validation part */
export function requireNoThresholds({ train }: Pick<Settings, 'train'>): void {
  if (train.thresholds === 'none') return;
  throw new ConfigError(
    `[train.thresholds] must be none without validation documents, on which thresholds are chosen, but is ${train.thresholds}. Leave some with data.fractions.`,
    { key: 'train.thresholds' },
  );
}

/** @throws ConfigError if both thresholds and the model are to be chosen */
export function requireOneModel({ train }: Pick<Settings, 'train'>): void {
  if (train.auto && train.thresholds !== 'none') {
    throw new ConfigError(
      `[train.thresholds] must be none where validation documents choose the model, but is ${train.thresholds}. Name one with --model, such as bilstm or linear.`,
      { key: 'train.thresholds' },
    );
  }
}

/** Measures a part that has documents; the test part with bootstrap intervals. */
export function measurePart(
  { model, prepared, config: { evaluate, train } }: Trained,
  name: 'val' | 'test',
  { temperature, thresholds, validation, known: ofValidation = new Int32Array() }: Calibration,
): { readonly evaluation: Evaluation; readonly probabilities: Float64Array } {
  const { labels } = prepared[name];
  const { labelNames } = prepared.dataset;
  const { probabilities: scored, known } =
    name === 'val' ? { probabilities: validation, known: ofValidation } : model.score(name);
  const unscaled = scored.slice();
  const scaled = scaleProbabilities(unscaled, labelNames.length, temperature);
  const probabilities = applyThresholds(scaled, thresholds);
  // measured with the same calibration as in prediction
  const frequencies = frequenciesOf(classCounts({ labels: prepared.train.labels, labelNames }));
  for (const rows of [probabilities, unscaled]) answerUnknown(rows, known, frequencies);
  const evaluation = evaluatePredictions(
    {
      ...{ labels, probabilities, labelNames },
      ...(temperature !== 1 && { unscaled: { temperature, probabilities: unscaled } }),
    },
    {
      bootstrap_samples: name === 'test' ? evaluate.bootstrap_samples : 0,
      confidence: evaluate.confidence,
      rng: createRng(train.seed).fork('bootstrap', name),
    },
  );
  const tokens_read = name === 'test' ? model.tokensRead?.(thresholds) : undefined;
  return { evaluation: { ...evaluation, ...(tokens_read && { tokens_read }) }, probabilities };
}

/**
 * What the files of the model hold.
 * @param calibration What it was calibrated to.
 * @param test The evaluation on the test part; null without one.
 * @param command The arguments of the command line that trained it; empty where none did.
 */
export function describeFiles(
  { model, prepared, config }: Trained,
  { temperature, thresholds, typical }: Calibration,
  test: Evaluation | null,
  command: readonly string[] = [],
): ModelFiles & { readonly card: string } {
  const { dataset, splits, train, val, vectors } = prepared;
  const { text } = config;
  const saved = { ...savedOptions(config.model), ...(vectors && { vectors: vectors.name }) };
  const labelNames = dataset.labelNames;
  const { vocabularySize, epochs } = model;
  const { loss, ...files } = model.files();
  const card = writeModelCard({
    name: dataset.name,
    model: saved,
    text,
    params: model.parameters,
    labelNames,
    vocabularySize,
    data: {
      name: dataset.name,
      hash: dataset.hash,
      train: train.labels.length,
      val: val.labels.length,
      test: prepared.test.labels.length,
      notices: [...dataset.notices, ...splits.notices, ...model.notices],
    },
    training: {
      seed: config.train.seed,
      ...epochs,
      ...(command.length > 0 && { command: `unroll ${command.map(shellWord).join(' ')}` }),
    },
    ...(test ? { test } : {}),
    unrollVersion: VERSION,
  });
  return {
    ...files,
    config: {
      ...{ labelNames, vocabularySize, model: saved, text, unrollVersion: VERSION },
      ...(loss && { loss }),
      ...(temperature !== 1 && { temperature }),
      ...(thresholds && { thresholds }),
      ...(typical && { typical }),
      ...(vectors && { vectors: { name: vectors.name, sha256: vectors.sha256, ...vectors.pretrained } }),
      readAs: dataset.readAs,
      classCounts: classCounts({ labels: train.labels, labelNames }),
    },
    card,
  };
}
