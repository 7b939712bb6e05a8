/** The entry of a session's worker threads: builds the same classifier on the shared memory and serves the team. */
import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from '../../engine/choose.ts';
import { serveTeam } from '../../engine/team.ts';
import { createClassifier } from './classifier.ts';
import type { SessionWorkerData } from '../session.ts';

const { plan, engine, memory, control, thread } = workerData as SessionWorkerData;
const classifier = createClassifier(plan);
classifier.bind(createEngine(engine, { words: classifier.words, memory }));
parentPort?.postMessage('ready');
// the message leaves before this thread blocks
setImmediate(() =>
  serveTeam(control, thread, plan.threads, (args, own, _threads, barrier) =>
    classifier.run(args, own, barrier),
  ),
);
