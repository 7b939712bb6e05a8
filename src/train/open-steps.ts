/** Steps of a training that were begun: on a GPU their results come later, and several are under way at a time. */
import type { Awaitable, BatchResult } from '../models/trainable.ts';

/** A step that was begun. */
export interface OpenStep {
  readonly result: Awaitable<Readonly<BatchResult>>;
  /** Classes of its documents, and their numbers. */
  readonly labels: Int32Array;
  readonly rows: Int32Array;
  /** From 0, in its epoch and in all. */
  readonly batch: number;
  readonly step: number;
  readonly lr: number;
  /** Batches of the epoch. */
  readonly batches: number;
  /** When it was begun. */
  readonly before: number;
}

/** The steps whose results were not accounted for, oldest first. */
export class OpenSteps {
  readonly #open: (OpenStep & { readonly took: number | undefined })[] = [];
  readonly #account: (step: OpenStep, result: Readonly<BatchResult>, seconds: number) => void;
  readonly #now: () => number;
  /** When the last result came. */
  #settledAt = 0;

  /** @param account Called for each step in order, with its result and the seconds that it took. */
  constructor(
    now: () => number,
    account: (step: OpenStep, result: Readonly<BatchResult>, seconds: number) => void,
  ) {
    this.#now = now;
    this.#account = account;
  }

  /** Receives a step. */
  add(step: OpenStep): void {
    // the one that fails first is told, and the others with it
    if (step.result instanceof Promise) step.result.catch(() => undefined);
    const took = step.result instanceof Promise ? undefined : (this.#now() - step.before) / 1000;
    this.#open.push({ ...step, took });
  }

  /** Accounts for the steps that were begun, but for the last `ahead` whose results are on their way. */
  async settle(ahead = 0): Promise<void> {
    while (this.#open.length > 0) {
      const [open] = this.#open;
      if (open.took !== undefined) {
        this.#open.shift();
        this.#account(open, open.result as Readonly<BatchResult>, open.took);
        continue;
      }
      if (this.#open.length <= ahead) return;
      const result = await open.result;
      this.#open.shift();
      // of steps that overlap, each counts from the end of the one before
      const now = this.#now();
      const took = (now - Math.max(open.before, this.#settledAt)) / 1000;
      this.#settledAt = now;
      this.#account(open, result, took);
    }
  }
}
