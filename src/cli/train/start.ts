/** Where a training run begins: its configuration and folder, new or taken up again. */
import { availableParallelism } from 'node:os';
import { basename, extname } from 'node:path';
import { changedKeys } from '../../config/diff.ts';
import { loadConfig } from '../../config/load.ts';
import { type Override, overrideLayer } from '../../config/overrides.ts';
import { resolveConfig } from '../../config/resolve.ts';
import type { Config } from '../../config/schema.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import { createRunFolder, readDescription, type RunDescription, type RunFolder } from '../../run/index.ts';
import { UsageError } from '../args.ts';
import type { Io } from '../io.ts';
import { loadDataset } from '../load-data.ts';
import { findSource, resumeCommand, trainingCommand, withAbsolutePaths } from '../source.ts';

/** What the user asked for. */
export interface TrainRequest {
  /** DATA; may be left out where `output` names a run to take up again. */
  readonly source: string | undefined;
  /** `-c`. */
  readonly config: string | undefined;
  readonly overrides: readonly Override[];
  /** `-o`. */
  readonly output: string | undefined;
}

/** Which network a run trains: the engine's, or the one from scratch. */
export type RunKind = 'train' | 'scratch';

/** A run to take up again. */
export interface Resumed {
  readonly config: Config;
  readonly source: string;
  readonly run: RunFolder;
  readonly description: RunDescription;
}

/** The configuration of a new run. */
export async function newConfig({
  config,
  overrides,
}: Pick<TrainRequest, 'config' | 'overrides'>): Promise<Config> {
  const layers = config === undefined ? [] : [await loadConfig(config)];
  return withAbsolutePaths(resolveConfig(...layers, overrideLayer(overrides)));
}

/**
 * Opens a run to go on with. Its own configuration holds; what the command line sets must agree with it, but for keys
 * that have no influence on the weights.
 * @throws ConfigError where there is no such run, or the command line asks for another one.
 */
export async function resumeRun(
  { source, config, overrides, output }: TrainRequest,
  kind: RunKind,
): Promise<Resumed> {
  if (source === undefined && output === undefined) {
    throw new UsageError(
      '[command line] --resume must be told which run to go on with: DATA, or its folder with -o.',
    );
  }
  const name = basename(source ?? '', extname(source ?? ''));
  const run = createRunFolder({ name: source === '-' ? 'stdin' : name, output, resume: true });
  const description = readDescription(run.paths.description);
  requireKind(kind, run, description);
  const saved = await loadConfig(run.paths.config);
  const layers = config === undefined ? [] : [await loadConfig(config)];
  const before = withAbsolutePaths(resolveConfig(saved));
  const after = withAbsolutePaths(resolveConfig(saved, ...layers, overrideLayer(overrides)));
  const changed = changedKeys(before, after).filter((key) => !isFree(key));
  if (changed.length > 0) {
    throw new ConfigError(
      `[--resume] the configuration must be that of ${run.path}, but ${changed.join(', ')} ${changed.length === 1 ? 'is' : 'are'} set otherwise. ` +
        'Leave that out, or start another run without --resume.',
      { key: changed[0] },
    );
  }
  const { data, status } = description;
  // of a finished run nothing is read
  const own = () =>
    status === 'finished'
      ? data.source
      : findSource(data, `Go on with: ${resumeCommand(kind, data, run.path)}`);
  return { config: after, source: source ?? own(), run, description };
}

/** Refuses to go on with a run of another kind. @throws ConfigError that names the command for it */
function requireKind(kind: RunKind, run: RunFolder, { data }: RunDescription): void {
  const found = trainingCommand(run);
  if (found === kind) return;
  throw new ConfigError(
    `[--resume] the run must be one of unroll ${kind}, but ${run.path} is one of unroll ${found}. ` +
      `Go on with it by: ${resumeCommand(found, data, run.path)}`,
    { key: 'resume' },
  );
}

/** Refuses to go on with a run on other data. @throws DataError */
export function requireSameData(dataset: Dataset, { data }: Pick<RunDescription, 'data'>): void {
  if (dataset.hash === data.hash) return;
  throw new DataError(
    `[--resume] the data must be that of the run (${data.documents} documents, hash ${data.hash.slice(0, 12)}), but has ` +
      `${dataset.texts.length} documents and hash ${dataset.hash.slice(0, 12)}. Restore the data, or start another run.`,
  );
}

/**
 * Refuses a finished run as the outcome for other data than its own; data that is not given is not looked at.
 * @throws DataError
 */
export async function requireOwnData(
  { config, description }: Resumed,
  given: string | undefined,
  io: Io,
): Promise<void> {
  if (given === undefined) return;
  requireSameData(await loadDataset(given, config, io, () => undefined), description);
}

/** Refuses two options that contradict each other. @throws UsageError */
export function refuseResumeAndForce({
  resume,
  force,
}: {
  readonly resume: boolean;
  readonly force: boolean;
}): void {
  if (!resume || !force) return;
  throw new UsageError(
    '[command line] either --resume (go on with the run) or --force (replace it) must be given, but got both. Leave one out.',
  );
}

/** Keys that may change between the parts of a run: the weights have the same bits whatever they are. */
export function isFree(key: string): boolean {
  return key === 'train.threads' || key === 'train.checkpoint_seconds' || key.startsWith('evaluate.');
}

/** The number of threads that `train.threads` stands for on this machine. */
export function threadCount(threads: Config['train']['threads']): number {
  // beyond four, waiting for each other costs more than another thread brings for models of this size
  return threads === 'auto' ? Math.min(4, availableParallelism()) : threads;
}
