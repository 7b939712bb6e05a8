/** Exit codes, for scripts that call `unroll`. */
import type { ErrorKind } from '../core/errors.ts';

/** Done. */
export const OK = 0;
/** Other failures: a file that cannot be written, a missing capability, a bug in Unroll. */
export const FAILED = 1;
/** A metric is below the limit of `--fail-under`. */
export const GATE_MISSED = 4;
/** Stopped by Ctrl-C, state saved. */
export const INTERRUPTED = 130;

/** The exit code of each kind of error. */
export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  config: 2,
  data: 3,
  'corrupt-file': 3,
  shape: FAILED,
  unsupported: FAILED,
  'non-finite': 5,
  io: FAILED,
  interrupted: INTERRUPTED,
};
