/**
 * Batching: texts that wait for one model form a batch as soon as a thread is free. Predictions do not depend on
 * which texts share a batch.
 */
import { UnrollError } from '../../core/errors.ts';
import type { ExplainOptions, Explanation } from '../../explain/index.ts';
import { HttpError, retryAfter } from '../http/index.ts';
import type { Limits } from '../limits.ts';
import type { Question, Scored } from './messages.ts';
import type { Pool, Slot } from './pool.ts';
import { ThreadEndedError } from './thread.ts';

/** The prediction for a text. */
export interface ScoredText {
  /** [C] probabilities. */
  readonly scores: Float64Array;
  /** Tokens that the model reads. */
  readonly tokens: number;
  /** How many of them it knows. */
  readonly known: number;
  /** How unlike the training data it is; undefined where the model cannot tell. */
  readonly noneOfThese: number | undefined;
  /** Whether the model abstains. */
  readonly abstains: boolean;
  /** Its prediction set, as class ids; undefined if not requested. */
  readonly set: readonly number[] | undefined;
}

/** Accepted work. */
export interface Ticket<T> {
  /** @throws HttpError 503 where it took longer than the limit, or the thread ended */
  readonly result: Promise<T>;
  /** Cancels it: what has not begun is skipped. */
  cancel(): void;
}

/** Callbacks of the scheduler. */
export interface SchedulerEvents {
  /** A batch begins: how many texts, and how long the first of them waited, in ms. */
  readonly batch?: (model: number, texts: number, waited: number) => void;
}

/** Options of {@link Scheduler}. */
export interface SchedulerOptions extends SchedulerEvents {
  readonly pool: Pool;
  readonly limits: Pick<Limits, 'maxBatch' | 'maxWait' | 'maxQueue' | 'timeout'>;
  /** A clock in ms. */
  readonly now: () => number;
}

/** Texts of one request, or one text to explain. */
interface Request<T> {
  /** How many of its texts are waiting. */
  queued: number;
  /** How many texts have no answer yet. */
  left: number;
  done: boolean;
  readonly since: number;
  finish(): void;
  fail(error: Error): void;
  readonly result: Promise<T>;
}

interface Item {
  readonly request: Request<unknown>;
  readonly text: string;
  /** Resolves an explanation; undefined for predictions. */
  readonly options: ExplainOptions | undefined;
  take(answer: ScoredText | Explanation): void;
}

/** The waiting work of one model, of one kind: predictions or explanations. */
interface Lane {
  readonly model: number;
  readonly items: Item[];
  /** Index of the first waiting item. */
  head: number;
  readonly batch: number;
}

