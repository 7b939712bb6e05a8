/** A classifier that was just trained: how good it is, and its files. */
import { shellWord } from '../core/shell-word.ts';
import { createRng } from '../core/rng.ts';
import { VERSION } from '../core/version.ts';
import { classCounts } from '../data/dataset.ts';
import {
  evaluatePredictions,
  type Evaluation,
  scaleProbabilities,
  temperatureOf,
} from '../evaluate/index.ts';
import { savedOptions } from '../models/family.ts';
import { writeModelCard } from '../models/files/index.ts';
import { predictSequences } from '../models/predict.ts';
import { lossOf, type TrainableClassifier } from '../models/trainable.ts';
import type { Settings } from '../settings/sections.ts';
import { tokenizerJsonNotices, writeTokenizerJson } from '../text/tokenizer-json.ts';
import type { TrainingResult } from '../train/index.ts';
import type { ModelFiles } from './model-files.ts';
import type { Prepared } from './parts.ts';

/** A trained classifier, its best parameters in the session, and how it came to be. */
export interface Trained {
  readonly session: TrainableClassifier;
  readonly prepared: Prepared;
  readonly config: Settings;
  readonly result: TrainingResult;
}

/** How sure a trained classifier is, as learned from documents that it did not learn from. */
export interface Calibration {
  /** What the logits are divided by; 1 where nothing was learned. */
  readonly temperature: number;
  /** `[N × C]` probabilities of the validation part before that. */
  readonly validation: Float64Array;
}

/** Calibrates on the validation part; where there is none, or `train.calibrate` is off, probabilities stay as they are. */
export function calibrate({ session, prepared, config }: Omit<Trained, 'result'>): Calibration {
  const { labels, sequences } = prepared.val;
  const validation = predictSequences(session, sequences);
  const classes = prepared.dataset.labelNames.length;
  const temperature = config.train.calibrate
    ? temperatureOf({ probabilities: validation, labels, classes })
    : 1;
  return { temperature, validation };
}

/** Measures a part that has documents; the test part with bootstrap intervals. */
export function measurePart(
  { session, prepared, config: { evaluate, train } }: Omit<Trained, 'result'>,
  name: 'val' | 'test',
  { temperature, validation }: Calibration,
): { readonly evaluation: Evaluation; readonly probabilities: Float64Array } {
  const { labels, sequences } = prepared[name];
  const { labelNames } = prepared.dataset;
  const unscaled = name === 'val' ? validation : predictSequences(session, sequences);
  const probabilities = scaleProbabilities(unscaled, labelNames.length, temperature);
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
  return { evaluation, probabilities };
}

/**
 * What the files of the model hold.
 * @param calibration What it was calibrated to.
 * @param test The evaluation on the test part; null without one.
 * @param command The arguments of the command line that trained it; empty where none did.
 */
export function describeFiles(
  { session, prepared, config, result }: Trained,
  { temperature }: Calibration,
  test: Evaluation | null,
  command: readonly string[] = [],
): ModelFiles & { readonly card: string } {
  const { dataset, splits, pipeline, train, val } = prepared;
  const { text } = config;
  const saved = savedOptions(config.model);
  const labelNames = dataset.labelNames;
  const vocabularySize = pipeline.vocabulary.size;
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
    unrollVersion: VERSION,
  });
  return {
    tensors: session.tensors(),
    config: {
      ...{ labelNames, vocabularySize, model: saved, text, unrollVersion: VERSION },
      loss: lossOf(session.plan),
      ...(temperature !== 1 && { temperature }),
      readAs: dataset.readAs,
      classCounts: classCounts({ labels: train.labels, labelNames }),
    },
    tokenizerJson: writeTokenizerJson(pipeline),
    card,
  };
}
