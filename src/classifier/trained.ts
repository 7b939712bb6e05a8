/** A classifier that was just trained: how good it is, and its files. */
import { shellWord } from '../core/shell-word.ts';
import { createRng } from '../core/rng.ts';
import { VERSION } from '../core/version.ts';
import { classCounts } from '../data/dataset.ts';
import { evaluatePredictions, type Evaluation } from '../evaluate/index.ts';
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

/** Measures a part that has documents; the test part with bootstrap intervals. */
export function measurePart(
  { session, prepared, config: { evaluate, train } }: Omit<Trained, 'result'>,
  name: 'val' | 'test',
): { readonly evaluation: Evaluation; readonly probabilities: Float64Array } {
  const { labels, sequences } = prepared[name];
  const probabilities = predictSequences(session, sequences);
  const evaluation = evaluatePredictions(
    { labels, probabilities, labelNames: prepared.dataset.labelNames },
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
 * @param test The evaluation on the test part; null without one.
 * @param command The arguments of the command line that trained it; empty where none did.
 */
export function describeFiles(
  { session, prepared, config, result }: Trained,
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
      readAs: dataset.readAs,
      classCounts: classCounts({ labels: train.labels, labelNames }),
    },
    tokenizerJson: writeTokenizerJson(pipeline),
    card,
  };
}
