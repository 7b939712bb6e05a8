/** Ctrl-C: the first asks for a stop at the next batch, the second leaves at once. */
import { INTERRUPTED } from './exit-codes.ts';

/** A watch on SIGINT and SIGTERM. */
export interface InterruptWatch {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  release(): void;
}

/** Watches for SIGINT and SIGTERM; `onFirst` says what happens now. */
export function watchInterrupt(onFirst: () => void): InterruptWatch {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    onFirst();
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', handle).off('SIGTERM', handle);
    },
  };
}
