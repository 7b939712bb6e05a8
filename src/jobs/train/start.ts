/** Where a training run begins: its configuration and folder, new or resumed. */
import { basename, extname } from 'node:path';
import { changedKeys } from '../../config/diff.ts';
import {
  type ConfigLayer,
  loadConfig,
  type Override,
  overrideLayer,
  plainLayer,
} from '../../config/index.ts';
import { valueAt } from '../../config/layer.ts';
import { resolveConfig } from '../../config/resolve.ts';
import { suited } from '../../config/suited.ts';
import type { Config, ConfigInput } from '../../config/schema.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { networkOptionsOf } from '../../models/family.ts';
import {
  createRunFolder,
  type PlaceToBegin,
  placeToBegin,
  readDescription,
  readRunConfig,
  resumeCommand,
  type RunDescription,
  type RunFolder,
  STDIN,
  trainingCommand,
} from '../../run/index.ts';
import type { Job } from '../context.ts';
import { readLabelled, withAbsolutePaths } from '../read-data.ts';
import type { Prepared } from '../../classifier/parts.ts';
import { type Dataset, hashRows } from '../../data/dataset.ts';
import { findSource } from '../run-data.ts';
import { modelName } from './save.ts';

/** Settings from a file and from options; later ones override earlier ones. */
export interface Settings {
  /** A configuration: a file, a preset, or an object of its sections. Default: the defaults of every key. */
  readonly config?: string | ConfigInput | undefined;
  /** Single keys over it, as a command line sets them. */
  readonly overrides?: readonly Override[];
}

/** Which run to make or to resume. */
export interface RunRequest extends Settings {
  /**
   * DATA: a file, a folder with one sub-folder per class, `-` for standard input, or the name of a known data set. May be
   * left out where `output` names a run to resume.
   */
  readonly source?: string | undefined;
  /** The run folder. Default `runs/NAME-N`, the first that is free. */
  readonly output?: string | undefined;
}

/** Which network a run trains: the engine's, or the one from scratch. */
export type RunKind = 'train' | 'scratch';

/** A run to resume. */
export interface Resumed {
  readonly config: Config;
  readonly source: string;
  readonly run: RunFolder;
  readonly description: RunDescription;
}

/** The layers of a configuration, lowest first. Errors as `loadConfig`. */
export async function configLayers({ config, overrides = [] }: Settings): Promise<readonly ConfigLayer[]> {
  const given = overrideLayer(overrides);
  if (config === undefined) return [given];
  if (typeof config !== 'string') return [plainLayer(config, 'the configuration'), given];
  return [suited(await loadConfig(config), given), given];
}

/** Where to start a run that was killed before it had begun, and so cannot be resumed; undefined if it has begun. */
export function neverBegun({ source, output }: RunRequest): PlaceToBegin | undefined {
  // without DATA, only a run that has begun knows its data
  return source === undefined ? undefined : placeToBegin({ name: nameOf(source), output });
}

function nameOf(source: string): string {
  return source === STDIN ? 'stdin' : basename(source, extname(source));
}

/**
 * Opens a run to resume. Its own configuration applies; settings of the request must agree with it, except keys
 * without influence on the weights.
 * @throws ConfigError where there is no such run, or the settings differ
 */
export async function resumeRun(request: RunRequest, kind: RunKind): Promise<Resumed> {
  const { source, output } = request;
  if (source === undefined && output === undefined) {
    throw new ConfigError(
      '[--resume] the run to resume must be named, but is not. Give its DATA, or its folder with -o.',
      {
        key: 'resume',
      },
    );
  }
  const run = createRunFolder({ name: nameOf(source ?? ''), output, resume: true });
  const description = readDescription(run.paths.description);
  requireKind(kind, run, description);
  const saved = readRunConfig(run.paths.config);
  const before = withAbsolutePaths(resolveConfig(saved));
  const layers = await configLayers(request);
  const after = withSize(withAbsolutePaths(resolveConfig(saved, ...layers)), before);
  const changed = asksForOther(before, layers)
    ? ['model.type']
    : changedKeys(before, after).filter((key) => !isFree(key));
  if (changed.length > 0) {
    throw new ConfigError(
      `[--resume] the configuration must be that of ${run.path}, but ${changed.join(', ')} ${changed.length === 1 ? 'is' : 'are'} different. ` +
        'Leave it out, or start another run without --resume.',
      { key: changed[0] },
    );
  }
  const { data, status } = description;
  // of a finished run nothing is read
  const own = () =>
    status === 'finished'
      ? data.source
      : findSource(data, `Resume it with: ${resumeCommand(kind, data, run.path)}`);
  return { config: after, source: source ?? own(), run, description };
}

