/**
 * A team of threads on one shared memory. All threads run the same program (SPMD); thread 0 is the caller's own, the
 * others wait in workers for the next run. A barrier spins briefly and then sleeps; the main thread of a page, which may
 * not sleep, spins on.
 */
import { UnsupportedError } from '../core/errors.ts';
import { mayWait, threadsMissing } from './workers.ts';

/** Words of the control block (int32). */
const ARRIVED = 0;
const GENERATION = 1;
const RUN = 2;
const FAILED = 3;
const CONTROL_WORDS = 16;
/** Arguments of a run, float64, after the control words. */
const ARGUMENTS = 8;

/** Spins before a thread sleeps: a few microseconds. */
const SPINS = 4000;

/** Spinning takes the core from a thread that has work, where there are more threads than cores. */
function spinsFor(threads: number): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return threads > (navigator?.hardwareConcurrency ?? 1) ? 0 : SPINS;
}

/** The memory that the threads of a team share, in addition to the model's. */
export type TeamControl = SharedArrayBuffer;

/**
 * Creates the control block of a team.
 * @throws UnsupportedError where threads cannot share memory.
 */
export function createTeamControl(): TeamControl {
  const missing = threadsMissing();
  if (missing) throw new UnsupportedError(`[threads] must be 1 here: ${missing}.`);
  return new SharedArrayBuffer(CONTROL_WORDS * 4 + ARGUMENTS * 8);
}

function views(control: TeamControl): { words: Int32Array; args: Float64Array } {
  return {
    words: new Int32Array(control, 0, CONTROL_WORDS),
    args: new Float64Array(control, CONTROL_WORDS * 4, ARGUMENTS),
  };
}

/** A function that waits until `threads` threads have called it. */
function createBarrier(words: Int32Array, threads: number): () => void {
  const waits = mayWait();
  const spins = waits ? spinsFor(threads) : Infinity;
  return () => {
    const generation = Atomics.load(words, GENERATION);
    if (Atomics.add(words, ARRIVED, 1) === threads - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, GENERATION, 1);
      Atomics.notify(words, GENERATION);
      return;
    }
    const check = () => {
      if (Atomics.load(words, FAILED) !== 0)
        throw new Error('a worker thread failed; its error is printed above');
    };
    for (let spin = 0; spin < spins; spin++) {
      if (Atomics.load(words, GENERATION) !== generation) return;
      if (!waits) check();
    }
    while (Atomics.load(words, GENERATION) === generation) {
      check();
      Atomics.wait(words, GENERATION, generation, 1000);
    }
  };
}

/** A program that every thread of a team runs. */
export type TeamProgram = (
  args: ArrayLike<number>,
  thread: number,
  threads: number,
  barrier: () => void,
) => void;

/** The caller's side of a team. */
export interface Team {
  readonly threads: number;
  /** Runs the program on all threads with these numbers (at most 8) and returns when all are done. */
  run(...args: number[]): void;
}

/** A team of one: runs the program right here. */
export function soloTeam(program: TeamProgram): Team {
  return { threads: 1, run: (...args) => program(args, 0, 1, () => {}) };
}

/** The side of thread 0. The workers must have called {@link serveTeam} with the same control block. */
export function leadTeam(control: TeamControl, threads: number, program: TeamProgram): Team {
  const { words, args } = views(control);
  const barrier = createBarrier(words, threads);
  return {
    threads,
    run(...given) {
      args.set(given);
      Atomics.add(words, RUN, 1);
      Atomics.notify(words, RUN);
      program(args, 0, threads, barrier);
      barrier();
    },
  };
}

/** The worker's side: runs the program once per run, forever. Blocks its thread. */
export function serveTeam(
  control: TeamControl,
  thread: number,
  threads: number,
  program: TeamProgram,
): never {
  const { words, args } = views(control);
  const barrier = createBarrier(words, threads);
  const spins = spinsFor(threads);
  try {
    for (let run = 0; ; run++) {
      for (let spin = 0; spin < spins && Atomics.load(words, RUN) === run; spin++);
      while (Atomics.load(words, RUN) === run) Atomics.wait(words, RUN, run);
      program(args, thread, threads, barrier);
      barrier();
    }
  } catch (error) {
    Atomics.store(words, FAILED, 1);
    Atomics.notify(words, GENERATION);
    throw error;
  }
}
