/** Estimates how long the stages of a workshop take, from the sizes of the data and the networks. */
import type { Config } from '../../config/schema.ts';
import type { Dataset } from '../../data/dataset.ts';
import { asRecurrent, parametersOf } from '../../models/family.ts';
import type { WorkshopSettings } from './settings.ts';
import type { StageName } from './state.ts';

/** Seconds on two cores of 2.5 GHz; once a stage is measured, the progress uses the speed of the machine. */
const SECONDS = {
  /** For a million multiplications of the engine's layers, forward, backward and weights. */
  engine: 4.2e-5,
  /** For a million parameters of the embedding, in each step of Adam. */
  update: 5e-3,
  /** For a million multiplications from plain arrays, in one thread. */
  scratch: 1.3e-2,
  /** For a million characters that are audited. */
  audit: 0.5,
  warmUpEpoch: 0.04,
  warmUp: 0.6,
  figures: 4,
  comparison: 1,
  report: 9,
} as const;

/** Time of a trial as a proportion of that of a training with the parameters of the preset: pruned and smaller trials take less. */
const TRIAL = 0.6;

/** Seconds of each stage, roughly. */
export function estimateStages(dataset: Dataset, settings: WorkshopSettings): Record<StageName, number> {
  const { configs, scratch } = settings;
  const characters = dataset.texts.reduce((sum, text) => sum + text.length, 0) / 1e6;
  const trained = (config: Config) => {
    const { epochs, patience, batch_size } = config.train;
    const expected = expectedEpochs({ epoch: 0, epochs, best: 0, patience });
    const multiplied = (expected * tokensRead(dataset, config) * multiplications(config)) / 1e6;
    if (config === configs.scratch) return SECONDS.scratch * multiplied;
    const steps = (expected * dataset.texts.length * config.data.fractions[0]) / batch_size;
    const embedding = (config.text.vocabulary_size * (asRecurrent(config.model)?.embedding_dim ?? 0)) / 1e6;
    return SECONDS.engine * multiplied + SECONDS.update * steps * embedding;
  };
  return {
    audit: SECONDS.audit * characters,
    scratch: SECONDS.warmUp + SECONDS.warmUpEpoch * scratch.task_epochs + trained(configs.scratch),
    rnn: trained(configs.rnn) / (1 - searchedPart(settings, 'rnn')),
    bilstm: trained(configs.bilstm) / (1 - searchedPart(settings, 'bilstm')),
    figures: SECONDS.figures,
    comparison: SECONDS.comparison,
    report: SECONDS.report,
  };
}

/** Proportion of a classifier's stage that its search takes, in [0, 1): trials, then the best one once more. */
export function searchedPart({ searches }: Pick<WorkshopSettings, 'searches'>, name: StageName): number {
  const search = name === 'rnn' || name === 'bilstm' ? searches[name] : null;
  const trials = (search?.tune.trials ?? 0) * TRIAL;
  return trials / (trials + 1);
}

/** Training tokens per epoch; a token has about six characters. */
function tokensRead({ texts }: Dataset, { text, data }: Config): number {
  const read = texts.reduce((sum, { length }) => sum + Math.min(text.max_length, length / 6), 0);
  return read * data.fractions[0];
}

/** Weights of the recurrent layers: each is used once a token. */
function multiplications({ model }: Config): number {
  const recurrent = asRecurrent(model);
  if (!recurrent) return 0;
  return parametersOf(recurrent, { vocabularySize: 2, classes: 2 })
    .filter(({ name }) => name.startsWith('rnn.weight'))
    .reduce((sum, { count }) => sum + count, 0);
}

/**
 * Expected epochs of a training: with early stopping at least the patience, and hardly less than half of all epochs.
 */
export function expectedEpochs({
  epoch,
  epochs,
  best,
  patience,
}: {
  readonly epoch: number;
  readonly epochs: number;
  readonly best: number;
  readonly patience: number | null;
}): number {
  if (patience === null) return epochs;
  return Math.min(epochs, Math.max(Math.ceil(epochs / 2), best + patience, epoch));
}
