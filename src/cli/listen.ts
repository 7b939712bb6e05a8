/** The command line as the listener of a job: sentences and progress on standard error, and Ctrl-C to stop it. */
import { userCacheDir } from '../data/known/cache.ts';
import type { JobContext, JobEvent, Stoppable } from '../jobs/index.ts';
import type { Display, Screen } from './display.ts';
import { requestedEngine } from './engine.ts';
import { sentencesOf, stoppingWords } from './words/events.ts';
import type { InterruptWatch } from './interrupt.ts';
import type { Io } from './io.ts';
import { trainingDisplay } from './progress/training.ts';
import { createSay, type Say } from './say.ts';

/** The parts of an invocation that a job needs. */
export interface JobInvocation {
  readonly io: Io;
  readonly argv: readonly string[];
  readonly values: { readonly quiet: boolean };
}

/**
 * Runs a job: shows its events, and passes Ctrl-C on while it can be stopped.
 * @param display The progress display. Default that of a training.
 */
export async function withJob<T>(
  { io, argv, values: { quiet } }: JobInvocation,
  work: (context: JobContext, say: Say) => Promise<T>,
  display: (screen: Screen) => Display = trainingDisplay,
): Promise<T> {
  const { err, now } = io;
  const listener = new Listener(io, quiet, display({ err, now, quiet }));
  const context: JobContext = {
    listener: (event) => {
      listener.hear(event);
    },
    stop: listener.stop,
    now,
    command: argv,
    stdin: () => io.in,
    cacheDir: userCacheDir(io.env),
    engine: requestedEngine(io),
  };
  try {
    return await work(context, listener.say);
  } finally {
    listener.end();
  }
}

/** Words and progress of the events of one job. */
class Listener {
  readonly #io: Io;
  readonly #quiet: boolean;
  readonly #display: Display;
  readonly #controller = new AbortController();
  readonly #once: Say;
  readonly #again: Say;
  #watch: InterruptWatch | undefined;

  constructor(io: Io, quiet: boolean, display: Display) {
    this.#io = io;
    this.#quiet = quiet;
    this.#display = display;
    this.#once = createSay(io, { quiet });
    this.#again = createSay(io, { quiet, again: true });
  }

  get stop(): AbortSignal {
    return this.#controller.signal;
  }

  /** Writes each sentence once. */
  readonly say: Say = (sentence) => {
    this.#display.clear();
    this.#once(sentence);
  };

  hear(event: JobEvent): void {
    if (event.type === 'stoppable') this.#watchFor(event.what);
    this.#display.hear(event);
    if (this.#display.hides?.(event)) return;
    const again = event.type === 'notice' && event.repeat === true;
    for (const sentence of [...sentencesOf(event), ...(this.#display.words?.(event) ?? [])]) {
      this.#display.clear();
      (again ? this.#again : this.#once)(sentence);
    }
  }

  /** Removes the progress, and restores the signals. */
  end(): void {
    this.#display.clear();
    this.#watch?.release();
    this.#watch = undefined;
  }

  #watchFor(what: Stoppable | null): void {
    this.#watch?.release();
    this.#watch = undefined;
    if (what === null) return;
    this.#watch = this.#io.watchInterrupt(() => {
      this.#controller.abort();
      this.#display.clear();
      if (!this.#quiet) this.#io.err.write(`${stoppingWords[what]}\n`);
    });
  }
}
