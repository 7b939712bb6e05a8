/** Ctrl-C: the first asks for a stop at the next batch, the second leaves at once. */
import { INTERRUPTED } from './exit-codes.ts';

/** A second signal this soon after the first is the same one, delivered twice. */
const SAME_SIGNAL_MS = 500;

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
  let first = 0;
  const handle = () => {
    if (controller.signal.aborted) {
      // npx passes on the signal that the terminal sent to both: that is still the first Ctrl-C
      if (performance.now() - first < SAME_SIGNAL_MS) return;
      process.exit(INTERRUPTED);
    }
    first = performance.now();
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
