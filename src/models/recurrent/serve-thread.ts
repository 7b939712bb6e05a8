/** A thread of a session: builds the same classifier on the shared memory and serves the team. */
import { createEngine } from '../../engine/choose.ts';
import { serveTeam } from '../../engine/team.ts';
import type { SessionWorkerData } from '../session.ts';
import { createClassifier } from './classifier.ts';

/** Makes this thread one of a session. @returns a function that blocks and serves, to be called once "ready" is sent */
export function joinSession({ plan, engine, memory, control, thread }: SessionWorkerData): () => never {
  const classifier = createClassifier(plan);
  classifier.bind(createEngine(engine, { words: classifier.words, memory }));
  return () =>
    serveTeam(control, thread, plan.threads, (args, own, _threads, barrier) =>
      classifier.run(args, own, barrier),
    );
}
