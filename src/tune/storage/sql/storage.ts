/**
 * Studies in a relational database with Optuna's schema: Optuna's Python API and dashboard can open them, and vice
 * versa.
 *
 * Every write is one transaction. If the connection breaks during a commit, the next attempt checks whether it was
 * committed, by ids and by datetimes with random microseconds.
 */
import type { Distribution } from '../../space/distributions.ts';
import type { Attribute, Attributes, Direction, FrozenTrial } from '../../trial/frozen-trial.ts';
import {
  checkChanges,
  checkParams,
  checkStudy,
  checkUnfinished,
  copyAttribute,
  copyAttributes,
  fillTemplate,
  nameTaken,
  noSuch,
} from '../checks.ts';
import type { StudyRecord, StudyStorage, TrialBeginning, TrialChanges, TrialTemplate } from '../contract.ts';
import { pythonJson } from '../python-json.ts';
import type { DatabaseOptions, SqlDatabase, SqlTransaction, SqlValue } from './database.ts';
import { decodeState, encodeDate, stamp } from './encode.ts';
import { appendTrials, type FilledTrial, insertParts, insertTrials, named } from './insert-trials.ts';
import { TrialReader } from './read-trials.ts';
import { prepareSchema } from './schema.ts';
import { countFirstAttempts, deleteStudy, insertStudy, readStudies } from './statements.ts';
import { TrialCache } from './trial-cache.ts';

type Query = SqlTransaction['query'];

/** Empty changes. */
const NOTHING = {
  intermediateValues: new Map<number, number>(),
  values: null,
  userAttrs: {},
  systemAttrs: {},
};

/** A storage in a relational database. */
export class SqlStorage implements StudyStorage {
  readonly url: string;
  readonly #database: SqlDatabase;
  readonly #now: () => Date;
  readonly #reader: TrialReader;
  readonly #caches = new Map<number, TrialCache>();

  private constructor(database: SqlDatabase, { now = () => new Date() }: DatabaseOptions) {
    this.url = database.url;
    this.#database = database;
    this.#now = now;
    this.#reader = new TrialReader(database.dialect, database.url);
  }

  /**
   * Makes the tables where there are none. Closes the database where that fails.
   * @param options.create Whether they are made. Default true.
   * @throws ConfigError where the tables are of another version
   */
  static async open(
    database: SqlDatabase,
    { create = true, ...options }: DatabaseOptions & { readonly create?: boolean } = {},
  ): Promise<SqlStorage> {
    try {
      await prepareSchema(database, create);
    } catch (error) {
      await database.close();
      throw error;
    }
    return new SqlStorage(database, options);
  }

  createStudy(name: string, directions: readonly Direction[]): Promise<StudyRecord> {
    return this.importStudy({ name, directions, userAttrs: {}, systemAttrs: {} }, []);
  }

  async importStudy(study: Omit<StudyRecord, 'id'>, trials: readonly TrialTemplate[]): Promise<StudyRecord> {
    const checked = checkStudy(study);
    const { name } = checked;
    const filled = trials.map((trial) => fillTemplate(trial, this.#now()));
    const known = new Map<string, Distribution>();
    for (const { distributions } of filled) checkParams(known, named(distributions));
    const id = await this.#database.write<number>(
      async ({ query }, uncertain) => {
        const [found] = await query('SELECT study_id FROM studies WHERE study_name = ?', [name]);
        if (found && uncertain?.value === found[0]) return uncertain.value;
        const studyId = found ? undefined : await insertStudy(query, checked);
        if (studyId === undefined) throw nameTaken(name);
        await insertTrials(query, filled, { studyId, firstNumber: 0, date: (date) => encodeDate(date) });
        return studyId;
      },
      { durable: true },
    );
    // databases may reuse ids
    this.#caches.delete(id);
    return { id, ...checked };
  }

  async deleteStudy(studyId: number): Promise<void> {
    this.#caches.delete(studyId);
    const { forUpdate } = this.#database.dialect;
    await this.#database.write(
      async ({ query }, uncertain) => {
        const [row] = await query(`SELECT study_id FROM studies WHERE study_id = ? ${forUpdate}`, [studyId]);
        if (!row && uncertain) return;
        if (!row) throw noSuch('study', studyId, this.url);
        await deleteStudy(query, studyId);
      },
      { durable: true },
    );
  }

