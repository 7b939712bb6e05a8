/** Classifiers in memory, so that a text is scored and explained while it is typed. */
import { statSync } from 'node:fs';
import { loadClassifier, openRunFolder, type TextClassifier } from '../run/index.ts';
import type { Workspace } from './workspace.ts';

/** Cache of the last used classifiers. */
export interface Classifiers {
  /** The classifier of a run, as the pages see it. Errors as `loadClassifier` and the workspace. */
  get(path: string): Promise<TextClassifier>;
  close(): Promise<void>;
}

const MOST_OPEN = 3;

/** Makes an empty cache. */
export function openClassifiers(workspace: Workspace): Classifiers {
  const open = new Map<string, Promise<TextClassifier>>();
  const drop = async (key: string) => {
    const classifier = open.get(key);
    open.delete(key);
    await (await classifier?.catch(() => undefined))?.close();
  };
  return {
    async get(path) {
      const folder = workspace.folder(path);
      const key = JSON.stringify([folder, changed(folder)]);
      const found = open.get(key) ?? loadClassifier(folder);
      open.delete(key);
      open.set(key, found);
      found.catch(() => open.delete(key));
      for (const old of [...open.keys()].slice(0, -MOST_OPEN)) await drop(old);
      return found;
    },
    async close() {
      await Promise.all([...open.keys()].map(drop));
    },
  };
}

/** When the model was written, which changes when a run is trained again. */
function changed(folder: string): number {
  try {
    return statSync(openRunFolder(folder).paths.model).mtimeMs;
  } catch {
    return 0;
  }
}
