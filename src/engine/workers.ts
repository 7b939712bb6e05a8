/** Workers as threads: those of Node, and those of a page, whose scripts the user's bundler makes. */
import { UnsupportedError } from '../core/errors.ts';

/** A worker of a page: what is used of a `Worker`. */
export interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

/** Starts a worker whose script imports `unrolled/worker`. */
export type StartWorker = () => PageWorker;

/** The first message to a worker of a page: what it is for. */
export type WorkerTask = { readonly unrolled: 'thread' | 'train'; readonly data: unknown };

/** Milliseconds in which a worker must answer: enough to load a script over a slow network. */
const PATIENCE = 60_000;

/** Why threads cannot share memory here; undefined where they can. */
export function threadsMissing(): string | undefined {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  if (typeof SharedArrayBuffer === 'function' && crossOriginIsolated !== false) return undefined;
  return 'the page is not cross-origin isolated. Serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
}

/** Whether this thread may sleep: not the main thread of a page. */
export function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** A worker of a team. */
export interface TeamWorker {
  close(): Promise<void>;
}

/**
 * Starts a thread and waits until it is ready.
 * @param url Its script in Node.
 * @param data What it gets.
 * @param start Starts it in a page.
 * @throws UnsupportedError in a page, where there is no `start` or what it starts does not answer
 */
export async function startThread(url: URL, data: unknown, start?: StartWorker): Promise<TeamWorker> {
  const node = nodeWorkers();
  if (!node) return startPageThread(data, start);
  const worker = new node.Worker(url, { workerData: data });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  worker.unref();
  return { close: async () => void (await worker.terminate()) };
}

async function startPageThread(data: unknown, start: StartWorker | undefined): Promise<TeamWorker> {
  if (!start) {
    throw new UnsupportedError(
      "[threads] more than one in a page need the option worker: () => new Worker(new URL('./unroll-worker.js', import.meta.url), { type: 'module' }), where that script imports 'unrolled/worker'.",
    );
  }
  const worker = start();
  await new Promise<void>((resolve, reject) => {
    hear(worker, reject, ({ data: answer }) => {
      if (answer === 'ready') resolve();
    });
    worker.postMessage({ unrolled: 'thread', data } satisfies WorkerTask);
  }).catch((error: unknown) => {
    worker.terminate();
    throw error;
  });
  return {
    close: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}

/** Hears the messages of a worker; `reject` where it does not start, does not answer, or fails. */
export function hear(
  worker: PageWorker,
  reject: (error: UnsupportedError) => void,
  listener: (event: { readonly data: unknown }) => void,
): void {
  const fail = (problem: string) => {
    reject(
      new UnsupportedError(
        `[worker] its script must be a module that imports 'unrolled/worker', but ${problem}.`,
      ),
    );
  };
  const timer = setTimeout(() => {
    fail(`it did not answer in ${PATIENCE / 1000} s`);
  }, PATIENCE);
  worker.addEventListener('message', (event) => {
    clearTimeout(timer);
    listener(event);
  });
  worker.addEventListener('error', ({ message }) => {
    clearTimeout(timer);
    fail(message ? `it failed: ${message}` : 'it could not be loaded: the console of the browser says why');
  });
}

/** The part of `node:worker_threads` that is used. */
interface NodeWorkers {
  readonly Worker: new (url: URL, options: { workerData: unknown }) => NodeWorker;
}
interface NodeWorker {
  once(event: 'message' | 'error', listener: (value: unknown) => void): void;
  unref(): void;
  terminate(): Promise<number>;
}

function nodeWorkers(): NodeWorkers | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.('node:worker_threads') as NodeWorkers | undefined;
}
