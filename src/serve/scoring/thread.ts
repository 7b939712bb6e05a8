/** A thread of the server, as the server sees it. */
import { Worker } from 'node:worker_threads';
import { type Answers, fromThrown, type Question, type ThreadSetup, type ThrownError } from './messages.ts';
import { createProgram } from './program.ts';

/** Answers requests. */
export interface Thread {
  /** @throws UnrollError thrown by the work; ThreadEndedError if the thread died before it answered */
  ask<Q extends Question>(question: Q): Promise<Answers[Q['ask']]>;
  /** Ends it. */
  close(): Promise<void>;
}

/** A thread died, such as for lack of memory. */
export class ThreadEndedError extends Error {
  override readonly name = 'ThreadEndedError';
}

/** Makes a thread; `onEnd` is called if it dies. */
export type StartThread = (setup: ThreadSetup, onEnd: (why: string) => void) => Thread;

/** A reply of a thread. */
export type Reply =
  | { readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly thrown: ThrownError };

/** For tests: does the work on this thread, asynchronously. */
export const startHere: StartThread = (setup) => {
  const program = createProgram(setup);
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask(question) {
      const answer = last
        .then(() => new Promise((resolve) => setImmediate(resolve)))
        .then(() => program(question));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: () => Promise.resolve(),
  };
};

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** A real worker thread. */
export const startWorker: StartThread = (setup, onEnd) => {
  // compiled, this file and the worker's end in .js
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: setup });
  const waiting = new Map<number, Waiting>();
  let [next, closing, ended] = [0, false, false];
  const end = (why: string) => {
    if (ended) return;
    ended = true;
    for (const { reject } of waiting.values()) reject(new ThreadEndedError(why));
    waiting.clear();
    if (!closing) onEnd(why);
  };
  worker.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('thrown' in reply) asked?.reject(fromThrown(reply.thrown));
    else asked?.resolve(reply.answer as never);
  });
  worker.on('error', (error) => {
    end(error instanceof Error ? error.message : String(error));
  });
  worker.on('exit', (code) => {
    end(`exit code ${code}`);
  });
  return {
    ask(question) {
      return new Promise((resolve, reject) => {
        if (ended) {
          reject(new ThreadEndedError('the thread has ended'));
          return;
        }
        waiting.set(next, { resolve, reject });
        worker.postMessage({ id: next++, question });
      });
    },
    async close() {
      closing = true;
      await worker.terminate();
    },
  };
};
