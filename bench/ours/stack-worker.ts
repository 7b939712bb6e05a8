/** The entry of a stack's worker threads. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveTeam } from '../../src/engine/team.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { createStack, type StackWorkerData } from './stack.ts';

const { spec, modules, memory, control, thread, threads } = workerData as StackWorkerData;
const stack = createStack(spec, threads);
stack.bind(createWasmEngine({ words: stack.words, modules, memory }));
parentPort?.postMessage('ready');
// the message leaves before this thread blocks
setImmediate(() => serveTeam(control, thread, threads, stack.program));
