/** Run folders: where they are created, what they may replace, and the paths in them. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { ConfigError, CorruptFileError } from '../core/errors.ts';
import { maxOf } from '../core/lists.ts';
import { isTemporaryName, writeFileAtomic } from './atomic.ts';
import { withFileErrors } from './file-errors.ts';
import { makeFolder } from './folders.ts';
import { LOCK_NAME, lockRun, type RunLock } from './run-lock.ts';

/** Names of the things in a run folder. `--force` removes these and nothing else. */
export const runEntries = {
  config: 'config.resolved.yaml',
  description: 'description.json',
  metrics: 'metrics.jsonl',
  splits: 'splits.json',
  predictions: 'predictions.csv',
  test: 'test.json',
  validation: 'validation.json',
  baseline: 'baseline.json',
  choice: 'choice.json',
  strongest: 'strongest.json',
  attention: 'attention.json',
  scratch: 'scratch.json',
  figures: 'figures',
  report: 'report.html',
  checkpoints: 'checkpoints',
  model: 'model',
} as const;

/** A run's folder. */
export interface RunFolder {
  /** The folder, as it was given. */
  readonly path: string;
  /** The paths, existing or not. */
  readonly paths: Readonly<Record<keyof typeof runEntries, string>>;
  /** Whether to resume an earlier run. */
  readonly resumed: boolean;
}

/** Which folder to create or open. */
export interface RunFolderOptions {
  /** Name of the run; the folder is `ROOT/NAME-1`, `NAME-2`, … the first that is free. */
  readonly name: string;
  /** The exact folder (`-o`), instead. */
  readonly output?: string | undefined;
  /** Folder of the numbered runs. Default `runs`. */
  readonly root?: string;
  /** Replace the run in `output`; other files there are left alone. */
  readonly force?: boolean;
  /** Resume the run in `output`, or the newest one of that name. */
  readonly resume?: boolean;
}

/** A run folder locked by this process. */
export type HeldRunFolder = RunFolder & Pick<RunLock, 'release'>;

/**
 * Makes or opens a run folder as {@link createRunFolder} does, for this process alone until it is released. What killed
 * processes were writing there is removed.
 * @throws as createRunFolder, and ConfigError where another process has the folder
 */
