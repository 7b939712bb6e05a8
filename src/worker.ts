/**
 * What a worker of a page runs, so that it trains or is a thread of a training: a script of one line,
 * `import 'unrolled/worker';`, is enough. The first message says what it is for.
 * @module
 */
import { type FromWorker, sentError, type ToWorker, type TrainingTask } from './classifier/in-worker.ts';
import { train } from './classifier/train.ts';
import type { TrainingTexts } from './classifier/train-arguments.ts';
import type { PageWorker, WorkerTask } from './engine/workers.ts';
import { joinSession } from './models/recurrent/serve-thread.ts';
import type { SessionWorkerData } from './models/session.ts';

const scope = globalThis as unknown as Pick<PageWorker, 'postMessage'> & EventTarget & { location: Location };

/** Further threads run the same script. */
const startThread = (): PageWorker => new Worker(scope.location.href, { type: 'module' });

const first = (event: Event): void => {
  const task = (event as MessageEvent<Partial<WorkerTask> | undefined>).data;
  if (task?.unrolled === undefined) return; // a message of the script's own
  scope.removeEventListener('message', first);
  if (task.unrolled === 'thread') joinTeam(task.data as SessionWorkerData);
  else void trainHere(task.data as TrainingTask);
};
// Node, which has no such scope, may import it without harm
if ('addEventListener' in scope) scope.addEventListener('message', first);

function joinTeam(data: SessionWorkerData): void {
  const serve = joinSession(data);
  scope.postMessage('ready');
  // the message leaves before this thread blocks
  setTimeout(serve);
}

async function trainHere({ source, options }: TrainingTask): Promise<void> {
  const post = (message: FromWorker) => {
    scope.postMessage(message);
  };
  const signal = { aborted: false };
  let answer: (go: boolean) => void = () => {};
  scope.addEventListener('message', (event) => {
    const message = (event as MessageEvent<ToWorker>).data;
    if ('stop' in message) signal.aborted = true;
    else answer(message.go);
  });
  try {
    const classifier = await train(source as TrainingTexts, {
      ...options,
      signal,
      worker: startThread,
      gpu: () => import('./gpu.ts'),
      listener(event) {
        const asks = event.type === 'epoch';
        post({ event, asks });
        return asks ? new Promise<boolean>((resolve) => (answer = resolve)) : undefined;
      },
    });
    const { training, parts, notices } = classifier;
    const evaluation = parts.test > 0 ? classifier.evaluation : null;
    post({ done: { files: classifier.files(), evaluation, training, parts, notices } });
    await classifier.close();
  } catch (error) {
    post({ failed: sentError(error) });
  }
}
