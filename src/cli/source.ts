/** The data of a run, as its description keeps it, so that it is found again from any folder. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { knownDatasets } from '../data/known/index.ts';
import { resumeCommand, type RunDescription, STDIN, trainingCommand } from '../run/index.ts';
import { UsageError } from './args.ts';

type KeptSource = Pick<RunDescription['data'], 'source' | 'given'>;

export { resumeCommand, STDIN, trainingCommand };

/** DATA for a description: the absolute path of a file or folder beside what was typed; other sources as they are. */
export function keepSource(typed: string): KeptSource {
  if (typed === STDIN || knownDatasets.names.includes(typed)) return { source: typed };
  const source = resolve(typed);
  return source === typed ? { source } : { source, given: typed };
}

/**
 * Where a run's data is now: where it was or, where that is gone with the folder around it, as typed from here.
 * @param needed Says what to do where the data came from standard input and is thus gone.
 * @throws UsageError in that case
 */
export function findSource({ source, given }: KeptSource, needed: string): string {
  if (source === STDIN) {
    throw new UsageError(
      `[data] the data of the run came from standard input and must be given again, but was not. ${needed}`,
    );
  }
  return given !== undefined && !existsSync(source) && existsSync(given) ? given : source;
}

/** The configuration with absolute paths of the files that it names, so that it holds in any folder. */
export function withAbsolutePaths(config: Config): Config {
  const { label_map, split_ids } = config.data;
  return {
    ...config,
    data: {
      ...config.data,
      label_map: typeof label_map === 'string' ? resolve(label_map) : label_map,
      split_ids: split_ids === null ? null : resolve(split_ids),
    },
  };
}