/** With the size of the embedding that the vectors of the run decided, whatever was set. */
function withSize(after: Config, { model }: Config): Config {
  const options = networkOptionsOf(model);
  if (!options || options.vectors === null || !networkOptionsOf(after.model)) return after;
  return { ...after, model: { ...after.model, embedding_dim: options.embedding_dim } };
}

/** Whether a network of one direction is asked for in place of one of two: both have the same type under them. */
function asksForOther({ model }: Config, layers: readonly ConfigLayer[]): boolean {
  if (layers.every(({ values }) => valueAt(values, ['model', 'type']) === undefined)) return false;
  return modelName(resolveConfig(...layers).model) !== modelName(model);
}

/** Refuses to resume a run of another kind. @throws ConfigError that names the command for it */
function requireKind(kind: RunKind, run: RunFolder, { data }: RunDescription): void {
  const found = trainingCommand(run);
  if (found === kind) return;
  throw new ConfigError(
    `[--resume] the run must be one of unroll ${kind}, but ${run.path} is one of unroll ${found}. ` +
      `Resume it with: ${resumeCommand(found, data, run.path)}`,
    { key: 'resume' },
  );
}

/** Refuses to resume with other vectors. @throws DataError */
export function requireSameVectors(
  { vectors }: Pick<Prepared, 'vectors'>,
  { vectors: before }: Pick<RunDescription, 'vectors'>,
): void {
  if (!vectors || !before || vectors.sha256 === before.sha256) return;
  throw new DataError(
    `[--resume] the vectors must be those of the run (SHA-256 ${before.sha256.slice(0, 12)}), but ${vectors.source} has ` +
      `${vectors.sha256.slice(0, 12)}. Restore the file, or start another run.`,
  );
}

/** Refuses to resume on other data. @throws DataError */
export function requireSameData(dataset: Dataset, { data }: Pick<RunDescription, 'data'>): void {
  if (dataset.hash === data.hash) return;
  throw new DataError(
    `[--resume] the data must be that of the run (${data.documents} documents, hash ${data.hash.slice(0, 12)}), but has ` +
      `${dataset.texts.length} documents and hash ${dataset.hash.slice(0, 12)}. Restore the data, or start another run.`,
  );
}

/** SHA-256 of the documents with their corrected labels. */
export function labelsHash({ texts, labels, labelNames, targets }: Dataset): string {
  return hashRows(texts, labels, labelNames, targets);
}

/** @throws DataError for corrections that were edited since the run began; older runs do not say */
export function requireSameCorrections(
  dataset: Dataset,
  { data: { corrections } }: Pick<Config, 'data'>,
  { data: { corrected } }: Pick<RunDescription, 'data'>,
): void {
  if (corrected === undefined || corrected === labelsHash(dataset)) return;
  throw new DataError(
    `[--resume] the corrections must be those that the run began with, but ${corrections ?? 'data.corrections'} was edited since. Restore the file, or start another run.`,
  );
}

/**
 * Refuses to return a finished run for other data than its own; data that is not given is not checked.
 * @throws DataError
 */
export async function requireOwnData(
  { config, description }: Resumed,
  given: string | undefined,
  job: Job,
): Promise<void> {
  if (given === undefined) return;
  const dataset = await readLabelled(given, config, { ...job, notice: () => undefined });
  requireSameData(dataset, description);
}

/** Refuses two options that contradict each other. @throws ConfigError */
export function refuseResumeAndForce({
  resume = false,
  force = false,
}: {
  readonly resume?: boolean;
  readonly force?: boolean;
}): void {
  if (!resume || !force) return;
  throw new ConfigError(
    '[--resume] either --resume (resume the run) or --force (replace it) must be given, but got both. Leave one out.',
    { key: 'resume' },
  );
}

const FREE: readonly string[] = [
  'train.threads',
  'train.device',
  'train.checkpoint_seconds',
  'train.calibrate',
  'train.baseline',
];

/**
 * Keys that may change when a run is resumed: the weights have the same bits whatever their values, except for
 * another device, which is reported.
 */
export function isFree(key: string): boolean {
  return FREE.includes(key) || key.startsWith('evaluate.');
}
