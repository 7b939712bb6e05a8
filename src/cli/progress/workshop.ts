/** Progress of the stages of a workshop: which stage runs, its result, and the time left for all of them. */
import { formatSeconds } from '../../core/words.ts';
import type { JobEvent, StagePlan } from '../../jobs/index.ts';
import { countEnded } from '../../jobs/search/counts.ts';
import { expectedEpochs } from '../../jobs/workshop/estimate.ts';
import type { Io } from '../io.ts';
import type { Display, Screen } from '../display.ts';
import { workshopWords } from '../words/workshop.ts';
import { createSearchProgress, moveSearch, type SearchProgress } from './search.ts';
import { createProgress, type Progress } from './training.ts';

/** Shows progress. */
export interface WorkshopProgress {
  /** Stage `k`, from 0, begins. */
  begin(k: number): void;
  /** It has ended, after so many seconds and with this result. */
  end(result: string, seconds: number): void;
  /** It was done before. */
  skip(k: number, result: string): void;
  /** Proportion done, in [0, 1], of a search within the current stage. */
  searching(done: number): void;
  /** Prefix of the lines of the current stage: `3/7`. */
  label(): string;
  /** The progress of a training within the current stage. */
  training(patience: number | null): Progress;
  /** Estimated seconds left over all stages. */
  left(): number;
}

/** Progress on standard error; one row an epoch only on a terminal. */
export function createWorkshopProgress(
  io: Pick<Io, 'err' | 'now'>,
  stages: readonly StagePlan[],
  { quiet }: { readonly quiet: boolean },
): WorkshopProgress {
  const { err, now } = io;
  const todo = new Set(stages.keys());
  const measured = { estimate: 0, seconds: 0 };
  let current = 0;
  let started = now();
  /** Proportion done of the current stage, if its training reports it, and when it was first reported. */
  let done = 0;
  let first: { readonly done: number; readonly time: number } | undefined;
  let last = first;
  let bar: Progress | undefined;

  const name = (k: number) => err.colors.bold(`[${k + 1}/${stages.length}] ${stages[k].title}`);
  const label = () => `${current + 1}/${stages.length}`;
  const write = (text: string) => {
    if (quiet) return;
    bar?.end();
    err.write(`${text}\n`);
  };
  const left = () => {
    // a very short stage says little about the speed of the machine
    const speed = measured.estimate >= 5 ? measured.seconds / measured.estimate : 1;
    const elapsed = (now() - started) / 1000;
    const rest =
      first && last && done > first.done
        ? (((1 - done) * (last.time - first.time)) / (done - first.done) - (now() - last.time)) / 1000
        : stages[current].estimate * speed - elapsed;
    const later = [...todo].filter((k) => k > current).reduce((sum, k) => sum + stages[k].estimate, 0);
    return Math.max(0, rest) + later * speed;
  };

  const reached = (proportion: number) => {
    done = proportion;
    last = { done, time: now() };
    first ??= last;
  };

  return {
    begin(k) {
      current = k;
      started = now();
      done = 0;
      first = undefined;
      last = undefined;
      write(`${name(k)}, about ${roughly(left())} left`);
    },
    end(result, seconds) {
      todo.delete(current);
      measured.seconds += seconds;
      measured.estimate += stages[current].estimate;
      write(`${name(current)}: ${result} (${formatSeconds(seconds)})`);
      bar = undefined;
    },
    skip(k, result) {
      todo.delete(k);
      write(`${name(k)}: ${result} (done before)`);
    },
    searching(proportion) {
      reached(proportion * stages[current].searched);
    },
    label,
    training(patience) {
      const inner = createProgress(err, { quiet, now, label: label(), left });
      const { searched } = stages[current];
      let best = 0;
      bar = {
        ...inner,
        step(event) {
          const { epoch, epochs, batch, batches } = event;
          const trained = (epoch - 1 + batch / batches) / expectedEpochs({ epoch, epochs, best, patience });
          reached(searched + (1 - searched) * trained);
          inner.step(event);
        },
        epoch(event) {
          if (event.best) best = event.epoch;
          if (err.terminal) inner.epoch(event);
        },
      };
      return bar;
    },
    left,
  };
}

/** `45 s`, `3 min`: no finer than the estimate. */
export function roughly(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90) return `${5 * Math.round(seconds / 5)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Events of the stages whose sentences only matter on a terminal. */
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

/** The progress of a workshop: its stages, and the searches and trainings within them. */
export function workshopDisplay({ err, now, quiet }: Screen): Display {
  let workshop: WorkshopProgress | undefined;
  let search: { readonly progress: SearchProgress; readonly trials: number } | undefined;
  let training: Progress | undefined;
  const clear = () => {
    search?.progress.end();
    training?.end();
  };
  const stage = (event: JobEvent, all: WorkshopProgress) => {
    switch (event.type) {
      case 'stage-began':
        clear();
        all.begin(event.stage);
        break;
      case 'stage-skipped':
        all.skip(event.stage, event.result);
        break;
      case 'stage-ended':
        clear();
        all.end(event.result, event.seconds);
        break;
      case 'search-begins': {
        const { tune, workers, done } = event;
        const within = { label: all.label(), left: () => all.left() };
        const progress = createSearchProgress(err, { quiet, now, tune, workers, ...within });
        search = { progress, trials: tune.trials };
        all.searching(done);
        break;
      }
      case 'trial-finished':
        if (search) all.searching(Math.min(1, countEnded(event.trials) / search.trials));
        break;
      case 'run-begins':
        training = all.training(event.patience);
        break;
      case 'step':
        training?.step(event);
        break;
      case 'epoch':
        training?.epoch(event);
        break;
      default:
        break;
    }
  };
  return {
    hear(event) {
      if (event.type === 'stages') workshop = createWorkshopProgress({ err, now }, event.stages, { quiet });
      if (workshop) stage(event, workshop);
      if (search) moveSearch(search.progress, event);
    },
    clear,
    words: workshopWords,
    hides: ({ type }) => workshop !== undefined && !err.terminal && DETAILS.has(type),
  };
}
