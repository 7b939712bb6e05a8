/** The entry of the threads that learn vectors by skip-gram. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveTeam, type TeamControl } from '../../engine/team.ts';
import { createSkipgramProgram, type SkipgramMemory, type SkipgramTask } from './skipgram-program.ts';

interface SkipgramWorkerData {
  readonly task: SkipgramTask;
  readonly memory: SkipgramMemory;
  readonly control: TeamControl;
  readonly thread: number;
  readonly threads: number;
}

const { task, memory, control, thread, threads } = workerData as SkipgramWorkerData;
const run = createSkipgramProgram(task, memory);
parentPort?.postMessage('ready');
// lets the message leave before this thread blocks
setImmediate(() => serveTeam(control, thread, threads, run));
