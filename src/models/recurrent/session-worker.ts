/** The entry of a session's worker threads in Node. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SessionWorkerData } from '../session.ts';
import { joinSession } from './serve-thread.ts';

const serve = joinSession(workerData as SessionWorkerData);
parentPort?.postMessage('ready');
// lets the message leave before this thread blocks
setImmediate(serve);
