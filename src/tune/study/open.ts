/** Making, loading, copying and deleting studies. */
import { ConfigError } from '../../core/errors.ts';
import { pruners } from '../pruners/index.ts';
import type { Pruner } from '../pruners/pruner.ts';
import { samplers } from '../samplers/index.ts';
import type { Sampler } from '../samplers/sampler.ts';
import type { StudyRecord, StudyStorage } from '../storage/contract.ts';
import { needStudy } from '../storage/find-study.ts';
import { MemoryStorage } from '../storage/memory.ts';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.ts';
import { renumberRetries } from '../trial/retry.ts';
import { Study } from './study.ts';

/** Storage, sampler and pruner of a study. */
export interface StudyOptions {
  /** Its storage. Default in memory. */
  readonly storage?: StudyStorage;
  /** Default TPE. */
  readonly sampler?: Sampler;
  /** Default the median rule. */
  readonly pruner?: Pruner;
  /** Seed of the default sampler, an integer in [0, 2^32). Default 0. */
  readonly seed?: number;
  /** How often parameters that repeat an earlier trial are sampled again, an integer from 0. Default 0: never. */
  readonly redraws?: number;
  /** Called with warnings. Default: printed to the console. */
  readonly onWarning?: (message: string) => void;
}

/** Options of a new study. */
export interface CreateStudyOptions extends StudyOptions {
  /** Default `study-1`, `study-2`, … */
  readonly name?: string;
  /** Whether to minimise or maximise the objective. Default minimize. */
  readonly direction?: Direction;
  /** One per objective, instead of `direction`. */
  readonly directions?: readonly Direction[];
  /** Load an existing study of this name. Default false. */
  readonly loadIfExists?: boolean;
}

/**
 * Makes a study.
 * @throws ConfigError where the name is taken or is none (1 to 512 characters), where both `direction` and `directions` are
 *   given, or, with `loadIfExists`, where its study has other directions
 */
export async function createStudy({
  name,
  direction,
  directions,
  loadIfExists = false,
  storage = new MemoryStorage(),
  ...options
}: CreateStudyOptions = {}): Promise<Study> {
  if (direction && directions) {
    throw new ConfigError('[directions] must not be given together with direction. Drop one.');
  }
  const wanted = directions ?? [direction ?? 'minimize'];
  const found = loadIfExists && name !== undefined ? await storage.findStudy(name) : undefined;
  if (found && found.directions.join() !== wanted.join()) {
    throw new ConfigError(
      `[study ${found.name}] must ${wanted.join(', ')}, but the one in ${storage.url} is there to ${found.directions.join(', ')}. Use another name.`,
    );
  }
  const record = found ?? (await make(storage, name ?? (await freeName(storage)), wanted, loadIfExists));
  return openStudy(record, storage, options);
}

/** Makes a study; with `loadIfExists`, one that another process has just made is loaded. */
async function make(
  storage: StudyStorage,
  name: string,
  directions: readonly Direction[],
  loadIfExists: boolean,
): Promise<StudyRecord> {
  try {
    return await storage.createStudy(name, directions);
  } catch (error) {
    const found = loadIfExists && error instanceof ConfigError ? await storage.findStudy(name) : undefined;
    if (!found) throw error;
    return found;
  }
}

/** Loads a study. @throws ConfigError where there is none of this name, with a list of those there are */
export async function loadStudy({
  name,
  storage,
  ...options
}: StudyOptions & { readonly name: string; readonly storage: StudyStorage }): Promise<Study> {
  return openStudy(await needStudy(storage, name), storage, options);
}

/** Deletes a study and its trials. @throws ConfigError where there is none of this name */
export async function deleteStudy({ name, storage }: StudyPlace): Promise<void> {
  await storage.deleteStudy((await needStudy(storage, name)).id);
}

/** A study in a storage. */
export interface StudyPlace {
  /** The study's name. */
  readonly name: string;
  /** Its storage. */
  readonly storage: StudyStorage;
}

/**
 * Copies a study with its attributes and trials atomically. Finished trials cannot be changed or deleted: `keep`
 * leaves some out of the copy.
 * @param to Name and storage of the copy; default the same, but one of them must differ.
 * @param keep Which trials are copied; they are renumbered. Default all.
 * @throws ConfigError where there is no such study, or the new name is taken
 */
export async function copyStudy(
  from: StudyPlace,
  to: Partial<StudyPlace>,
  { keep = () => true }: { readonly keep?: (trial: FrozenTrial) => boolean } = {},
): Promise<void> {
  const record = await needStudy(from.storage, from.name);
  const { storage = from.storage, name = from.name } = to;
  const trials = await from.storage.trials(record.id);
  await storage.importStudy({ ...record, name }, renumberRetries(trials.filter(keep)));
}

function openStudy(
  record: StudyRecord,
  storage: StudyStorage,
  {
    seed = 0,
    sampler = samplers.create({ type: 'tpe' }, { seed }),
    pruner = pruners.create({ type: 'median' }),
    redraws = 0,
    onWarning = (message) => {
      console.warn(message);
    },
  }: Omit<StudyOptions, 'storage'>,
): Study {
  return new Study({ storage, sampler, pruner, redraws, onWarning }, record);
}

async function freeName(storage: StudyStorage): Promise<string> {
  const taken = new Set((await storage.studies()).map(({ name }) => name));
  let i = 1;
  while (taken.has(`study-${i}`)) i++;
  return `study-${i}`;
}
