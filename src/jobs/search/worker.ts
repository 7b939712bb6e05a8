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
import { vectorsFor, warmUpTexts } from '../../vectors/for-texts.ts';
import { openStore } from '../checkpoints.ts';
import { type EncodedFold, encodeFold } from '../../classifier/parts.ts';
import { pretrainedOf, withVectors } from '../../classifier/plan.ts';
import { warmUpOf } from '../../classifier/warm-up.ts';
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

/** A fold by the ids of its documents. */
type EncodedTrialFold = Pick<EncodedFold, 'train' | 'val' | 'vocabularySize' | 'vectors'> &
  Partial<Pick<EncodedFold, 'others'>>;

const { documents, classes, engine, control } = workerData as TrialWorkerData;
const words = new Int32Array(control);
const now = () => performance.now();

const interrupted = () => Atomics.load(words, STOP) === 1;

const send = (message: FromWorker) => parentPort?.postMessage(message);

/** Sends a message, and blocks until the main thread has answered whether to continue. */
function ask(message: FromWorker): boolean {
  Atomics.store(words, ANSWER, WAIT);
  send(message);
  Atomics.wait(words, ANSWER, WAIT);
  return Atomics.load(words, ANSWER) === GO_ON;
}

const encodedFor = createFolds(documents);

/** Folds by how a trial reads its texts; the last ones are kept, as the next trial may read them alike. */
function createFolds(given: SharedDocuments): (config: WorkerConfig) => Promise<readonly EncodedTrialFold[]> {
  if (given.kind === 'encoded') {
    const folds = given.folds.map(({ train, val, vocabularySize }) => ({
      ...{ train: unpackPart(train), val: unpackPart(val), vocabularySize },
    }));
    return () => Promise.resolve(folds);
  }
  let last: { readonly key: string; readonly folds: readonly EncodedTrialFold[] } | undefined;
  return async (config) => {
    const { ngram_buckets, vectors, vectors_texts, vectors_others, vectors_freeze } =
      networkOptionsOf(config.model) ?? {};
    const key = JSON.stringify([
      config.text,
      ...[ngram_buckets, vectors, vectors_texts, vectors_others, vectors_freeze],
      ...[config.train.warm_up, config.train.warm_up_texts],
    ]);
    if (last?.key === key) return last.folds;
    const folds: EncodedTrialFold[] = [];
    const more = await warmUpTexts(config.train, {});
    for (const rows of given.folds) {
      const texts = Array.from(rows.train, (i) => given.texts[i]);
      folds.push(encodeFold(given, rows, config, await vectorsFor(texts, config, {}), more));
    }
    last = { key, folds };
    return folds;
  };
}

interface TrialFolds {
  readonly config: WorkerConfig;
  readonly folds: readonly TrialFold[];
  readonly encoded: readonly EncodedTrialFold[];
}

/** The folds as a trial trains on them, and its settings with what word vectors decide. */
async function foldsFor(given: WorkerConfig): Promise<TrialFolds> {
  const encoded = await encodedFor(given);
  const config = encoded.length > 0 ? withVectors(given, encoded[0]) : given;
  const folds = encoded.map(({ vectors, others: _, ...fold }): TrialFold => {
    if (!vectors) return fold;
    const training = pretrainedOf(config, { vectors });
    return { ...fold, vectors: { placed: vectors.pretrained, training } };
  });
  return { config, folds, encoded };
}

async function work(message: ToWorker): Promise<FromWorker> {
  if (message.type === 'score') return { type: 'scored', scores: await score(message) };
  const { config, folds, encoded } = await foldsFor(message.config);
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
    warmUp: (fold) =>
      warmUpOf(config, encoded[fold], encoded[fold].others ?? [], {
        ...{ engine, threads: 1, now, interrupted },
        ...(checkpoints !== null && { store: openStore(join(checkpoints, `fold-${fold + 1}-warm-up`)) }),
      }),
    onEpoch: (fold, epoch) => ask({ type: 'epoch', fold, epoch }),
    onFold: (fold, ended) => ask({ type: 'fold', fold, outcome: ended }),
    interrupted,
  });
  return { type: 'trained', outcome };
}

/** Trains on a fold; reports epochs without waiting for the main thread. */
async function score({ config, rows, checkpoints, margins }: WorkerFold) {
  invariant(documents.kind === 'texts', 'folds of a cross-validation are encoded by their workers');
  const began = now();
  const scores = await scoreFold({ ...documents, classes }, rows, config, {
    vectors: (texts, settings) => vectorsFor(texts, settings, {}),
    warmUpTexts: (train) => warmUpTexts(train, {}),
    engine,
    now,
    store: openStore(checkpoints),
    warmUpStore: openStore(join(checkpoints, 'warm-up')),
    margins,
    onEpoch: (epoch) => send({ type: 'epoch', fold: 0, epoch }),
    interrupted,
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
