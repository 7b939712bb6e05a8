/** The progress of a task, from the events of its job. */
import type { JobEvent } from '../jobs/index.ts';

/** The progress of a task. */
export interface Progress {
  /** Such as `epoch 3 of 20`. */
  readonly text: string;
  /** Proportion done, in [0, 1]; null if unknown. */
  readonly fraction: number | null;
  /** Estimated seconds left, at most; null if unknown. */
  readonly secondsLeft: number | null;
}

/** Progress after an event; undefined if unchanged. */
export type Meter = (event: JobEvent, now: number) => Progress | undefined;

const WORKING = {
  reading: 'reading the documents',
  splitting: 'looking for copies and splitting',
  encoding: 'building the vocabulary',
  measuring: 'measuring',
  drawing: 'drawing figures',
} as const;

const FITTING = {
  model: 'fitting the linear model',
  vectors: 'learning word vectors',
  refit: 'training again',
  'warm-up': 'warming up',
} as const;

/**
 * Estimates the time left from the progress since the first report, so that a resumed training does not count earlier
 * work.
 */
export function createMeter(): Meter {
  let first: { readonly fraction: number; readonly at: number } | undefined;
  let trials = 0;
  const measure = (text: string, fraction: number, now: number): Progress => {
    first ??= { fraction, at: now };
    const done = fraction - first.fraction;
    const seconds = (now - first.at) / 1000;
    return { text, fraction, secondsLeft: done > 0 ? (seconds / done) * (1 - fraction) : null };
  };
  return (event, now) => {
    switch (event.type) {
      case 'working':
        return { text: WORKING[event.on], fraction: null, secondsLeft: null };
      case 'step': {
        const { epoch, epochs, batch, batches } = event;
        return measure(`epoch ${epoch} of at most ${epochs}`, (epoch - 1 + batch / batches) / epochs, now);
      }
      case 'fitting':
        return { text: FITTING[event.what ?? 'model'], fraction: event.done, secondsLeft: null };
      case 'search-begins':
        trials = event.tune.trials;
        return measure(`trial ${event.done + 1} of ${trials}`, event.done / Math.max(1, trials), now);
      case 'trial-finished': {
        const done = event.trials.filter(({ state }) => state !== 'RUNNING' && state !== 'WAITING').length;
        return measure(`${done} of ${trials} trials`, Math.min(1, done / Math.max(1, trials)), now);
      }
      case 'cv-begins':
        return measure(`${event.done} of ${event.trainings} folds`, event.done / event.trainings, now);
      case 'cv-training-ended':
        return measure(`${event.done} of ${event.trainings} folds`, event.done / event.trainings, now);
      default:
        return undefined;
    }
  };
}
