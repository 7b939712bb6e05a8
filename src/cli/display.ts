/** The interface of progress displays: they receive the events of a job and draw on standard error. */
import type { JobEvent } from '../jobs/index.ts';
import type { Output } from './io.ts';

/** Where progress is drawn. */
export interface Screen {
  readonly err: Output;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Draw nothing. */
  readonly quiet: boolean;
}

/** Draws the progress of some events. */
export interface Display {
  hear(event: JobEvent): void;
  /** Removes the line that is rewritten; called before anything else is written. */
  clear(): void;
  /** Sentences for the events that only its commands have. */
  words?(event: JobEvent): readonly string[];
  /** Whether the sentences of an event are left out. */
  hides?(event: JobEvent): boolean;
}
