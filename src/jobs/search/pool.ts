/** The worker threads of a search or a cross-validation: as many trials or folds at the same time, each on one thread. */
import { Worker } from 'node:worker_threads';
import type { FoldScores } from '../../classifier/fold.ts';
import { UnrollError, invariant } from '../../core/errors.ts';
import type { MetricName } from '../../evaluate/metrics/index.ts';
import type { EpochEvent } from '../../train/events.ts';
import type { TrialCost } from '../../tune/training/measure.ts';
import type { FoldOutcome, TrialOutcome } from '../../tune/training/train-trial.ts';
import {
  ANSWER,
  type FromWorker,
  GO_ON,
  PRUNE,
  STOP,
  type ToWorker,
  type TrialWorkerData,
  type WorkerConfig,
  type WorkerFold,
} from './protocol.ts';

/** Callbacks of the main thread on a running trial. */
export interface TrialListener {
  /** After an epoch: whether to continue. */
  onEpoch(fold: number, epoch: EpochEvent): Promise<boolean>;
  /** After each fold but the last: whether to continue. */
  onFold(fold: number, outcome: FoldOutcome): Promise<boolean>;
}

/** A trial to run on a worker. */
export interface WorkerTrial {
  readonly config: WorkerConfig;
  /** The objective of the trial; reported after each epoch. */
  readonly metric: MetricName;
  readonly latency: boolean;
  /** Folder of its checkpoints; null keeps none. */
  readonly checkpoints: string | null;
}

/** The scores of a fold, and their cost. */
export type ScoredFold = FoldScores & {
  /** Wall time, without what came before an interruption. */
  readonly seconds: number;
};

/** The worker threads of a search. */
export interface TrialPool {
  readonly size: number;
  /** Trains a trial on the next idle worker. An error of a callback ends the trial and is rethrown. */
  train(trial: WorkerTrial, listener: TrialListener): Promise<TrialOutcome>;
  /** Measures what a configuration costs, on the next idle worker. */
  measure(config: WorkerConfig): Promise<TrialCost>;
  /** Ends all trials after their next batch, as interrupted. */
  stop(): void;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** The same threads for a cross-validation. */
export interface FoldPool extends TrialPool {
  /** Trains on a fold and scores its test part, on the next idle worker; null where it was interrupted. */
  score(fold: WorkerFold, onEpoch: (epoch: EpochEvent) => void): Promise<ScoredFold | null>;
}

/** Starts `size` workers. */
export async function startTrialPool(
  size: number,
  data: Omit<TrialWorkerData, 'control'>,
): Promise<FoldPool> {
  const idle: Seat[] = await Promise.all(Array.from({ length: size }, () => Seat.start(data)));
  const seats = [...idle];
  const queue: ((seat: Seat) => void)[] = [];
  const take = () => {
    const seat = idle.pop();
    return seat ? Promise.resolve(seat) : new Promise<Seat>((resolve) => queue.push(resolve));
  };
  const give = (seat: Seat) => {
    const next = queue.shift();
    if (next) next(seat);
    else idle.push(seat);
  };
  const withSeat = async <T>(work: (seat: Seat) => Promise<T>): Promise<T> => {
    const seat = await take();
    try {
      return await work(seat);
    } finally {
      if (seat.dead) await seat.restart();
      give(seat);
    }
  };
  return {
    size,
    train: (trial, listener) =>
      withSeat(async (seat) => {
        const answer = await seat.run({ type: 'train', ...trial }, listener);
        invariant(answer.type === 'trained', `a worker that trains sent ${answer.type}`);
        return answer.outcome;
      }),
    measure: (config) =>
      withSeat(async (seat) => {
        const answer = await seat.run({ type: 'measure', config });
        invariant(answer.type === 'measured', `a worker that measures sent ${answer.type}`);
        return answer.cost;
      }),
    score: (fold, onEpoch) =>
      withSeat(async (seat) => {
        const listener: TrialListener = {
          onEpoch(_, epoch) {
            onEpoch(epoch);
            return Promise.resolve(true);
          },
          onFold: () => Promise.resolve(true),
        };
        const answer = await seat.run({ type: 'score', ...fold }, listener);
        invariant(answer.type === 'scored', `a worker that scores sent ${answer.type}`);
        return answer.scores;
      }),
    stop() {
      for (const seat of seats) seat.stop();
    },
    async close() {
      await Promise.all(seats.map((seat) => seat.close()));
    },
  };
}

/** One worker thread, restarted if it dies. */
class Seat {
  readonly #data: Omit<TrialWorkerData, 'control'>;
  readonly #control = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  readonly #words = new Int32Array(this.#control);
  #worker: Worker | undefined;
  dead = false;

  private constructor(data: Omit<TrialWorkerData, 'control'>) {
    this.#data = data;
  }

  static async start(data: Omit<TrialWorkerData, 'control'>): Promise<Seat> {
    const seat = new Seat(data);
    await seat.restart();
    return seat;
  }

  async restart(): Promise<void> {
    // compiled, this file and the worker's end in .js
    const url = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
    const worker = new Worker(url, { workerData: { ...this.#data, control: this.#control } });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    worker.removeAllListeners('error');
    this.#worker = worker;
    this.dead = false;
  }

  /** Sends work and waits for its end; hears epochs and folds in between. */
  run(message: ToWorker, listener?: TrialListener): Promise<FromWorker> {
    const worker = this.#worker!;
    return new Promise((resolve, reject) => {
      let failure: Error | undefined;
      const finish = (settle: () => void) => {
        worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
        settle();
      };
      const died = (error: unknown) => {
        this.dead = true;
        finish(() => {
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      };
      const answer = async (asked: Promise<boolean> | undefined) => {
        let goOn = false;
        try {
          goOn = (await asked) ?? true;
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error));
        }
        Atomics.store(this.#words, ANSWER, goOn ? GO_ON : PRUNE);
        Atomics.notify(this.#words, ANSWER);
      };
      worker.on('message', (event: FromWorker) => {
        if (event.type === 'epoch') void answer(listener?.onEpoch(event.fold, event.epoch));
        else if (event.type === 'fold') void answer(listener?.onFold(event.fold, event.outcome));
        else {
          finish(() => {
            if (failure) reject(failure);
            else if (event.type === 'failed') reject(errorOf(event));
            else resolve(event);
          });
        }
      });
      worker.on('error', died);
      worker.on('exit', () => {
        died(new Error('the worker thread ended before its trial'));
      });
      worker.postMessage(message);
    });
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1);
  }

  async close(): Promise<void> {
    this.#worker?.removeAllListeners('exit');
    await this.#worker?.terminate();
  }
}

function errorOf({ kind, message, stack }: Extract<FromWorker, { type: 'failed' }>): Error {
  const error = kind === null ? new Error(message) : new UnrollError(kind, message);
  error.stack = stack;
  return error;
}
