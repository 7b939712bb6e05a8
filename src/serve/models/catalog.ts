/** The models of a server: found by name and version, and replaced where their folders change. */
import { FileError } from '../../core/errors.ts';
import { modelFolderOf } from '../../run/index.ts';
import { HttpError } from '../http/index.ts';
import type { LoadedModel } from '../scoring/messages.ts';
import type { Pool } from '../scoring/pool.ts';
import type { Scheduler } from '../scoring/scheduler.ts';
import { signatureOf, takeSnapshot } from './snapshot.ts';
import type { ModelSpec } from './specs.ts';

/** A loaded model. */
export interface ServedModel extends ModelSpec {
  /** Its id in the pool; changes with each reload. */
  readonly model: number;
  /** Classes and type. */
  readonly loaded: LoadedModel;
  /** How often it was reloaded. */
  readonly reloads: number;
}

/** Events of the catalog. */
export type CatalogEvent =
  | { readonly what: 'loaded'; readonly served: ServedModel }
  | { readonly what: 'reloaded'; readonly served: ServedModel }
  | { readonly what: 'not-reloaded'; readonly served: ServedModel; readonly error: Error };

interface Entry {
  served: ServedModel;
  readonly folder: string;
  /** State of the loaded files. */
  signature: string;
  /**
   * State of changed files that were seen once: they are loaded if they are still the same next time, since a copy in
   * progress keeps changing.
   */
  seen: string | undefined;
  /** State of files that could not be loaded. */
  refused: string | undefined;
}

/** Options of {@link openCatalog}. */
export interface CatalogOptions {
  readonly pool: Pool;
  readonly scheduler: Scheduler;
  readonly listener?: (event: CatalogEvent) => void;
}

/** Attempts to read a model that a training is replacing, and the time between them in ms. */
const TRIES = 20;
const TRY_MS = 250;

/** The models of a server. */
export class Catalog {
  readonly #entries: readonly Entry[];
  readonly #options: CatalogOptions;

  constructor(entries: readonly Entry[], options: CatalogOptions) {
    this.#entries = entries;
    this.#options = options;
  }

  /** All models, in the order in which they were given. */
  get all(): readonly ServedModel[] {
    return this.#entries.map(({ served }) => served);
  }

  /** The versions of a name, the default one last. */
  versions(name: string): readonly ServedModel[] {
    return this.all.filter((one) => one.name === name);
  }

  /**
   * The model that a request asks for.
   * @param name Default: the only one.
   * @param version Default: the last one that was given.
   * @throws HttpError 404 where there is none, 422 where a name is needed
   */
  find(name?: string, version?: string): ServedModel {
    const names = [...new Set(this.all.map((one) => one.name))];
    if (name === undefined && names.length > 1) {
      throw new HttpError(
        422,
        `[model] one of ${names.join(', ')} must be named, but none is. Add "model": "${names[0]}".`,
      );
    }
    const own = this.versions(name ?? names[0]);
    if (own.length === 0)
      throw new HttpError(404, `[model] must be one of ${names.join(', ')}, but is another name.`);
    const found = version === undefined ? own.at(-1) : own.find((one) => one.version === version);
    if (found) return found;
    const versions = own.map((one) => one.version).join(', ');
    throw new HttpError(404, `[version] of ${own[0].name} must be one of ${versions}, but is another.`);
  }

  /** Reloads models whose folders changed; if one cannot be loaded, the old one stays. */
  async refresh(): Promise<void> {
    for (const entry of this.#entries) await this.#refresh(entry);
  }

  async #refresh(entry: Entry): Promise<void> {
    const signature = await signatureOf(entry.folder);
    const seenBefore = signature === entry.seen;
    entry.seen = signature;
    if (signature === undefined || !seenBefore) return;
    if (signature === entry.signature || signature === entry.refused) return;
    const taken = await takeSnapshot(entry.served.path, entry.folder);
    if (taken?.signature !== signature) return;
    const { pool, scheduler, listener } = this.#options;
    const before = entry.served;
    try {
      const { model, loaded } = await pool.load(taken.snapshot);
      entry.served = { ...before, model, loaded, reloads: before.reloads + 1 };
      entry.signature = signature;
      entry.refused = undefined;
    } catch (error) {
      entry.refused = signature;
      listener?.({ what: 'not-reloaded', served: before, error: error as Error });
      return;
    }
    listener?.({ what: 'reloaded', served: entry.served });
    // requests that are already accepted are answered by the old model
    void scheduler.idle(before.model).then(() => pool.unload(before.model));
  }
}

/**
 * Loads models.
 * @throws FileError, CorruptFileError where one cannot be loaded
 */
export async function openCatalog(specs: readonly ModelSpec[], options: CatalogOptions): Promise<Catalog> {
  const entries: Entry[] = [];
  for (const spec of specs) {
    const folder = modelFolderOf(spec.path);
    const { snapshot, signature } = await firstSnapshot(spec.path, folder);
    const { model, loaded } = await options.pool.load(snapshot);
    const served = { ...spec, model, loaded, reloads: 0 };
    entries.push({ served, folder, signature, seen: signature, refused: undefined });
    options.listener?.({ what: 'loaded', served });
  }
  return new Catalog(entries, options);
}

async function firstSnapshot(path: string, folder: string) {
  for (let t = 0; t < TRIES; t++) {
    const taken = await takeSnapshot(path, folder);
    if (taken) return taken;
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  throw new FileError(
    path,
    `[${path}] the files of the model must be readable, and must not change while they are read, but do or are not. Wait for the training to end, or check who may read them.`,
  );
}
