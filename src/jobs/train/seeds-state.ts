/** `seeds.json`: the seeds of a training, and what came out for each. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ConfigError } from '../../core/errors.ts';
import {
  lockRun,
  makeNumbered,
  makeOwnFolder,
  newestRun,
  openRunFolder,
  readJson,
  runEntries,
  type RunFolder,
  type RunLock,
  safeName,
  writeJson,
} from '../../run/index.ts';

const FORMAT = { format: 'unroll.seeds', version: 1 } as const;

/** The file that says that a folder is one of several seeds. */
export const SEEDS_FILE = 'seeds.json';

/** What is kept of the models: all, their probabilities averaged, or the one in the middle. */
export const keepings = ['ensemble', 'median'] as const;
/** What is kept of the models. */
export type Keeping = (typeof keepings)[number];

const metricsOf = z.record(z.string(), z.number());
const spread = z.record(z.string(), z.object({ mean: z.number(), sd: z.number() }));

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  status: z.enum(['unfinished', 'finished']),
  keep: z.enum(keepings),
  /** The seeds in their order; the folder of each is `seed-N`. */
  seeds: z.array(z.int()),
  /** Of each seed, in their order; empty until all are trained. */
  runs: z.array(z.object({ seed: z.int(), val: metricsOf.nullable(), test: metricsOf.nullable() })),
  /** Mean and standard deviation (n − 1) over the seeds. */
  val: spread.nullable(),
  test: spread.nullable(),
  /** The seed whose model is kept; null for the ensemble. */
  median: z.int().nullable(),
});

/** The content of `seeds.json`. */
export type SeedsState = Omit<z.output<typeof schema>, 'format' | 'version'>;

/** Writes the state, whole or not at all. */
export function writeSeeds(folder: string, state: SeedsState): void {
  writeJson(join(folder, SEEDS_FILE), { ...FORMAT, ...state });
}

/** Reads `seeds.json`. Errors as `readJson` */
export function readSeeds(folder: string): SeedsState {
  const { format: _format, version: _version, ...state } = readJson(join(folder, SEEDS_FILE), schema, FORMAT);
  return state;
}

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
