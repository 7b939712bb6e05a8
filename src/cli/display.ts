/** The contract of progress: it hears the events of a job and draws on standard error. */
import type { JobEvent } from '../jobs/index.ts';
import type { Output } from './io.ts';

/** Where progress is drawn. */
export interface Screen {
  readonly err: Output;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Nothing is drawn. */
  readonly quiet: boolean;
}

/** Draws the progress of some events. */
export interface Display {
  hear(event: JobEvent): void;
  /** Removes what would be rewritten; called before anything else is written. */
  clear(): void;
  /** The sentences of events that only its commands have. */
  words?(event: JobEvent): readonly string[];
  /** Whether the sentences of an event are left out. */
  hides?(event: JobEvent): boolean;
}
