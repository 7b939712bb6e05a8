/** What happens in the page, from a table to trained classifiers. */
import example from '../../examples/tickets.csv?raw';
import type { ClassifierEvent } from '../../src/classifier/events.ts';
import { train, type TrainedClassifier } from '../../src/classifier/train.ts';
import { InterruptedError } from '../../src/core/errors.ts';
import type { EpochEvent } from '../../src/train/events.ts';
import { readTable, type Columns, type Table } from './table.ts';

/** Smaller than the command line's, so that a few hundred texts are learned in seconds. */
const NETWORK = { type: 'bigru', hidden_size: 64, embedding_dim: 64 } as const;

/** A model that was trained, and how good it is. */
export interface Learned {
  readonly name: string;
  readonly what: string;
  readonly classifier: TrainedClassifier;
}

/** How far training is. */
export interface Progress {
  readonly what: string;
  /** In [0, 1]. */
  readonly done: number;
  /** Seconds, at most; null where nothing is known yet. */
  readonly left: number | null;
}

/** The state of the page. */
export class Lesson {
  content = $state('');
  table = $state.raw<Table>();
  problem = $state('');
  notices = $state<string[]>([]);
  phase = $state<'data' | 'training' | 'trained'>('data');
  progress = $state.raw<Progress>({ what: '', done: 0, left: null });
  epochs = $state.raw<readonly EpochEvent[]>([]);
  learned = $state.raw<readonly Learned[]>([]);
  seconds = $state(0);
  #name = 'table';
  #stopping = false;
  #abort = new AbortController();

  /** Takes the built-in example. */
  async useExample(): Promise<void> {
    await this.take('tickets', example);
  }

  /** Takes a file. */
  async open(file: File): Promise<void> {
    await this.take(file.name.replace(/\.\w+$/, ''), await file.text());
  }

  /** Takes a table, or the same one by other columns. */
  async take(name: string, content: string, columns: Columns = {}): Promise<void> {
    this.#name = name;
    this.content = content;
    this.problem = '';
    this.table = undefined;
    if (content.trim() === '') return;
    try {
      this.table = await readTable(name, content, columns);
    } catch (error) {
      this.problem = told(error);
    }
  }

  /** Names the columns. */
  async chooseColumns(columns: Columns): Promise<void> {
    await this.take(this.#name, this.content, columns);
  }

  /** Ends training after this epoch, with the best weights so far. */
  stop(): void {
    this.#stopping = true;
  }

  /** Trains the linear model, then the network, on the same documents. */
  async train(): Promise<void> {
    const { table } = this;
    if (!table) return;
    this.phase = 'training';
    this.problem = '';
    this.epochs = [];
    this.notices = [];
    this.#stopping = false;
    this.#abort = new AbortController();
    for (const { classifier } of this.learned) void classifier.close();
    this.learned = [];
    const started = performance.now();
    try {
      const linear = await this.#fit(table, 'Fitting the linear model', { model: { type: 'linear' } });
      const network = await this.#fit(table, 'Training the network', { model: NETWORK });
      this.learned = [
        { name: 'network', what: 'Recurrent network', classifier: network },
        { name: 'linear', what: 'Linear model (baseline)', classifier: linear },
      ];
      this.seconds = (performance.now() - started) / 1000;
      this.phase = 'trained';
    } catch (error) {
      this.phase = 'data';
      this.problem = error instanceof InterruptedError ? 'Training was stopped.' : told(error);
    }
  }

  async #fit(table: Table, what: string, settings: object): Promise<TrainedClassifier> {
    const started = performance.now();
    this.progress = { what, done: 0, left: null };
    return train(
      { texts: table.texts, labels: table.labels, name: table.name },
      {
        ...settings,
        signal: this.#abort.signal,
        worker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
        listener: (event) => this.#hear(event, what, started),
      },
    );
  }

  #hear(event: ClassifierEvent, what: string, started: number): boolean | undefined {
    if (event.type === 'notice' || event.type === 'doubt') {
      if (event.type === 'notice') this.notices = [...new Set([...this.notices, event.text])];
      return undefined;
    }
    const done =
      event.type === 'step'
        ? (event.epoch - 1 + event.batch / event.batches) / event.epochs
        : event.type === 'fitting'
          ? event.done
          : undefined;
    if (done !== undefined) {
      const spent = (performance.now() - started) / 1000;
      this.progress = { what, done, left: done > 0.02 ? (spent / done) * (1 - done) : null };
    }
    if (event.type !== 'epoch') return undefined;
    this.epochs = [...this.epochs, event];
    return !this.#stopping;
  }
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
