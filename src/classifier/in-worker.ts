/**
 * Training in a worker of a page, so that the page never blocks: the page's side. Messages are plain data; events
 * arrive in order, and the end of an epoch waits for the listener.
 */
import {
  ConfigError,
  CorruptFileError,
  DataError,
  FileError,
  InterruptedError,
  NonFiniteError,
  ShapeError,
  UnrollError,
  type ErrorKind,
  UnsupportedError,
} from '../core/errors.ts';
import { hear, type StartWorker, type WorkerTask } from '../engine/workers.ts';
import type { Evaluation } from '../evaluate/index.ts';
import type { TrainingResult } from '../train/training-run.ts';
import type { ClassifierEvent } from './events.ts';

/** The request to a worker: the arguments of `train` that can be sent. */
export interface TrainingTask {
  readonly source: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The result of a worker. */
export interface TrainedInWorker {
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Null without a test part. */
  readonly evaluation: Evaluation | null;
  readonly training: TrainingResult | null;
  readonly parts: { readonly train: number; readonly val: number; readonly test: number };
  readonly notices: readonly string[];
}

/** An error as plain data. */
export interface SentError {
  /** Undefined for a bug. */
  readonly kind: ErrorKind | undefined;
  readonly message: string;
  /** Additional fields of that kind of error. */
  readonly detail: string | number | undefined;
}

/** From the worker to the page. */
export type FromWorker =
  | { readonly event: ClassifierEvent; /** Whether the worker waits for an answer. */ readonly asks: boolean }
  | { readonly done: TrainedInWorker }
  | { readonly failed: SentError };

/** From the page to the worker. */
export type ToWorker = { readonly go: boolean } | { readonly stop: true };

/** The options of `train` that stay in the page. */
export interface WatchOptions {
  readonly listener?: (event: ClassifierEvent) => boolean | void | Promise<boolean | void>;
  readonly signal?: { readonly aborted: boolean };
}

/**
 * Trains in a worker.
 * @throws what `train` throws, and UnsupportedError where the worker does not start
 */
export async function trainInWorker(
  start: StartWorker,
  task: TrainingTask,
  { listener, signal }: WatchOptions,
): Promise<TrainedInWorker> {
  if (signal?.aborted) throw new InterruptedError('[train] stopped on request before it began.');
  const worker = start();
  const send = (message: ToWorker | WorkerTask) => {
    worker.postMessage(message);
  };
  const stop = () => {
    send({ stop: true });
  };
  const events = signal as Partial<AbortSignal> | undefined;
  events?.addEventListener?.('abort', stop);
  try {
    return await new Promise<TrainedInWorker>((resolve, reject) => {
      const take = async (message: FromWorker): Promise<void> => {
        if ('done' in message) resolve(message.done);
        else if ('failed' in message) reject(received(message.failed));
        else {
          if (signal?.aborted) stop();
          const go = await listener?.(message.event);
          if (message.asks) send({ go: go !== false });
        }
      };
      // one after another, as when training in the page itself
      let last = Promise.resolve();
      hear(worker, reject, ({ data }) => {
        last = last.then(() => take(data as FromWorker)).catch(reject);
      });
      send({ unrolled: 'train', data: task });
    });
  } finally {
    events?.removeEventListener?.('abort', stop);
    worker.terminate();
  }
}

/** An error as plain data, for the way to another thread. */
export function sentError(error: unknown): SentError {
  if (!(error instanceof UnrollError))
    return {
      kind: undefined,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      detail: undefined,
    };
  const { key, line, file, step } = error as Partial<ConfigError & DataError & FileError & NonFiniteError>;
  return { kind: error.kind, message: error.message, detail: key ?? line ?? file ?? step };
}

/** The error from its plain data. */
function received({ kind, message, detail }: SentError): Error {
  const text = String(detail);
  switch (kind) {
    case 'config':
      return new ConfigError(message, detail === undefined ? {} : { key: text });
    case 'data':
      return new DataError(message, detail === undefined ? {} : { line: Number(detail) });
    case 'corrupt-file':
      return new CorruptFileError(text, message);
    case 'io':
      return new FileError(text, message);
    case 'non-finite':
      return new NonFiniteError(Number(detail), message);
    case 'shape':
      return new ShapeError(message);
    case 'unsupported':
      return new UnsupportedError(message);
    case 'interrupted':
      return new InterruptedError(message);
    case undefined:
      return new Error(message);
  }
}
