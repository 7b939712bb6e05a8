/** The entry of the peak loop's worker threads. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveTeam } from '../../src/engine/team.ts';
import { type PeakWorkerData, peakProgram } from './peak.ts';

const { engine, control, thread, threads } = workerData as PeakWorkerData;
const program = peakProgram(engine);
parentPort?.postMessage('ready');
// the message leaves before this thread blocks
setImmediate(() => serveTeam(control, thread, threads, program));
