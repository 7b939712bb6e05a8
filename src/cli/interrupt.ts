/**
 * Ctrl-C: the first asks for a stop at the next batch, the second ends the process immediately. SIGTERM and SIGHUP (the
 * terminal was closed) do the same.
 *
 * A batch is one long synchronous call, in which no handler of the main thread can run. So a thread of its own watches for
 * the signals: half a second after the first it stops watching, and what comes then has the system's own effect.
 */
import { Worker } from 'node:worker_threads';
import { INTERRUPTED } from './exit-codes.ts';

/**
 * A second signal this soon after the first is the same one delivered twice: npx forwards what the terminal sent to
 * both.
 */
const SAME_SIGNAL_MS = 500;

/**
 * After a hang-up, further signals come from other programs that ended with the terminal, such as npm, not from
 * Ctrl-C.
 */
const HANG_UP_MS = 10_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signal = (typeof SIGNALS)[number];

/** How long after the first signal others count as the same, in ms. */
const settleMs = { SIGINT: SAME_SIGNAL_MS, SIGTERM: SAME_SIGNAL_MS, SIGHUP: HANG_UP_MS } as const;

/** Watches the signals that end a process. */
export interface InterruptWatch {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Restores the default handling of the signals. */
  release(): void;
}

/** Watches SIGINT, SIGTERM and SIGHUP; `onFirst` is called for the first. Waits for a thread to start. */
export function watchInterrupt(onFirst: () => void): InterruptWatch {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    onFirst();
  };
  const { release } = watchOnThread(stop) ?? watchHere(stop);
  return { signal: controller.signal, release };
}

/** Fallback handlers on this thread: a second signal ends the process only after the running batch. */
function watchHere(stop: () => void): Pick<InterruptWatch, 'release'> {
  let settled: number | undefined;
  const handle = (signal: Signal) => {
    if (settled !== undefined && performance.now() > settled) process.exit(INTERRUPTED);
    settled ??= performance.now() + settleMs[signal];
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return {
    release() {
      for (const signal of SIGNALS) process.off(signal, handle);
    },
  };
}

/** Longest wait for the thread to start, in ms. */
const THREAD_START_MS = 5000;
/** States of the shared word: the thread starts, watches, or cannot watch. */
const STARTS = 0;
const WATCHES = 1;
const CANNOT = 2;

/**
 * The program of the thread. `process.on` receives no signals outside the main thread, so this uses the internal
 * handles beneath it; if a version of Node lacks them, the main thread watches.
 */
const THREAD = `
const { constants } = require('node:os');
const { parentPort, workerData: { state, settleMs } } = require('node:worker_threads');
const say = (what) => {
  Atomics.store(state, 0, what);
  Atomics.notify(state, 0);
};
try {
  const { Signal } = require('internal/test/binding').internalBinding('signal_wrap');
  let heard = false;
  const handles = Object.entries(settleMs).map(([name, ms]) => {
    const handle = new Signal();
    handle.onsignal = () => {
      if (heard) return;
      heard = true;
      parentPort.postMessage('signal');
      setTimeout(() => { for (const each of handles) each.close(); }, ms);
    };
    if (handle.start(constants.signals[name]) !== 0) throw new Error('cannot watch for ' + name);
    return handle;
  });
  say(${WATCHES});
} catch {
  say(${CANNOT});
  process.exit();
}
`;

function watchOnThread(stop: () => void): Pick<InterruptWatch, 'release'> | undefined {
  const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let worker: Worker;
  try {
    worker = new Worker(THREAD, {
      eval: true,
      execArgv: ['--expose-internals', '--no-warnings'],
      workerData: { state, settleMs },
    });
  } catch {
    return undefined;
  }
  worker.unref();
  // a failed thread needs no clean-up
  worker.on('message', stop).on('error', () => undefined);
  const release = () => void worker.terminate();
  // the next batch may block this thread for long: wait here instead
  Atomics.wait(state, 0, STARTS, THREAD_START_MS);
  if (Atomics.load(state, 0) === WATCHES) return { release };
  release();
  return undefined;
}