/** The queue of a server. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #lanes = new Map<string, Lane>();
  /** Running batches, by model. */
  readonly #running = new Map<number, number>();
  readonly #idle = new Map<number, () => void>();
  #waiting = 0;
  #soon = false;
  #timer: NodeJS.Timeout | undefined;
  /** Mean time per text, in ms, for `Retry-After`. */
  #pace = 1;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    options.pool.onFree = () => {
      this.#pump();
    };
  }

  /** How many texts are waiting. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Predicts texts. @throws HttpError 429 where too many wait */
  predict(model: number, texts: readonly string[]): Ticket<readonly ScoredText[]> {
    const results = new Array<ScoredText>(texts.length);
    const request = this.#request(texts.length, () => results);
    for (const [n, text] of texts.entries()) {
      this.#add(`${model}`, model, this.#options.limits.maxBatch, {
        ...{ request, text, options: undefined },
        take: (answer) => {
          results[n] = answer as ScoredText;
        },
      });
    }
    return this.#ticket(request, 'with fewer texts');
  }

  /** Explains a text. @throws HttpError 429 where too many wait */
  explain(model: number, text: string, options: ExplainOptions): Ticket<Explanation> {
    let result: Explanation | undefined;
    const request = this.#request(1, () => result as Explanation);
    const take = (answer: ScoredText | Explanation) => {
      result = answer as Explanation;
    };
    this.#add(`${model} explain`, model, 1, { request, text, options, take });
    return this.#ticket(request, 'with a shorter text');
  }

  /** Resolves when a model has no waiting and no running work. */
  async idle(model: number): Promise<void> {
    if (this.#isIdle(model)) return;
    await new Promise<void>((resolve) => {
      this.#idle.set(model, resolve);
    });
  }

  #request<T>(texts: number, resultOf: () => T): Request<T> {
    const { maxQueue } = this.#options.limits;
    // a request larger than the queue is accepted if nothing else is waiting
    if (this.#waiting > 0 && this.#waiting + texts > maxQueue) {
      throw new HttpError(
        429,
        `[server] at most ${maxQueue} texts may wait, but ${this.#waiting} do already. Send the request again later, or start the server with more --threads.`,
        { headers: retryAfter(this.#waiting * this.#pace) },
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const request: Request<T> = {
      ...{ queued: texts, left: texts, done: false, since: this.#options.now(), result: promise },
      finish: () => {
        this.#settle(request);
        resolve(resultOf());
      },
      fail: (error) => {
        if (request.done) return;
        this.#settle(request);
        reject(error);
      },
    };
    this.#waiting += texts;
    if (texts === 0) request.finish();
    return request;
  }

  /** Removes the waiting texts of a request. */
  #settle(request: Request<unknown>): void {
    request.done = true;
    this.#waiting -= request.queued;
    request.queued = 0;
  }

  #ticket<T>(request: Request<T>, smaller: string): Ticket<T> {
    const { timeout } = this.#options.limits;
    const timer = setTimeout(() => {
      request.fail(
        new HttpError(
          503,
          `[server] the answer must be there within ${timeout / 1000} s, but is not: the server is busy, or much is asked of it. Send the request again later, ${smaller}, or start the server with a longer --timeout.`,
          { headers: retryAfter(this.#waiting * this.#pace) },
        ),
      );
    }, timeout);
    const result = request.result.finally(() => {
      clearTimeout(timer);
    });
    result.catch(() => undefined); // nobody may listen to a cancelled request
    const cancel = () => {
      request.fail(new HttpError(408, '[client] must wait for the answer, but has closed the connection.'));
      clearTimeout(timer);
    };
    return { result, cancel };
  }

  #add(key: string, model: number, batch: number, item: Item): void {
    let lane = this.#lanes.get(key);
    if (!lane) this.#lanes.set(key, (lane = { model, items: [], head: 0, batch }));
    lane.items.push(item);
    // texts that arrive in the same turn of the event loop share a batch
    if (this.#soon) return;
    this.#soon = true;
    setImmediate(() => {
      this.#soon = false;
      this.#pump();
    });
  }

  /** Gives batches to free threads until one of both runs out. */
  #pump(): void {
    for (;;) {
      const lane = this.#nextLane();
      if (!lane) return;
      const slot = this.#options.pool.take();
      if (!slot) return;
      const items = takeItems(lane);
      if (items.length === 0) this.#options.pool.release(slot);
      else void this.#work(slot, lane.model, items);
    }
  }

  /** The lane whose first item has waited longest, among those that are due. */
  #nextLane(): Lane | undefined {
    const { limits, now } = this.#options;
    let best: Lane | undefined;
    let soonest = Infinity;
    for (const [key, lane] of this.#lanes) {
      dropDone(lane);
      if (lane.head === lane.items.length) {
        this.#lanes.delete(key);
        this.#tellIdle(lane.model);
        continue;
      }
      const { since } = lane.items[lane.head].request;
      const due = lane.items.length - lane.head >= lane.batch ? 0 : since + limits.maxWait;
      if (limits.maxWait > 0 && due > now()) soonest = Math.min(soonest, due);
      else if (!best || since < best.items[best.head].request.since) best = lane;
    }
    clearTimeout(this.#timer);
    if (soonest < Infinity) {
      this.#timer = setTimeout(() => {
        this.#pump();
      }, soonest - now());
    }
    return best;
  }

  async #work(slot: Slot, model: number, items: readonly Item[]): Promise<void> {
    const { now, pool, batch } = this.#options;
    const began = now();
    this.#running.set(model, (this.#running.get(model) ?? 0) + 1);
    for (const { request } of items) request.queued--;
    this.#waiting -= items.length;
    try {
      const [{ text, options }] = items;
      if (options) {
        const within = items[0].request.since + this.#options.limits.timeout - began;
        items[0].take(await slot.thread.ask({ ask: 'explain', model, text, options, within }));
      } else {
        batch?.(model, items.length, began - items[0].request.since);
        const texts = items.map((item) => item.text);
        const scored = await slot.thread.ask({ ask: 'score', model, texts } satisfies Question);
        for (const [n, item] of items.entries()) item.take(rowOf(scored, n, items.length));
        this.#pace += 0.1 * ((now() - began) / items.length - this.#pace);
      }
      for (const { request } of items) if (--request.left === 0 && !request.done) request.finish();
    } catch (error) {
      // past the time limit, the timer of the ticket fails the request
      if (!(error instanceof UnrollError && error.kind === 'interrupted'))
        for (const { request } of items) request.fail(asRequestError(error));
    } finally {
      this.#running.set(model, (this.#running.get(model) ?? 1) - 1);
      pool.release(slot);
      this.#tellIdle(model);
    }
  }

  #isIdle(model: number): boolean {
    if ((this.#running.get(model) ?? 0) > 0) return false;
    return [...this.#lanes.values()].every(
      (lane) => lane.model !== model || lane.items.slice(lane.head).every(({ request }) => request.done),
    );
  }

  #tellIdle(model: number): void {
    const tell = this.#idle.get(model);
    if (!tell || !this.#isIdle(model)) return;
    this.#idle.delete(model);
    this.#running.delete(model);
    tell();
  }
}

/** Takes waiting items for a batch; cancelled ones are skipped. */
function takeItems(lane: Lane): Item[] {
  const taken: Item[] = [];
  while (taken.length < lane.batch && lane.head < lane.items.length) {
    const item = lane.items[lane.head++];
    if (!item.request.done) taken.push(item);
  }
  if (lane.head > 1024 && lane.head * 2 > lane.items.length) {
    lane.items.splice(0, lane.head);
    lane.head = 0;
  }
  return taken;
}

function dropDone(lane: Lane): void {
  while (lane.head < lane.items.length && lane.items[lane.head].request.done) lane.head++;
}

function rowOf(
  { probabilities, tokens, known, noneOfThese, abstains, sets }: Scored,
  n: number,
  N: number,
): ScoredText {
  const C = probabilities.length / N;
  return {
    scores: probabilities.subarray(n * C, (n + 1) * C),
    tokens: tokens[n],
    known: known[n],
    noneOfThese: noneOfThese?.[n],
    abstains: abstains?.[n] ?? false,
    set: sets?.[n],
  };
}

function asRequestError(error: unknown): Error {
  if (!(error instanceof ThreadEndedError)) return error instanceof Error ? error : new Error(String(error));
  return new HttpError(
    503,
    '[server] the thread that predicted has ended, and another takes its place. Send the request again.',
    { cause: error, headers: retryAfter(1000) },
  );
}