  studies(): Promise<readonly StudyRecord[]> {
    return readStudies(this.#read, this.url);
  }

  async findStudy(name: string): Promise<StudyRecord | undefined> {
    const [study] = await readStudies(this.#read, this.url, name);
    return study;
  }

  async setStudyAttr(studyId: number, kind: 'user' | 'system', key: string, value: Attribute): Promise<void> {
    const json = pythonJson(copyAttribute(key, value));
    await this.#database.write(async ({ query }) => {
      await this.#lockStudy(query, studyId);
      await query(
        `INSERT INTO study_${kind}_attributes (study_id, "key", value_json) VALUES (?, ?, ?)
         ON CONFLICT (study_id, "key") DO UPDATE SET value_json = EXCLUDED.value_json`,
        [studyId, key, json],
      );
    });
  }

  async createTrial(studyId: number, template: TrialTemplate = {}): Promise<FrozenTrial> {
    return (await this.createTrialWithin(studyId, Infinity, template))!;
  }

  createTrialWithin(
    studyId: number,
    budget: number,
    template: TrialTemplate = {},
    { heartbeat = false }: TrialBeginning = {},
  ): Promise<FrozenTrial | undefined> {
    const now = this.#now();
    const filled = fillTemplate(template, now);
    // a time of the template is kept; the clock's time gets random microseconds to recognise it
    const write = (date: Date | null) => (date === now ? begun : encodeDate(date));
    const begun = stamp(now);
    return this.#database.write<FrozenTrial | undefined>(async ({ query }, uncertain) => {
      await this.#lockStudy(query, studyId);
      if (uncertain?.value) {
        const { id, number } = uncertain.value;
        const start = write(filled.datetimeStart);
        if (await this.#matches(query, id, { study_id: studyId, number, datetime_start: start })) {
          return uncertain.value;
        }
      }
      await this.#checkParams(query, studyId, [...named(filled.distributions)]);
      if (budget !== Infinity && (await countFirstAttempts(query, studyId)) >= budget) return undefined;
      const [made] = await appendTrials(query, [filled], { studyId, date: write });
      if (heartbeat) await this.#beat(query, made.id);
      return made;
    });
  }

  async claimWaiting(
    studyId: number,
    { heartbeat = false, systemAttrs = {} }: TrialBeginning & { readonly systemAttrs?: Attributes } = {},
  ): Promise<FrozenTrial | undefined> {
    const { skipLocked } = this.#database.dialect;
    const firstAttempt = `COALESCE((SELECT CAST(value_json AS INTEGER) FROM trial_system_attributes AS attribute
      WHERE attribute.trial_id = trials.trial_id AND attribute."key" = 'failed_trial'), number)`;
    const waiting = `SELECT trial_id FROM trials WHERE study_id = ? AND state = 'WAITING'
      ORDER BY ${firstAttempt}, trial_id LIMIT 1`;
    // usually none is waiting: check without a lock first
    const [some] = await this.#database.read(waiting, [studyId]);
    if (!some) {
      await this.#needStudy(this.#read, studyId);
      return undefined;
    }
    const begun = stamp(this.#now());
    const attributes = copyAttributes(systemAttrs);
    return this.#database.write<FrozenTrial | undefined>(async ({ query }, uncertain) => {
      const before = uncertain?.value;
      if (before && (await this.#matches(query, before.id, { datetime_start: begun }))) return before;
      const [row] = await query(
        `UPDATE trials SET state = 'RUNNING', datetime_start = ?
         WHERE trial_id = (${waiting} ${skipLocked}) AND state = 'WAITING' RETURNING trial_id`,
        [begun, studyId],
      );
      if (!row) return undefined;
      const trialId = row[0] as number;
      if (heartbeat) await this.#beat(query, trialId);
      await insertParts(query, [{ ...NOTHING, trialId, systemAttrs: attributes }]);
      return this.#trial(query, trialId);
    });
  }

  async writeTrial(trialId: number, changes: TrialChanges): Promise<void> {
    const { params = [], end } = changes;
    const now = this.#now();
    const ended = end && stamp(now);
    const retry = end?.retry && fillTemplate(end.retry, now);
    await this.#database.write<undefined>(
      async ({ query }, uncertain) => {
        const [row] = await query(
          `SELECT number, CAST(state AS VARCHAR(8)), study_id FROM trials WHERE trial_id = ?
           ${this.#database.dialect.forUpdate}`,
          [trialId],
        );
        if (!row) throw noSuch('trial', trialId, this.url);
        if (uncertain && end) {
          const mine = { state: end.state, datetime_complete: ended! };
          if (await this.#matches(query, trialId, mine)) return undefined;
        }
        checkUnfinished({ number: row[0] as number, state: decodeState(row[1], this.url) });
        const parts = checkChanges(changes);
        await this.#checkParams(query, row[2] as number, params);
        // a template may have values
        if (end) await query('DELETE FROM trial_values WHERE trial_id = ?', [trialId]);
        await insertParts(query, [{ trialId, params, ...parts }]);
        if (end) {
          await query('UPDATE trials SET state = ?, datetime_complete = ? WHERE trial_id = ?', [
            end.state,
            ended!,
            trialId,
          ]);
        }
        if (retry) await this.#retry(query, row[2] as number, [retry]);
        return undefined;
      },
      { durable: end !== undefined },
    );
  }

  trial(trialId: number): Promise<FrozenTrial> {
    return this.#trial(this.#read, trialId);
  }

  async trials(studyId: number): Promise<readonly FrozenTrial[]> {
    const cache = this.#cache(studyId);
    const trials = await cache.refresh(this.#read);
    if (trials.length === 0) await this.#needStudy(this.#read, studyId);
    return trials;
  }

  async heartbeat(trialId: number): Promise<void> {
    await this.#database.write(async ({ query }) => {
      if (!(await this.#beat(query, trialId))) await this.#trial(query, trialId);
    });
  }

  async failStale(
    studyId: number,
    graceSeconds: number,
    retry: (trial: FrozenTrial) => TrialTemplate | undefined = () => undefined,
  ): Promise<readonly FrozenTrial[]> {
    const { skipLocked, secondsSince } = this.#database.dialect;
    const stale = `SELECT trials.trial_id FROM trials JOIN trial_heartbeats USING (trial_id)
      WHERE study_id = ? AND state = 'RUNNING' AND ${secondsSince('heartbeat')} > ?`;
    const values = [studyId, graceSeconds];
    const [some] = await this.#database.read(`${stale} LIMIT 1`, values);
    if (!some) {
      await this.#needStudy(this.#read, studyId);
      return [];
    }
    const now = this.#now();
    const ended = stamp(now);
    return this.#database.write<readonly FrozenTrial[]>(async ({ query }, uncertain) => {
      const failed: FrozenTrial[] = [];
      for (const trial of uncertain?.value ?? []) {
        if (await this.#matches(query, trial.id, { state: 'FAIL', datetime_complete: ended }))
          failed.push(trial);
      }
      const lock = skipLocked && `${skipLocked.replace('UPDATE', 'UPDATE OF trials')}`;
      const ids = await query(
        `UPDATE trials SET state = 'FAIL', datetime_complete = ?
         WHERE trial_id IN (${stale} ${lock}) AND state = 'RUNNING' RETURNING trial_id`,
        [ended, ...values],
      );
      const found: FrozenTrial[] = [];
      for (const [id] of ids) found.push(await this.#trial(query, id as number));
      found.sort((a, b) => a.number - b.number);
      const copies = found.map(retry).filter((copy) => copy !== undefined);
      await this.#retry(
        query,
        studyId,
        copies.map((copy) => fillTemplate(copy, now)),
      );
      return [...failed, ...found].sort((a, b) => a.number - b.number);
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  readonly #read: Query = (sql, values) => this.#database.read(sql, values);

  #cache(studyId: number): TrialCache {
    let cache = this.#caches.get(studyId);
    if (!cache) {
      cache = new TrialCache(studyId, this.#reader);
      this.#caches.set(studyId, cache);
    }
    return cache;
  }

  async #trial(query: Query, trialId: number): Promise<FrozenTrial> {
    const found = (await this.#reader.read(query, { ids: [trialId] })).get(trialId);
    if (!found) throw noSuch('trial', trialId, this.url);
    return found.trial;
  }

  /** Writes a heartbeat of a trial; false if it is not running. */
  async #beat(query: Query, trialId: number): Promise<boolean> {
    const [beat] = await query(
      `INSERT INTO trial_heartbeats (trial_id, heartbeat)
       SELECT trial_id, ${this.#database.dialect.now} FROM trials WHERE trial_id = ? AND state = 'RUNNING'
       ON CONFLICT (trial_id) DO UPDATE SET heartbeat = EXCLUDED.heartbeat RETURNING trial_id`,
      [trialId],
    );
    return beat !== undefined;
  }

  /** Makes copies of trials that have just ended. */
  async #retry(query: Query, studyId: number, copies: readonly FilledTrial[]): Promise<void> {
    if (copies.length === 0) return;
    await this.#lockStudy(query, studyId);
    await appendTrials(query, copies, { studyId, date: (date) => encodeDate(date) });
  }

  async #needStudy(query: Query, studyId: number, lock = ''): Promise<void> {
    const [row] = await query(`SELECT study_id FROM studies WHERE study_id = ? ${lock}`, [studyId]);
    if (!row) throw noSuch('study', studyId, this.url);
  }

  /** The same lock as in Optuna: it serialises the numbering of trials, and makes them appear in the order of ids. */
  #lockStudy(query: Query, studyId: number): Promise<void> {
    return this.#needStudy(query, studyId, this.#database.dialect.forUpdate);
  }

  /** Whether a trial's row holds these values; waits for concurrent transactions on it. */
  async #matches(query: Query, trialId: number, want: Readonly<Record<string, SqlValue>>): Promise<boolean> {
    const conditions = Object.entries(want).map(([column, value]) =>
      value === null ? `${column} IS NULL` : `${column} = ?`,
    );
    const rows = await query(
      `SELECT trial_id FROM trials WHERE trial_id = ? AND ${conditions.join(' AND ')} ${this.#database.dialect.forUpdate}`,
      [trialId, ...Object.values(want).filter((value) => value !== null)],
    );
    return rows.length > 0;
  }

  /** Checks parameters against the study's distributions. Unknown ones are looked up under its lock. */
  async #checkParams(
    query: Query,
    studyId: number,
    params: readonly { readonly name: string; readonly distribution: Distribution }[],
  ): Promise<void> {
    const { distributions } = this.#cache(studyId);
    const unknown = new Set(params.map(({ name }) => name).filter((name) => !distributions.has(name)));
    if (unknown.size > 0) await this.#lockStudy(query, studyId);
    for (const name of unknown) {
      const [row] = await query(
        `SELECT distribution_json FROM trial_params JOIN trials USING (trial_id)
         WHERE study_id = ? AND param_name = ? LIMIT 1`,
        [studyId, name],
      );
      if (row) distributions.set(name, this.#reader.distribution(row[0], `${this.url} parameter ${name}`));
    }
    // the parameters of this write become known when a later write looks them up
    checkParams(new Map(distributions), params);
  }
}
