/** What differs between Node and a browser, for a training. */
import { type StartWorker, threadsMissing } from '../engine/workers.ts';
import type { Settings } from '../settings/sections.ts';
import type { GivenVectors } from '../vectors/place.ts';
import type { GpuModule } from './device.ts';

/** What differs between Node and a browser. */
export interface Platform {
  /** The number of threads that `train.threads` stands for. */
  threads(setting: Settings['train']['threads'], worker?: StartWorker): number;
  /** Pretrained vectors that the settings name; left out where there are no files. */
  vectors?(texts: readonly string[], settings: Settings): Promise<GivenVectors | undefined>;
  /** Loads the part for the GPU; left out where a page names it. */
  gpu?(): Promise<GpuModule>;
  /** Writes the files of a folder; left out where there are no folders. */
  write?(folder: string, files: ReadonlyMap<string, Uint8Array>): void;
}

/** Most threads by default: beyond four, synchronisation costs more than another thread gains. */
const MOST_THREADS = 4;

/** Threads of a page are workers that it must start itself, on memory that it must be allowed to share. */
export const browserPlatform: Platform = {
  threads(setting, worker) {
    if (threadsMissing() !== undefined) return 1;
    if (setting !== 'auto') return setting;
    return worker ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
  },
};
