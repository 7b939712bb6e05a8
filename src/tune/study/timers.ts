/** Timers, passed in so that tests need not wait. */

/** Timers. Each function returns one that cancels it. */
export interface Timers {
  /** Calls back once, after some seconds. */
  after(seconds: number, callback: () => void): () => void;
  /** Calls back repeatedly. */
  every(seconds: number, callback: () => void): () => void;
}

/** Longest wait of the system's timers, in ms; they fire at once beyond it. */
const LONGEST = 2 ** 31 - 1;

/** The system's own. */
export const systemTimers: Timers = {
  after(seconds, callback) {
    const timer = setTimeout(callback, Math.min(seconds * 1000, LONGEST));
    return () => {
      clearTimeout(timer);
    };
  },
  every(seconds, callback) {
    const timer = setInterval(callback, Math.min(seconds * 1000, LONGEST));
    return () => {
      clearInterval(timer);
    };
  },
};