export function holdRunFolder(options: RunFolderOptions): HeldRunFolder {
  let lock: RunLock | undefined;
  try {
    const run = createRunFolder(options, (path) => {
      lock = lockRun(path);
    });
    removeLeftovers(run.path);
    removeLeftovers(run.paths.checkpoints);
    return { ...run, release: () => lock?.release() };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/**
 * Makes the folder of a new run, or opens the one to resume.
 * @param onFolder Called when the folder is there, before anything in it is changed.
 * @throws ConfigError where `output` is in use and neither `force` nor `resume` says what to do, or there is nothing
 * to resume.
 * @throws FileError where the folder cannot be made.
 */
export function createRunFolder(
  { name, output, root = 'runs', force = false, resume = false }: RunFolderOptions,
  onFolder: (path: string) => void = () => undefined,
): RunFolder {
  const safe = safeName(name);
  if (resume || output === undefined) {
    const run = resume
      ? resumeRun(output ?? newestRun(root, safe), { name: safe, root })
      : openRunFolder(makeNumbered(root, safe));
    onFolder(run.path);
    return run;
  }
  const existing = withFileErrors(output, 'make the run folder', () =>
    listFolder(output).filter((entry) => entry !== LOCK_NAME),
  );
  if (existing.length > 0 && !force) {
    throw new ConfigError(
      `[-o] the run folder must be new or empty, but ${output} holds ${existing.slice(0, 3).join(', ')}${existing.length > 3 ? ', …' : ''}. Give another folder, --resume to resume the run in it, or --force to replace it.`,
      { key: 'output' },
    );
  }
  makeFolder(output, 'make the run folder');
  onFolder(output);
  withFileErrors(output, 'empty the run folder', () => {
    for (const entry of Object.values(runEntries))
      fs.rmSync(join(output, entry), { recursive: true, force: true });
  });
  return openRunFolder(output);
}

/** Where a run begins that was to be resumed, but was killed before it had begun. */
export interface PlaceToBegin {
  /** Its folder; undefined for a numbered one. */
  readonly output: string | undefined;
  /** Whether it holds what a start wrote before it was killed. */
  readonly force: boolean;
}

/** What a run writes before its description, which says that it has begun. */
const START = new Set<string>([runEntries.config, runEntries.splits, runEntries.scratch]);

/**
 * Where the run is to begin whose folder {@link createRunFolder} would resume; undefined where it has begun.
 * @throws CorruptFileError where a run has lost its description
 */
export function placeToBegin({ name, output, root = 'runs' }: RunFolderOptions): PlaceToBegin | undefined {
  const path = output ?? newestRun(root, safeName(name));
  if (path === undefined) return { output, force: false };
  const entries = withFileErrors(path, 'read the run folder', () => listFolder(path));
  if (entries.includes(runEntries.description)) return undefined;
  const known = entries.filter((entry) => Object.values<string>(runEntries).includes(entry));
  const lost = known.filter((entry) => !START.has(entry));
  if (lost.length === 0) return { output: path, force: known.length > 0 };
  throw new CorruptFileError(
    path,
    `[${path}] a run must have its ${runEntries.description}, but this one has ${lost.slice(0, 3).join(', ')} without it. ` +
      'Restore it from a copy, or train again with --force.',
  );
}

/** The paths of a run in a folder, existing or not. */
export function openRunFolder(path: string, { resumed = false }: { resumed?: boolean } = {}): RunFolder {
  const paths = Object.fromEntries(
    Object.entries(runEntries).map(([key, entry]) => [key, join(path, entry)]),
  );
  return { path, paths: paths as Record<keyof typeof runEntries, string>, resumed };
}

/** Writes the resolved configuration, whole or not at all. */
export function writeResolvedConfig(run: RunFolder, yaml: string): void {
  writeFileAtomic(run.paths.config, yaml);
}

function resumeRun(path: string | undefined, { name, root }: { name: string; root: string }): RunFolder {
  if (path === undefined) {
    throw new ConfigError(
      `[--resume] there must be a run to resume, but ${root} holds none called ${name}. Name its folder with -o, or start without --resume.`,
      { key: 'resume' },
    );
  }
  const run = openRunFolder(path, { resumed: true });
  if (!fs.existsSync(run.paths.description)) {
    throw new ConfigError(
      `[--resume] there must be a run to resume, but ${path} ${fs.existsSync(path) ? 'holds no description.json' : 'does not exist'}. Correct the folder, or start without --resume.`,
      { key: 'resume' },
    );
  }
  return run;
}

/** Removes what a killed process was writing. */
function removeLeftovers(folder: string): void {
  withFileErrors(folder, 'tidy the run folder', () => {
    for (const entry of listFolder(folder)) {
      if (isTemporaryName(entry)) fs.rmSync(join(folder, entry), { recursive: true, force: true });
    }
  });
}

/** Makes the next free `ROOT/NAME-N`; two programs that start at once get different ones. */
export function makeNumbered(root: string, name: string): string {
  makeFolder(root, 'make the run folder');
  return withFileErrors(root, 'make the run folder', () => {
    for (let n = Math.max(0, maxOf(numbers(root, name))) + 1; ; n++) {
      const path = join(root, `${name}-${n}`);
      try {
        fs.mkdirSync(path);
        return path;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  });
}

/** The `ROOT/NAME-N` with the largest N; undefined where there is none. */
export function newestRun(root: string, name: string): string | undefined {
  const newest = Math.max(0, maxOf(numbers(root, name)));
  return newest === 0 ? undefined : join(root, `${name}-${newest}`);
}

/** The N of all `NAME-N` in a folder. */
function numbers(root: string, name: string): number[] {
  return listFolder(root)
    .filter((entry) => entry.startsWith(`${name}-`) && /^\d{1,9}$/.test(entry.slice(name.length + 1)))
    .map((entry) => Number(entry.slice(name.length + 1)));
}

function listFolder(path: string): string[] {
  return fs.existsSync(path) ? fs.readdirSync(path).sort() : [];
}

/** A name that every file system takes. */
export function safeName(name: string): string {
  return (
    name
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[.-]+|[.-]+$/g, '')
      .slice(0, 80) || 'run'
  );
}
