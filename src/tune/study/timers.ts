/** Timers, passed in so that tests need not wait. */

/** What happens later. Each returns what cancels it. */
export interface Timers {
  /** Once, after some seconds. */
  after(seconds: number, callback: () => void): () => void;
  /** Again and again. */
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
