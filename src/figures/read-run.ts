/** Reads what figures need from a run folder. Whatever a run lacks, such as one still in training, is left out. */
import { existsSync, readFileSync } from 'node:fs';
import { resolveConfig } from '../config/resolve.ts';
import type { Config } from '../config/schema.ts';
import { FileError } from '../core/errors.ts';
import {
  findModelFolder,
  openRunFolder,
  readAttention,
  readBaseline,
  readChoice,
  readDescription,
  readMetrics,
  readRunConfig,
  readScratch,
  readSplits,
  readStrongest,
  readTestResults,
  type RunFolder,
  whatIsThere,
  withFileErrors,
} from '../run/index.ts';
import { asRecurrent, fittedAtOnce } from '../models/family.ts';
import { completeModelOptions } from '../models/options.ts';
import { readModelConfig } from '../models/files/index.ts';
import { lossOptions } from '../train/describe.ts';
import type { Ending, EpochRecord, History, Sources } from './sources.ts';

/** A run as figures see it. */
export interface RunSources {
  /** The folder and the paths in it. */
  readonly run: RunFolder;
  /** The resolved configuration; undefined where the folder has none. */
  readonly config: Config | undefined;
  /** What the folder holds that figures are drawn from. */
  readonly sources: Sources;
}

/**
 * Reads a run folder. The facts of its data set are not in it: the caller adds `audit` where the data is at hand.
 * @throws FileError where there is no run, CorruptFileError where a file of it is damaged.
 */
export function readRunSources(path: string): RunSources {
  const run = openRunFolder(path);
  const { paths } = run;
  if (![paths.description, paths.metrics, paths.test].some(existsSync)) {
    throw new FileError(
      path,
      `[${path}] there must be a run, but ${whatIsThere(path, 'holds neither description.json nor metrics.jsonl')}. Correct the path, or train first.`,
    );
  }
  const config = existsSync(paths.config)
    ? withChoice(run, withScratch(run, resolveConfig(readRunConfig(paths.config))))
    : undefined;
  const model = modelFacts(run, config);
  const sources: Sources = {
    ...(config && fittedAtOnce(config.model) ? {} : { history: readHistory(run, config) }),
    ...(existsSync(paths.test) ? { evaluation: readTestResults(paths.test) } : {}),
    ...(existsSync(paths.scratch) ? { scratch: readScratch(paths.scratch) } : {}),
    ...ngramFacts(run),
    ...(existsSync(paths.attention) ? { attention: readAttention(paths.attention) } : {}),
    ...(model ? { model } : {}),
    ...(model && config ? { training: { ...model, train: config.train } } : {}),
  };
  return { run, config, sources };
}

function readText(path: string): string {
  return withFileErrors(path, 'read the file', () => readFileSync(path, 'utf8'));
}

/** The configuration of a run of `unroll scratch` names the layer; its model is the network from scratch. */
function withScratch({ paths }: RunFolder, config: Config): Config {
  if (config.model.type === 'scratch' || !existsSync(paths.scratch)) return config;
  const { clip, ask } = readScratch(paths.scratch).settings;
  const { hidden_size } = asRecurrent(config.model) ?? { hidden_size: 0 };
  return { ...config, model: { type: 'scratch', hidden_size, clip_value: clip, ask } };
}

/** A run that has chosen the linear model is described as one of it; the network that was tried is gone. */
function withChoice({ paths }: RunFolder, config: Config): Config {
  if (!existsSync(paths.choice) || readChoice(paths.choice).chosen !== 'linear') return config;
  return { ...config, model: completeModelOptions({ type: 'linear' }) };
}

function modelFacts(run: RunFolder, config: Config | undefined): Sources['model'] {
  if (!config || !existsSync(run.paths.model)) return undefined;
  const file = `${findModelFolder(run.paths.model)}/config.json`;
  const { labelNames, vocabularySize, vectors } = readModelConfig(readText(file), { file });
  const { max_length } = config.text;
  return {
    model: config.model,
    vocabulary_size: vocabularySize,
    ...(vectors && { pretrained: { from: vectors.from, fixed: vectors.fixed } }),
    classes: labelNames.length,
    max_length,
    loss: lossOptions(config.train),
  };
}

/** Of the model, or of the linear baseline of a model that has no n-grams. */
function ngramFacts({ paths }: RunFolder): Pick<Sources, 'ngrams'> {
  if (existsSync(paths.strongest))
    return { ngrams: { of: 'the model', classes: readStrongest(paths.strongest) } };
  const strongest = existsSync(paths.baseline) ? readBaseline(paths.baseline).strongest : [];
  return strongest.length > 0 ? { ngrams: { of: 'the linear baseline', classes: strongest } } : {};
}

function readHistory({ paths }: RunFolder, config: Config | undefined): History {
  const epochs = readMetrics(paths.metrics)
    .filter((record) => typeof record.epoch === 'number' && 'val_loss' in record)
    .map((record) => record as unknown as EpochRecord);
  const val = existsSync(paths.splits) ? readSplits(paths.splits).val.length : 0;
  return {
    epochs,
    ending: endingOf(paths.description, epochs.at(-1)?.epoch ?? 0, config),
    patience: config?.train.patience ?? null,
    monitor: config?.train.monitor ?? 'val_loss',
    schedule: config?.train.schedule.type ?? 'constant',
    val_documents: val > 0 ? val : null,
  };
}

function endingOf(description: string, last: number, config: Config | undefined): Ending {
  if (!existsSync(description)) return 'all-epochs';
  const { status } = readDescription(description);
  if (status !== 'finished') return status;
  return config !== undefined && last < config.train.epochs ? 'early-stopping' : 'all-epochs';
}
