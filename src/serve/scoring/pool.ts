/** The threads of a server: each holds every model; a thread that dies is replaced. */
import type { LoadedModel, ModelSnapshot, ThreadSetup } from './messages.ts';
import type { StartThread, Thread } from './thread.ts';

/** Options of {@link Pool}. */
export interface PoolOptions extends ThreadSetup {
  /** How many threads, from 1. */
  readonly threads: number;
  /** Makes one. */
  readonly start: StartThread;
  /** Called when a thread died, with whether it was replaced. */
  readonly onThread?: (event: { readonly what: 'ended' | 'replaced'; readonly why: string }) => void;
}

/** A slot for a thread. */
export interface Slot {
  readonly thread: Thread;
}

interface OwnSlot extends Slot {
  thread: Thread;
  state: 'free' | 'taken' | 'gone';
}

/** Delay before a thread that died is replaced, in ms: its cause may persist. */
const REPLACE_MS = 1000;

/** The threads and the models that they hold. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #slots: OwnSlot[];
  readonly #snapshots = new Map<number, ModelSnapshot>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;
  #next = 1;
  /** Called when a thread is free again. */
  onFree: () => void = () => undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.threads }, () => {
      const slot = { state: 'free' } as OwnSlot;
      slot.thread = this.#start(slot);
      return slot;
    });
  }

  /** How many threads can work. */
  get alive(): number {
    return this.#slots.filter(({ state }) => state !== 'gone').length;
  }

  /** Acquires a free thread until `release`; undefined if all are busy. */
  take(): Slot | undefined {
    const slot = this.#slots.find(({ state }) => state === 'free');
    if (slot) slot.state = 'taken';
    return slot;
  }

  /** Releases a thread. */
  release(slot: Slot): void {
    const own = slot as OwnSlot;
    if (own.state === 'taken') own.state = 'free';
    this.onFree();
  }

  /**
   * Loads a model on every thread.
   * @returns Its id in requests, and facts about it.
   */
  async load(snapshot: ModelSnapshot): Promise<{ readonly model: number; readonly loaded: LoadedModel }> {
    const model = this.#next++;
    const working = this.#slots.filter(({ state }) => state !== 'gone');
    // threads started meanwhile load it themselves
    this.#snapshots.set(model, snapshot);
    const asked = await Promise.allSettled(
      working.map(({ thread }) => thread.ask({ ask: 'load', model, snapshot })),
    );
    const failed = asked.find((one) => one.status === 'rejected');
    if (failed) {
      await this.unload(model);
      throw failed.reason;
    }
    const [first] = asked as PromiseFulfilledResult<LoadedModel>[];
    return { model, loaded: first.value };
  }

  /** Frees the memory of a model, which must not be used afterwards. */
  async unload(model: number): Promise<void> {
    this.#snapshots.delete(model);
    const working = this.#slots.filter(({ state }) => state !== 'gone');
    await Promise.allSettled(working.map(({ thread }) => thread.ask({ ask: 'unload', model })));
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#slots.map(({ thread }) => thread.close()));
  }

  #start(slot: OwnSlot): Thread {
    const { start, engine, confidence, maxBatch } = this.#options;
    return start({ engine, confidence, maxBatch }, (why) => {
      slot.state = 'gone';
      if (this.#closed) return;
      this.#options.onThread?.({ what: 'ended', why });
      this.#replaceLater(slot, why);
    });
  }

  #replaceLater(slot: OwnSlot, why: string): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#replace(slot, why);
    }, REPLACE_MS);
    this.#timers.add(timer);
  }

  async #replace(slot: OwnSlot, why: string): Promise<void> {
    slot.thread = this.#start(slot);
    const { thread } = slot;
    const had = [...this.#snapshots];
    try {
      for (const [model, snapshot] of had) await thread.ask({ ask: 'load', model, snapshot });
    } catch {
      return; // it died again, which was reported, or was closed
    }
    if (this.#closed) return;
    slot.state = 'free';
    this.#options.onThread?.({ what: 'replaced', why });
    this.onFree();
  }
}
