/** Changes as server-sent events: the tasks, and the metrics of the run that a page shows. */
import { existsSync, statSync } from 'node:fs';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { openRunFolder, readDescription, readMetrics } from '../run/index.ts';
import type { Task, Tasks } from './tasks.ts';
import type { Workspace } from './workspace.ts';

/** Interval at which the files of a run are polled, in ms. */
const LOOK_MS = 400;
/** Interval of keep-alive messages, in ms: a proxy or browser may close a silent connection. */
const ALIVE_MS = 20_000;

/** A task without its result, which may be large. */
export type RunningTask = Omit<Task, 'result'>;

/** Events that a page receives: `tasks` as a list of tasks, `metrics` as the records so far, `status` of the run. */
export type LiveMessage =
  | { readonly event: 'tasks'; readonly data: readonly RunningTask[] }
  | { readonly event: 'metrics'; readonly data: readonly Readonly<Record<string, unknown>>[] }
  | { readonly event: 'status'; readonly data: string };

/** The connections of pages that listen. */
export interface Live {
  /** Answers with a stream that ends when the page is closed or the studio stops. @param run As the pages see it. */
  stream(c: Context, run: string | undefined): Response;
  close(): void;
}

/** Starts without connections. */
export function openLive(tasks: Tasks, workspace: Workspace): Live {
  const ends = new Set<() => void>();
  return {
    stream(c, run) {
      const folder = run === undefined ? undefined : workspace.folder(run);
      return streamSSE(c, async (stream) => {
        let waiting = Promise.resolve();
        const send = ({ event, data }: LiveMessage) => {
          waiting = waiting
            .then(() => stream.writeSSE({ event, data: JSON.stringify(data) }))
            .catch(() => undefined);
        };
        const tell = () => {
          send({ event: 'tasks', data: tasks.list().map(({ result: _result, ...task }) => task) });
        };
        const look = folder === undefined ? () => undefined : watchRun(folder, send);
        tell();
        look();
        const unwatch = tasks.watch(tell);
        const looking = setInterval(look, LOOK_MS);
        const alive = setInterval(() => {
          waiting = waiting
            .then(() => stream.write(': alive\n\n'))
            .then(
              () => undefined,
              () => undefined,
            );
        }, ALIVE_MS);
        await new Promise<void>((end) => {
          ends.add(end);
          stream.onAbort(end);
        });
        unwatch();
        clearInterval(looking);
        clearInterval(alive);
      });
    },
    close() {
      for (const end of ends) end();
    },
  };
}

/** Polls the files of a run, and sends what is new. */
function watchRun(folder: string, send: (message: LiveMessage) => void): () => void {
  const { metrics, description } = openRunFolder(folder).paths;
  let seen = '';
  let status = '';
  const stamp = (path: string) => {
    if (!existsSync(path)) return '-';
    const { mtimeMs, size } = statSync(path);
    return `${mtimeMs}:${size}`;
  };
  let described = '';
  return () => {
    try {
      const now = stamp(metrics);
      if (now !== seen) {
        seen = now;
        send({ event: 'metrics', data: readMetrics(metrics) });
      }
      const then = stamp(description);
      if (then === described || then === '-') return;
      described = then;
      const found = readDescription(description).status;
      if (found !== status) send({ event: 'status', data: found });
      status = found;
    } catch {
      // a file that is being replaced is read next time
      seen = '';
    }
  };
}
