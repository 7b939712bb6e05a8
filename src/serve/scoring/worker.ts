/** The file that a thread of the server runs. */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../core/errors.ts';
import { type Question, type ThreadSetup, toThrown } from './messages.ts';
import { createProgram } from './program.ts';
import type { Reply } from './thread.ts';

const port = parentPort;
invariant(port !== null, 'this file runs in a worker');
const program = createProgram(workerData as ThreadSetup);
let last: Promise<void> = Promise.resolve();

port.on('message', ({ id, question }: { readonly id: number; readonly question: Question }) => {
  // one after another, so that a model is loaded before the requests that follow
  last = last.then(async () => {
    let reply: Reply;
    try {
      reply = { id, answer: await program(question) };
    } catch (error) {
      reply = { id, thrown: toThrown(error) };
    }
    port.postMessage(reply);
  });
});
