/** Reads trials: one statement selects trials and their related rows, for a consistent snapshot. */
import { distributionFromJson } from '../../space/distribution-json.ts';
import type { Distribution } from '../../space/distributions.ts';
import { type Attribute, blankTrial, type FrozenTrial, type TrialDraft } from '../../trial/frozen-trial.ts';
import { parsePythonJson } from '../python-json.ts';
import type { SqlRow, SqlTransaction, SqlValue } from './database.ts';
import type { Dialect } from './dialect.ts';
import { decodeDate, decodeNumber, decodeState } from './encode.ts';

/** A trial, and its datetimes to the microsecond. */
export interface ReadTrial {
  readonly trial: FrozenTrial;
  readonly studyId: number;
  /** `datetime_start` and `datetime_complete` as text. */
  readonly stamps: string;
}

/** What to read. */
export interface TrialQuery {
  /** All trials of this study with ids above `after`. */
  readonly studyId?: number;
  /** An id; only later trials. Default 0: all. */
  readonly after?: number;
  /** Also these trials, of any study. */
  readonly ids?: readonly number[];
  /** Only the row of this trial, without related rows. */
  readonly headOf?: number;
}

/** Kinds of rows, in the order in which they come. */
const HEAD = 0;
const PARAM = 1;
const VALUE = 2;
const REPORT = 3;
const USER = 4;
const SYSTEM = 5;

/** The columns are: kind, trial, order within it, name or type, number, text, more text. */
function statement({ text, integers }: Dialect): string {
  const none = 'CAST(NULL AS VARCHAR(1))';
  const head = `trial_id, study_id, CAST(state AS VARCHAR(8)) AS state, number,
    ${text('datetime_start')} AS begun, ${text('datetime_complete')} AS ended FROM trials`;
  const of = 'WHERE trial_id IN (SELECT trial_id FROM heads)';
  const row = (kind: number) => `SELECT ${kind}, trial_id, study_id, state, CAST(number AS DOUBLE PRECISION),
    begun, ended`;
  const attributes = (kind: number, which: string) => `
    SELECT ${kind}, trial_id, trial_${which}_attribute_id, "key", CAST(NULL AS DOUBLE PRECISION), value_json, ${none}
    FROM trial_${which}_attributes ${of}`;
  return `WITH heads AS MATERIALIZED (
      SELECT ${head} WHERE study_id = ? AND trial_id > ?
      UNION ALL SELECT ${head} WHERE trial_id IN (${integers}))
    ${row(HEAD)} FROM heads
    UNION ALL ${row(HEAD)} FROM (SELECT ${head} WHERE trial_id = ?) AS alone
    UNION ALL SELECT ${PARAM}, trial_id, param_id, param_name, param_value, distribution_json, ${none}
      FROM trial_params ${of}
    UNION ALL SELECT ${VALUE}, trial_id, objective, CAST(value_type AS VARCHAR(8)), value, ${none}, ${none}
      FROM trial_values ${of}
    UNION ALL SELECT ${REPORT}, trial_id, trial_intermediate_value_id, CAST(intermediate_value_type AS VARCHAR(8)),
      intermediate_value, CAST(step AS VARCHAR(12)), ${none} FROM trial_intermediate_values ${of}
    UNION ALL ${attributes(USER, 'user')}
    UNION ALL ${attributes(SYSTEM, 'system')}
    ORDER BY 1, 2, 3`;
}

/** Reads trials; caches parsed distributions. */
export class TrialReader {
  readonly #sql: string;
  readonly #url: string;
  /** Cache: all trials have the same few distributions. */
  readonly #distributions = new Map<string, Distribution>();

  constructor(dialect: Dialect, url: string) {
    this.#sql = statement(dialect);
    this.#url = url;
  }

  /** Trials by id, in the order of ids. */
  async read(query: SqlTransaction['query'], wanted: TrialQuery): Promise<ReadonlyMap<number, ReadTrial>> {
    const { studyId = 0, after = 0, ids = [], headOf = 0 } = wanted;
    const rows = await query(this.#sql, [studyId, after, JSON.stringify(ids), headOf]);
    const drafts = new Map<number, Draft>();
    for (const row of rows) {
      if (row[0] === HEAD) this.#head(drafts, row);
      else this.#part(drafts.get(row[1] as number), row);
    }
    return drafts;
  }

  /** A distribution from its JSON. */
  distribution(json: SqlValue, source: string): Distribution {
    const text = String(json);
    const known = this.#distributions.get(text);
    if (known) return known;
    const distribution = distributionFromJson(parsePythonJson(text, source), source);
    if (this.#distributions.size >= 1000) this.#distributions.clear();
    this.#distributions.set(text, distribution);
    return distribution;
  }

  #head(drafts: Map<number, Draft>, [, id, studyId, state, number, start, complete]: SqlRow) {
    const source = `${this.#url} trial ${number}`;
    drafts.set(id as number, {
      studyId: studyId as number,
      stamps: `${start} ${complete}`,
      trial: {
        ...blankTrial(id as number, number as number),
        state: decodeState(state, source),
        datetimeStart: decodeDate(start, source),
        datetimeComplete: decodeDate(complete, source),
      },
    });
  }

  #part(draft: Draft | undefined, [kind, , , name, number, text]: SqlRow) {
    if (!draft) return;
    const { trial } = draft;
    const source = `${this.#url} trial ${trial.number}`;
    const key = String(name);
    switch (kind) {
      case PARAM:
        // SQLite has NULL for NaN
        trial.internalParams.set(key, number === null ? NaN : (number as number));
        trial.distributions.set(key, this.distribution(text, `${source} parameter ${key}`));
        break;
      case VALUE:
        (trial.values ??= []).push(decodeNumber(number, name, `${source} value`));
        break;
      case REPORT:
        trial.intermediateValues.set(Number(text), decodeNumber(number, name, `${source} step ${text}`));
        break;
      default: {
        const attributes = kind === USER ? trial.userAttrs : trial.systemAttrs;
        define(attributes, key, parsePythonJson(String(text), `${source} attribute ${key}`));
      }
    }
  }
}

/** A trial that is being assembled from rows. */
interface Draft extends ReadTrial {
  readonly trial: TrialDraft;
}

/** Sets a property of any name, `__proto__` too. */
export function define(record: Record<string, Attribute>, key: string, value: Attribute): void {
  if (key !== '__proto__') record[key] = value;
  else Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}
