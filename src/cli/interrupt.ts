/**
 * Ctrl-C: the first asks for a stop at the next batch, the second ends the process immediately. SIGTERM and SIGHUP (the
 * terminal was closed) do the same.
 *
 * A batch is one long synchronous call, in which no handler of the main thread can run. So a thread of its own watches for
 * the signals: half a second after the first it stops watching, and whatever comes then has the system's own effect.
 */
import { Worker } from 'node:worker_threads';
import { INTERRUPTED } from './exit-codes.ts';

/** A second signal this soon after the first is the same one, delivered twice: npx passes on what the terminal sent to both. */
const SAME_SIGNAL_MS = 500;

/** After a hang-up nobody presses Ctrl-C: what follows is from other programs that ended with the terminal, such as npm. */
const HANG_UP_MS = 10_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signal = (typeof SIGNALS)[number];

/** How long after a first signal others count as the same one, in ms. */
const settleMs = { SIGINT: SAME_SIGNAL_MS, SIGTERM: SAME_SIGNAL_MS, SIGHUP: HANG_UP_MS } as const;

/** A watch on the signals that ask for an end. */
export interface InterruptWatch {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Resolves when a second signal would end the process even within a long synchronous call. Never rejects. */
  readonly ready: Promise<void>;
  /** Gives the signals back to the process. */
  release(): void;
}

/** Watches for SIGINT, SIGTERM and SIGHUP; `onFirst` says what happens now. */
export function watchInterrupt(onFirst: () => void): InterruptWatch {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    onFirst();
  };
  // until the thread watches, and where it cannot
  const here = watchHere(stop);
  const thread = watchOnThread(stop);
  const ready = thread.ready.then((watching) => {
    if (!watching) return;
    here.release();
    if (here.heard !== undefined) thread.tell(here.heard);
  });
  return {
    signal: controller.signal,
    ready,
    release() {
      here.release();
      thread.release();
    },
  };
}

/** Handlers of the main thread: a second signal ends the process once the running batch has ended. */
function watchHere(stop: () => void): { readonly heard: Signal | undefined; release(): void } {
  let heard: Signal | undefined;
  let settled = Infinity;
  const handle = (signal: Signal) => {
    if (performance.now() > settled) process.exit(INTERRUPTED);
    if (heard === undefined) settled = performance.now() + settleMs[signal];
    heard ??= signal;
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return {
    get heard() {
      return heard;
    },
    release() {
      for (const signal of SIGNALS) process.off(signal, handle);
    },
  };
}

/**
 * What the thread runs. `process.on` hears no signals outside the main thread, so this takes the handles beneath it, which
 * only Node's own tests are promised; where they have gone, the main thread's handlers stay.
 */
const THREAD = `
const { constants } = require('node:os');
const { parentPort, workerData } = require('node:worker_threads');
const { Signal } = require('internal/test/binding').internalBinding('signal_wrap');
let heard = false;
const hear = (settleMs) => {
  if (heard) return;
  heard = true;
  setTimeout(() => { for (const each of handles) each.close(); }, settleMs);
};
const handles = Object.entries(workerData).map(([name, settleMs]) => {
  const handle = new Signal();
  handle.onsignal = () => {
    parentPort.postMessage('signal');
    hear(settleMs);
  };
  if (handle.start(constants.signals[name]) !== 0) throw new Error('cannot watch for ' + name);
  return handle;
});
// what the main thread heard before this one watched
parentPort.on('message', hear);
parentPort.postMessage('watching');
`;

interface WatchingThread {
  /** Whether it watches. */
  readonly ready: Promise<boolean>;
  /** Tells it of a signal that came before. */
  tell(heard: Signal): void;
  release(): void;
}

function watchOnThread(stop: () => void): WatchingThread {
  let worker: Worker;
  try {
    worker = new Worker(THREAD, {
      eval: true,
      execArgv: ['--expose-internals', '--no-warnings'],
      workerData: settleMs,
    });
  } catch {
    const nothing = () => undefined;
    return { ready: Promise.resolve(false), tell: nothing, release: nothing };
  }
  const ready = new Promise<boolean>((resolve) => {
    worker.on('message', (message) => {
      if (message === 'signal') {
        stop();
        return;
      }
      // from now on it keeps nothing alive
      worker.unref();
      resolve(true);
    });
    // it ends for want of the handles, or by a release
    worker.on('error', () => resolve(false)).on('exit', () => resolve(false));
  });
  return {
    ready,
    tell: (heard) => worker.postMessage(settleMs[heard]),
    release: () => void worker.terminate(),
  };
}
