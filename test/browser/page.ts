/** The check's page: does tasks on its own thread, or hands them to a module worker. */
import { perform, type Task } from './workload.ts';

/** Where a task is done. */
export type Thread = 'main thread' | 'worker';

/** What a worker answers. */
export type Answer = { readonly result: unknown } | { readonly error: string };

declare global {
  /** What the test calls in the page. */
  var checkBits: (thread: Thread, task: Task) => Promise<unknown>;
}

function inWorker(task: Task): Promise<unknown> {
  const worker = new Worker('worker.js', { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      worker.terminate();
      if ('error' in data) reject(new Error(data.error));
      else resolve(data.result);
    });
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(`the worker did not start: ${message}`));
    });
    worker.postMessage(task);
  });
}

/** Does a task there. */
export function checkBits(thread: Thread, task: Task): Promise<unknown> {
  return thread === 'worker' ? inWorker(task) : perform(task);
}

globalThis.checkBits = checkBits;
