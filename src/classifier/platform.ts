/** What differs between Node and a browser, for a training. */
import { type StartWorker, threadsMissing } from '../engine/workers.ts';
import { UnsupportedError } from '../core/errors.ts';
import { networkOptionsOf } from '../models/family.ts';
import type { Settings } from '../settings/sections.ts';
import { type LearnedFrom, learnFromTexts } from '../vectors/learned.ts';
import type { GivenVectors } from '../vectors/place.ts';
import type { GpuModule } from './device.ts';

/** What differs between Node and a browser. */
export interface Platform {
  /** The number of threads that `train.threads` stands for. */
  threads(setting: Settings['train']['threads'], worker?: StartWorker): number;
  /**
   * Vectors that the settings name; undefined where they name none. Texts: those of the training part. An error that
   * `progress` throws ends the learning of vectors.
   */
  vectors(
    texts: readonly string[],
    settings: Settings,
    watch?: Pick<LearnedFrom, 'progress'>,
  ): Promise<GivenVectors | undefined>;
  /** Loads the part for the GPU; left out where a page names it. */
  gpu?(): Promise<GpuModule>;
  /** Writes the files of a folder; left out where there are no folders. */
  write?(folder: string, files: ReadonlyMap<string, Uint8Array>): void;
}

/** Most threads by default: beyond four, synchronisation costs more than another thread gains. */
export const MOST_THREADS = 4;

/** Threads of a page are workers that it must start itself, on memory that it must be allowed to share. */
export const browserPlatform: Platform = {
  threads(setting, worker) {
    if (threadsMissing() !== undefined) return 1;
    if (setting !== 'auto') return setting;
    return worker ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
  },
  // a page reads no files, but can learn from the texts
  async vectors(texts, { model, text }, watch = {}) {
    const options = networkOptionsOf(model);
    if (!options || options.vectors === null) return undefined;
    const { vectors: name, vectors_texts: also, vectors_freeze: freeze } = options;
    if (name === 'learn' && also === null)
      return { vectors: await learnFromTexts(texts, text, watch), freeze: freeze === true };
    const [key, value, what] =
      name === 'learn' ? ['model.vectors_texts', also, 'a file'] : ['model.vectors', name, 'vectors'];
    throw new UnsupportedError(
      `[${key}] must not name ${what} in a page, which reads no files, but is ${JSON.stringify(value)}. Set model.vectors to learn alone, or train in Node.`,
    );
  },
};
