/**
 * The trials of one study as read last. A finished trial never changes, so only new ids and unfinished trials are read
 * again. New trials get ids beyond all earlier ones, in the order in which they appear: who makes one holds the lock on
 * the study until then.
 *
 * Databases use ids of deleted studies again, so nothing is believed without looking at the last finished trial: where
 * its datetimes differ to the microsecond, this is another study.
 */
import type { Distribution } from '../../space/distributions.ts';
import { type FrozenTrial, isFinished } from '../../trial/frozen-trial.ts';
import type { SqlTransaction } from './database.ts';
import type { ReadTrial, TrialReader } from './read-trials.ts';

/** The cached state of a study. */
export class TrialCache {
  readonly #studyId: number;
  readonly #reader: TrialReader;
  #trials: FrozenTrial[] = [];
  /** The row of the last trial that was finished when it was read. */
  #witness: ReadTrial | undefined;
  /** Index in `#trials` by id. */
  #unfinished: ReadonlyMap<number, number> = new Map();
  /** The first distribution of each parameter, as far as seen. */
  readonly distributions = new Map<string, Distribution>();

  constructor(studyId: number, reader: TrialReader) {
    this.#studyId = studyId;
    this.#reader = reader;
  }

  /** The trials now, by number. */
  async refresh(query: SqlTransaction['query']): Promise<readonly FrozenTrial[]> {
    const last = this.#trials.at(-1)?.id ?? 0;
    const read = await this.#reader.read(query, {
      studyId: this.#studyId,
      after: last,
      ids: [...this.#unfinished.keys()],
      headOf: this.#witness?.trial.id ?? 0,
    });
    if (!this.#accept(read)) {
      this.clear();
      this.#accept(await this.#reader.read(query, { studyId: this.#studyId }));
    }
    const trials = this.#trials;
    // another program deleted trials: read everything each time
    if (trials.length > 0 && trials[trials.length - 1].number !== trials.length - 1) this.clear();
    return trials;
  }

  /** Forgets everything. */
  clear(): void {
    this.#trials = [];
    this.#witness = undefined;
    this.#unfinished = new Map();
    this.distributions.clear();
  }

  /** Merges new rows; false if they do not fit the cache. */
  #accept(read: ReadonlyMap<number, ReadTrial>): boolean {
    const before = this.#witness;
    const now = before && read.get(before.trial.id);
    if (before && (now?.studyId !== this.#studyId || now.stamps !== before.stamps)) return false;
    const trials = this.#trials.slice();
    for (const [id, index] of this.#unfinished) {
      const row = read.get(id);
      if (row?.studyId !== this.#studyId || row.trial.number !== trials[index].number) return false;
      trials[index] = row.trial;
    }
    const unfinished = new Map<number, number>();
    for (const [id, row] of read) {
      if (id === before?.trial.id) continue;
      const { trial } = row;
      let index = this.#unfinished.get(id);
      if (index === undefined) {
        // a gap in the numbers means that something was missed
        if (trials.length > 0 && this.#trials.length > 0 && trial.number !== trials.length) return false;
        index = trials.push(trial) - 1;
      }
      if (isFinished(trial.state)) this.#witness = row;
      else unfinished.set(id, index);
    }
    this.#trials = trials;
    this.#unfinished = unfinished;
    return true;
  }
}
