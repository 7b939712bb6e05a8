/** Starts the studio on a folder. */
import { randomBytes } from 'node:crypto';
import type { JobEvent } from '../jobs/index.ts';
import { startServer } from '../serve/http/index.ts';
import { studioApp } from './app.ts';
import { openClassifiers } from './classifiers.ts';
import { openDocuments } from './documents.ts';
import { openLive } from './live.ts';
import { readPages } from './pages.ts';
import { openTasks } from './tasks.ts';
import { openWorkspace } from './workspace.ts';

/** What to show, and where. */
export interface StudioOptions {
  /** The folder; nothing outside is read or written. */
  readonly dir: string;
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** Default: loopback, only this machine. */
  readonly host?: string;
  /** The sentences of an event of a job. */
  readonly words: (event: JobEvent) => readonly string[];
  /** Milliseconds, monotonic. Default `performance.now`. */
  readonly now?: () => number;
  /** Folder of the built pages. Default those of the package. */
  readonly pages?: string;
}

/** A running studio. */
export interface RunningStudio {
  /** Address of its first page. */
  readonly url: string;
  readonly port: number;
  /** Stops it: running trainings are stopped with their state saved. */
  stop(): Promise<void>;
}

/** Time for answers that are on their way when the studio ends, in ms. */
const GRACE_MS = 2000;

/**
 * Starts the studio.
 * @throws FileError where there is no such folder, UnsupportedError where the pages are not built, ConfigError where the
 *   port cannot be used
 */
export async function startStudio(options: StudioOptions): Promise<RunningStudio> {
  const { dir, port, host = '127.0.0.1', words, now = () => performance.now() } = options;
  const workspace = openWorkspace(dir);
  const pages = readPages(options.pages);
  const tasks = openTasks({ root: workspace.root, words, now });
  const live = openLive(tasks, workspace);
  const classifiers = openClassifiers(workspace);
  const token = randomBytes(24).toString('base64url');
  const documents = openDocuments();
  const app = studioApp({ workspace, tasks, live, documents, classifiers, pages, token }, host);
  const server = await startServer({ fetch: app.fetch, host, port });
  return {
    url: `${server.url}/`,
    port: server.port,
    async stop() {
      await tasks.close();
      live.close();
      await server.stop(GRACE_MS);
      await classifiers.close();
    },
  };
}
