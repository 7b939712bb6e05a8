/** Fits a model that reads texts itself to the training part of its documents. */
import type { Settings } from '../settings/sections.ts';
import { fittedAtOnce } from '../models/family.ts';
import type { FittedClassifier } from '../models/model.ts';
import type { ModelOptions } from '../models/options.ts';
import { trainingWeights } from '../train/spec.ts';
import type { FittingEvent } from './events.ts';
import type { PreparedTexts } from './parts.ts';

/** Progress and interruption of a fit. */
export interface FitWatch {
  /** Called with the progress. */
  readonly listener: (event: FittingEvent) => void;
  /** Awaited now and then, so that signals and timers are processed; an error that it throws ends the fit. */
  readonly pause: () => Promise<void>;
}

/**
 * Fits a model to the training part; undefined for a model that learns in steps.
 * @throws ConfigError for class weights that do not fit the classes
 * @throws DataError where nothing can be learned from the documents
 */
export async function fitModel(
  model: ModelOptions,
  { dataset, train }: PreparedTexts,
  { text, train: options }: Pick<Settings, 'text' | 'train'>,
  { listener, pause }: FitWatch,
): Promise<FittedClassifier | undefined> {
  const definition = fittedAtOnce(model);
  if (!definition) return undefined;
  const classes = dataset.labelNames.length;
  const classWeights = trainingWeights(options, train.labels, classes);
  const progress = async (done: number) => {
    listener({ type: 'fitting', done });
    await pause();
  };
  await progress(0);
  return definition.fit(
    model,
    {
      texts: train.texts,
      labels: train.labels,
      ...(train.targets && { targets: train.targets }),
      classes,
      ...(classWeights && { classWeights }),
    },
    { text, seed: options.seed, progress },
  );
}
