/** What every job gets in addition to its request: a listener for its events, a signal that stops it, a clock, standard input. */
import { InterruptedError } from '../core/errors.ts';
import { userCacheDir } from '../data/known/cache.ts';
import type { EngineRequest } from '../engine/index.ts';
import type { JobEvent, JobListener, Stoppable } from './events.ts';

/** The environment of a job. All of it may be left out. */
export interface JobContext {
  /** Called with each event. */
  readonly listener?: JobListener;
  /**
   * Abort it to stop the job: the state is saved, and the job ends with an InterruptedError that says how to resume.
   */
  readonly stop?: AbortSignal | undefined;
  /** A clock in milliseconds, monotonic. Default `performance.now`. */
  readonly now?: () => number;
  /** The command line as typed, without the program; it is recorded in the run. Default empty. */
  readonly command?: readonly string[];
  /** Opens what the source `-` reads. Default standard input. */
  readonly stdin?: () => AsyncIterable<Uint8Array>;
  /** Folder for downloaded data sets. Default the user's. */
  readonly cacheDir?: string;
  /** An engine or a build to compute with, such as `reference` or `wasm narrow`. Default the fastest. */
  readonly engine?: EngineRequest | undefined;
}

/** A running job: its context with defaults. */
export interface Job {
  /** Aborted when the job must stop. */
  readonly stop: AbortSignal;
  /** A clock in milliseconds, monotonic. */
  readonly now: () => number;
  /** The command line as typed, without the program. */
  readonly command: readonly string[];
  /** Folder for downloaded data sets. */
  readonly cacheDir: string;
  /** The engine or build to use; undefined for the fastest. */
  readonly engine: EngineRequest | undefined;
  /** What the source `-` reads; opened on first use. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Sends an event to the listener. */
  emit(event: JobEvent): void;
  /** Passes on a notice of a lower layer. */
  notice(text: string): void;
}

/** Begins a job. */
export function beginJob(context: JobContext = {}): Job {
  const {
    listener = () => undefined,
    now = () => performance.now(),
    command = [],
    stdin = () => process.stdin,
  } = context;
  return {
    stop: context.stop ?? new AbortController().signal,
    now,
    command,
    cacheDir: context.cacheDir ?? userCacheDir(),
    engine: context.engine,
    stdin,
    emit: listener,
    notice(text) {
      listener({ type: 'notice', text });
    },
  };
}

/** The same job with another listener. */
export function withListener(job: Job, emit: JobListener): Job {
  return {
    ...job,
    emit,
    notice(text) {
      emit({ type: 'notice', text });
    },
  };
}

/** Does work that can be stopped, and reports so. */
export async function stoppable<T>(
  { emit }: Pick<Job, 'emit'>,
  what: Stoppable,
  work: () => Promise<T>,
): Promise<T> {
  emit({ type: 'stoppable', what });
  try {
    return await work();
  } finally {
    emit({ type: 'stoppable', what: null });
  }
}

/** Yields to the event loop so that signals arrive. @throws InterruptedError with `message`, if the job must stop */
export async function pause({ stop }: Pick<Job, 'stop'>, message: string): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (stop.aborted) throw new InterruptedError(message);
}
