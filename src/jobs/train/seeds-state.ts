/** The folder of a training of several seeds. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import {
  lockRun,
  makeNumbered,
  makeOwnFolder,
  newestRun,
  openRunFolder,
  readSeeds,
  runEntries,
  type RunFolder,
  type RunLock,
  safeName,
  SEEDS_FILE,
} from '../../run/index.ts';

/** The folder of a seed. */
export function seedFolder(folder: string, seed: number): string {
  return join(folder, `seed-${seed}`);
}

/** A folder that no other process writes into. */
export interface HeldSeeds {
  readonly run: RunFolder;
  readonly resumed: boolean;
  release(): void;
}

/** Makes the folder of several seeds, `runs/NAME-seeds-N` unless another is given, or opens one to resume. @throws ConfigError */
export function holdSeedsFolder(
  name: string,
  {
    output,
    force,
    resume,
  }: { readonly output: string | undefined; readonly force: boolean; readonly resume: boolean },
): HeldSeeds {
  const numbered = safeName(`${name}-seeds`);
  const path = resume ? toResume(numbered, output) : (output ?? makeNumbered('runs', numbered));
  const lock = output === undefined || resume ? lockRun(path) : makeSeedsFolder(output, force);
  return { run: openRunFolder(path), resumed: resume, release: lock.release };
}

/** Refuses to resume the folder as one run while its seeds are not all trained. @throws ConfigError */
export function refuseUnfinishedSeeds(path: string): void {
  if (!existsSync(join(path, SEEDS_FILE))) return;
  const { status, seeds } = readSeeds(path);
  if (status === 'finished') return;
  throw new ConfigError(
    `[--resume] the seeds must be named, since ${path} is a training of ${seeds.length} seeds that is not finished. ` +
      `Resume it with the DATA and settings that it began with, and --seeds ${seeds.length}.`,
    { key: 'seeds' },
  );
}

function makeSeedsFolder(output: string, force: boolean): RunLock {
  const seeds = existsSync(output) ? readdirSync(output).filter((entry) => /^seed-\d+$/.test(entry)) : [];
  const entries = {
    state: SEEDS_FILE,
    ...runEntries,
    ...Object.fromEntries(seeds.map((entry) => [entry, entry])),
  };
  return makeOwnFolder(output, { what: 'training of several seeds', entries, force });
}

function toResume(numbered: string, output: string | undefined): string {
  const path = output ?? newestRun('runs', numbered);
  if (path !== undefined && existsSync(join(path, SEEDS_FILE))) return path;
  const found =
    path === undefined
      ? `runs holds no ${numbered}-N`
      : `${path} ${existsSync(path) ? `holds no ${SEEDS_FILE}` : 'does not exist'}`;
  throw new ConfigError(
    `[--resume] there must be a training of several seeds to resume, but ${found}. Name its folder with -o, or start without --resume.`,
    { key: 'resume' },
  );
}
