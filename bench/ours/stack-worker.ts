/** The entry of a stack's worker threads. */
import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from '../../src/engine/choose.ts';
import { serveTeam } from '../../src/engine/team.ts';
import { createStack, type StackWorkerData } from './stack.ts';

const { spec, engine, memory, control, thread, threads } = workerData as StackWorkerData;
const stack = createStack(spec, threads);
stack.bind(createEngine(engine, { words: stack.words, memory }));
parentPort?.postMessage('ready');
// the message leaves before this thread blocks
setImmediate(() => serveTeam(control, thread, threads, stack.program));
