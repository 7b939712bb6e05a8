/** The command line as the listener of a job: sentences and progress on standard error, and Ctrl-C as its stop. */
import { userCacheDir } from '../data/known/cache.ts';
import type { JobContext, JobEvent, Stoppable } from '../jobs/index.ts';
import { countEnded } from '../jobs/search/counts.ts';
import type { TuneOptions } from '../tune/options.ts';
import { requestedEngine } from './engine.ts';
import { sentencesOf, stoppingWords } from './event-words.ts';
import { type InterruptWatch, watchInterrupt } from './interrupt.ts';
import type { Io } from './io.ts';
import { createSearchProgress, type SearchProgress } from './progress/search.ts';
import { createProgress, type Progress } from './progress/training.ts';
import { createWorkshopProgress, type WorkshopProgress } from './progress/workshop.ts';
import { createSay, type Say } from './say.ts';

/** What is told of the parts of a workshop only where someone watches. */
const DETAILS: ReadonlySet<JobEvent['type']> = new Set<JobEvent['type']>([
  'run-begins',
  'resumed',
  'trained',
  'figures',
  'figures-missing',
  'finished-before',
  'warm-up',
  'study-opened',
  'search-documents',
  'nothing-left',
  'nothing-pruned',
  'search-ended',
]);

/** Runs a job: hears its events and passes Ctrl-C on while it can be stopped. */
export async function withJob<T>(
  {
    io,
    argv,
    values: { quiet },
  }: { readonly io: Io; readonly argv: readonly string[]; readonly values: { readonly quiet: boolean } },
  work: (context: JobContext, say: Say) => Promise<T>,
): Promise<T> {
  const listener = new Listener(io, quiet);
  const context: JobContext = {
    listener: (event) => {
      listener.hear(event);
    },
    stop: listener.stop,
    now: io.now,
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
  readonly #controller = new AbortController();
  readonly #once: Say;
  readonly #again: Say;
  #watch: InterruptWatch | undefined;
  #training: Progress | undefined;
  #search: SearchProgress | undefined;
  #tune: TuneOptions | undefined;
  #workshop: WorkshopProgress | undefined;

  constructor(io: Io, quiet: boolean) {
    this.#io = io;
    this.#quiet = quiet;
    this.#once = createSay(io, { quiet });
    this.#again = createSay(io, { quiet, again: true });
  }

  get stop(): AbortSignal {
    return this.#controller.signal;
  }

  /** Says a sentence, once, below whatever progress there is. */
  readonly say: Say = (sentence) => {
    this.#clear();
    this.#once(sentence);
  };

  hear(event: JobEvent): void {
    this.#show(event);
    if (this.#workshop && DETAILS.has(event.type) && !this.#io.err.terminal) return;
    for (const sentence of sentencesOf(event)) {
      if (event.type === 'notice' && event.repeat) {
        this.#clear();
        this.#again(sentence);
      } else this.say(sentence);
    }
  }

  /** Removes what is drawn, and gives the signals back. */
  end(): void {
    this.#clear();
    this.#watch?.release();
    this.#watch = undefined;
  }

  #watchFor(what: Stoppable | null): void {
    this.#watch?.release();
    this.#watch = undefined;
    if (what === null) return;
    this.#watch = watchInterrupt(() => {
      this.#controller.abort();
      this.#note(stoppingWords[what]);
    });
  }

  #clear(): void {
    this.#training?.end();
    this.#search?.end();
  }

  #note(text: string): void {
    this.#clear();
    if (!this.#quiet) this.#io.err.write(`${text}\n`);
  }

  /** Moves the progress. */
  #show(event: JobEvent): void {
    const { now, err } = this.#io;
    const quiet = this.#quiet;
    const workshop = this.#workshop;
    switch (event.type) {
      case 'stoppable':
        this.#watchFor(event.what);
        break;
      case 'run-begins':
        this.#training = workshop?.training(event.patience) ?? createProgress(err, { quiet, now });
        break;
      case 'step':
        this.#training?.step(event);
        break;
      case 'epoch':
        this.#training?.epoch(event);
        break;
      case 'stop':
        this.#training?.end();
        break;
      case 'search-begins': {
        const { tune, workers, done } = event;
        this.#tune = tune;
        const within = workshop && { label: workshop.label(), left: () => workshop.left() };
        this.#search = createSearchProgress(err, { quiet, now, tune, workers, ...within });
        workshop?.searching(done);
        break;
      }
      case 'trial-began':
        this.#search?.began(event.trial);
        break;
      case 'trial-epoch':
        this.#search?.epoch(event.trial, event.fold, event.epoch);
        break;
      case 'trial-ended':
        this.#search?.ended(event.trial);
        break;
      case 'trial-finished':
        this.#search?.finished(event.trial, event.trials);
        if (this.#tune) workshop?.searching(Math.min(1, countEnded(event.trials) / this.#tune.trials));
        break;
      case 'search-ended':
        this.#search?.end();
        break;
      case 'stages':
        this.#workshop = createWorkshopProgress(this.#io, event.stages, { quiet });
        break;
      case 'stage-began':
        workshop?.begin(event.stage);
        break;
      case 'stage-skipped':
        workshop?.skip(event.stage, event.result);
        break;
      case 'stage-ended':
        this.#clear();
        workshop?.end(event.result, event.seconds);
        break;
      case 'stages-kept':
        err.write(`The stages before are kept. Resume with: ${event.command}\n`);
        break;
      default:
        break;
    }
  }
}
