/** Progress of a cross-validation on standard error: a line per training, and on a terminal a last line that is rewritten. */
import { count, formatSeconds } from '../../core/words.ts';
import type {
  CvBeginsEvent,
  CvEpochEvent,
  CvTraining,
  CvTrainingEndedEvent,
  JobEvent,
} from '../../jobs/index.ts';
import type { Display, Screen } from '../display.ts';

/** Milliseconds between two drawings of the last line. */
const REDRAW_MS = 200;

/** The progress of a cross-validation. */
export function cvDisplay({ err, now, quiet }: Screen): Display {
  let progress: Progress | undefined;
  let shown = false;
  let drawn = -Infinity;
  const clear = () => {
    if (shown) err.write('\r\u001b[K');
    shown = false;
  };
  const draw = () => {
    if (!progress || !err.terminal || now() - drawn < REDRAW_MS) return;
    drawn = now();
    err.write(`\r${err.colors.dim(progress.status(now()).slice(0, err.columns - 1))}\u001b[K`);
    shown = true;
  };
  return {
    hear(event) {
      if (quiet) return;
      if (event.type === 'cv-begins') progress = new Progress(event, now());
      if (!progress) return;
      const line = progress.hear(event);
      if (line !== undefined) {
        clear();
        err.write(`${line}\n`);
      }
      if (event.type.startsWith('cv-')) draw();
    },
    clear,
    words: cvWords,
  };
}

/** The state of a running cross-validation. */
class Progress {
  readonly #begins: CvBeginsEvent;
  readonly #started: number;
  /** Proportion done of each running training. */
  readonly #running = new Map<string, number>();
  #done: number;

  constructor(begins: CvBeginsEvent, started: number) {
    this.#begins = begins;
    this.#started = started;
    this.#done = begins.done;
  }

  /** Handles an event; returns the line to write, if any. */
  hear(event: JobEvent): string | undefined {
    switch (event.type) {
      case 'cv-training-began':
        this.#running.set(this.#name(event.training), 0);
        return undefined;
      case 'cv-epoch':
        this.#running.set(this.#name(event.training), proportionOf(event));
        return undefined;
      case 'cv-training-ended':
        this.#running.delete(this.#name(event.training));
        this.#done = event.done;
        return this.#line(event);
      default:
        return undefined;
    }
  }

  /** The last line: what is running, and the time left, which early stopping may shorten. */
  status(now: number): string {
    const { trainings, done } = this.#begins;
    const here = this.#done - done + [...this.#running.values()].reduce((sum, part) => sum + part, 0);
    const left = ((now - this.#started) / 1000 / here) * (trainings - done - here);
    const running = [...this.#running].map(([name, part]) => `${name}: ${Math.round(100 * part)} %`);
    const time = here > 0 ? [`about ${formatSeconds(Math.max(0, left))} left`] : [];
    return [`${this.#done}/${trainings} trainings`, ...time, ...running].join('  ');
  }

  #line({ training, metrics, epochs, seconds, done, trainings }: CvTrainingEndedEvent): string {
    return [
      `${done}/${trainings}`,
      this.#name(training),
      `accuracy ${metrics.accuracy.toFixed(3)}`,
      `macro F1 ${metrics.macro_f1.toFixed(3)}`,
      `log loss ${metrics.log_loss.toFixed(3)}`,
      ...(epochs === null ? [] : [count(epochs, 'epoch')]),
      formatSeconds(seconds),
    ].join('  ');
  }

  /** `fold 3`, with configuration, repetition and seed where there are several. */
  #name({ configuration, repeat, fold, seed }: CvTraining): string {
    const { configurations, repeats, seeds } = this.#begins;
    return [
      ...(configurations.length > 1 ? [configuration] : []),
      ...(repeats > 1 ? [`repeat ${repeat}`] : []),
      `fold ${fold}`,
      ...(seeds > 1 ? [`seed ${seed}`] : []),
    ].join(' ');
  }
}

function proportionOf({ epoch, epochs }: CvEpochEvent): number {
  return epoch.epoch / epochs;
}

function cvWords(event: JobEvent): readonly string[] {
  if (event.type !== 'cv-begins') return [];
  const { folds, repeats, seeds, configurations, trainings, done, workers, copies, grouped } = event;
  const factors = [
    count(folds, 'fold'),
    ...(repeats > 1 ? [`${repeats} repetitions`] : []),
    ...(seeds > 1 ? [`${seeds} seeds`] : []),
    ...(configurations.length > 1
      ? [`${configurations.length} configurations (${configurations.join(', ')})`]
      : []),
  ];
  const kept = !grouped
    ? `${count(copies, 'copy')} of other documents may be in other folds: the metrics are optimistic`
    : `${count(copies, 'copy')} of other documents in the folds of these`;
  return [
    `${event.data}: ${count(event.documents, 'document')}, ${count(event.classes, 'class')}${copies > 0 ? `; ${kept}` : ''}`,
    `${factors.join(' × ')}: ${count(trainings, 'training')}${done > 0 ? `, ${done} of them done before` : ''}; ${count(workers, 'worker')}`,
    `results go to ${event.folder}`,
  ];
}
