/** The data of a run: how its path is recorded, and how it is found again from any folder. */
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { ConfigError, UnrollError } from '../core/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import { knownDatasets } from '../data/known/index.ts';
import type { RunDescription } from '../run/description.ts';
import { STDIN } from '../run/resume-command.ts';
import type { Job } from './context.ts';
import type { DataMissing } from './events.ts';
import { readLabelled } from './read-data.ts';

type KeptSource = Pick<RunDescription['data'], 'source' | 'given'>;

/** DATA for a description: the absolute path of a file or folder and the path as typed; other sources unchanged. */
export function keepSource(typed: string): KeptSource {
  if (typed === STDIN || knownDatasets.names.includes(typed)) return { source: typed };
  const source = resolve(typed);
  return source === typed ? { source } : { source, given: typed };
}

/**
 * Where a run's data is now: at its absolute path or, if that is gone, at the path as typed, relative to this folder.
 * @param needed A sentence: what to do if the data came from standard input and is thus gone.
 * @throws ConfigError in that case
 */
export function findSource({ source, given }: KeptSource, needed: string): string {
  if (source === STDIN) {
    throw new ConfigError(
      `[data] the data of the run came from standard input and must be given again, but was not. ${needed}`,
    );
  }
  return given !== undefined && !existsSync(source) && existsSync(given) ? given : source;
}

/** The data of a run, or why it cannot be used. */
export type RunData =
  | { readonly dataset: Dataset; readonly missing: null }
  | {
      readonly dataset: null;
      readonly missing: DataMissing;
      /** The error, a sentence, where the data could not be read. */
      readonly why: string | null;
    };

/**
 * Reads the data of a run again, without notices. It must be unchanged; otherwise, callers that need it only for a
 * figure or a warning do without it.
 * @param config The run's own, so that the data is read as it was.
 */
export async function readRunData(
  { data }: Pick<RunDescription, 'data'>,
  config: Config,
  job: Pick<Job, 'stdin' | 'cacheDir'>,
): Promise<RunData> {
  if (data.source === STDIN) return { dataset: null, missing: 'stdin', why: null };
  const source = findSource(data, '');
  if (isAbsolute(source) && !existsSync(source)) return { dataset: null, missing: 'gone', why: null };
  try {
    const dataset = await readLabelled(source, config, { ...job, notice: () => undefined });
    if (dataset.hash !== data.hash) return { dataset: null, missing: 'changed', why: null };
    return { dataset, missing: null };
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    return { dataset: null, missing: 'unreadable', why: error.message };
  }
}
