/**
 * The entry of worker threads. For a search: trains one trial at a time, and asks after each epoch whether to continue. For a
 * cross-validation: trains on one fold at a time.
 */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { scoreFold } from '../../classifier/fold.ts';
import { invariant, UnrollError } from '../../core/errors.ts';
import { networkOptionsOf } from '../../models/family.ts';
import { type TrialFold, unpackPart } from '../../tune/training/documents.ts';
import { measureTrial } from '../../tune/training/measure.ts';
import { trainTrial } from '../../tune/training/train-trial.ts';
import { vectorsFor } from '../../vectors/for-texts.ts';
import { openStore } from '../checkpoints.ts';
import { encodeFold } from '../../classifier/parts.ts';
import {
  ANSWER,
  type FromWorker,
  GO_ON,
  type SharedDocuments,
  STOP,
  type ToWorker,
  type TrialWorkerData,
  WAIT,
  type WorkerConfig,
  type WorkerFold,
} from './protocol.ts';

const { documents, classes, engine, control } = workerData as TrialWorkerData;
const words = new Int32Array(control);
const now = () => performance.now();

const send = (message: FromWorker) => parentPort?.postMessage(message);

/** Sends, and sleeps until the main thread has answered whether to continue. */
function ask(message: FromWorker): boolean {
  Atomics.store(words, ANSWER, WAIT);
  send(message);
  Atomics.wait(words, ANSWER, WAIT);
  return Atomics.load(words, ANSWER) === GO_ON;
}

const foldsFor = createFolds(documents);

/** Folds by a trial's text options; the last ones are kept, as the next trial may read its texts alike. */
function createFolds(
  given: SharedDocuments,
): (config: Pick<WorkerConfig, 'text' | 'model'>) => readonly TrialFold[] {
  if (given.kind === 'encoded') {
    const folds = given.folds.map(({ train, val, ...rest }) => ({
      ...rest,
      train: unpackPart(train),
      val: unpackPart(val),
    }));
    return () => folds;
  }
  let last: { readonly key: string; readonly folds: readonly TrialFold[] } | undefined;
  return (config) => {
    const key = JSON.stringify([config.text, networkOptionsOf(config.model)?.ngram_buckets]);
    if (last?.key !== key) last = { key, folds: given.folds.map((rows) => encodeFold(given, rows, config)) };
    return last.folds;
  };
}

async function work(message: ToWorker): Promise<FromWorker> {
  if (message.type === 'score') return { type: 'scored', scores: await score(message) };
  const { config } = message;
  const folds = foldsFor(config);
  const task = { config, classes, engine, now };
  if (message.type === 'measure') return { type: 'measured', cost: await measureTrial(task, folds) };
  const { checkpoints, metric, latency } = message;
  const outcome = await trainTrial({
    ...task,
    folds,
    metric,
    latency,
    ...(checkpoints !== null && {
      store: (fold: number) => openStore(join(checkpoints, `fold-${fold + 1}`)),
    }),
    onEpoch: (fold, epoch) => ask({ type: 'epoch', fold, epoch }),
    onFold: (fold, ended) => ask({ type: 'fold', fold, outcome: ended }),
    interrupted: () => Atomics.load(words, STOP) === 1,
  });
  return { type: 'trained', outcome };
}

/** Trains on a fold; the main thread hears the epochs, and is not waited for. */
async function score({ config, rows, checkpoints, margins }: WorkerFold) {
  invariant(documents.kind === 'texts', 'folds of a cross-validation are encoded by their workers');
  const began = now();
  const scores = await scoreFold({ ...documents, classes }, rows, config, {
    vectors: (texts, settings) => vectorsFor(texts, settings, {}),
    engine,
    now,
    store: openStore(checkpoints),
    margins,
    onEpoch: (epoch) => send({ type: 'epoch', fold: 0, epoch }),
    interrupted: () => Atomics.load(words, STOP) === 1,
  });
  return scores && { ...scores, seconds: (now() - began) / 1000 };
}

function failed(error: unknown): FromWorker {
  const kind = error instanceof UnrollError ? error.kind : null;
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { type: 'failed', kind, message, stack };
}

parentPort?.on('message', (message: ToWorker) => {
  work(message).catch(failed).then(send, send);
});
send({ type: 'ready' });
