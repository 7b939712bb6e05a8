/** Inserts trials and their related rows. */
import { distributionToJson } from '../../space/distribution-json.ts';
import type { Distribution } from '../../space/distributions.ts';
import type { Attributes, FrozenTrial } from '../../trial/frozen-trial.ts';
import type { TrialChanges } from '../contract.ts';
import type { SqlTransaction } from './database.ts';
import { encodeNumber } from './encode.ts';
import { attributeRows, insertRows } from './statements.ts';

type Query = SqlTransaction['query'];

/** A trial without id and number, with every field. */
export type FilledTrial = Omit<FrozenTrial, 'id' | 'number'>;

/** The related rows of a trial. */
export interface TrialParts extends Pick<TrialChanges, 'params'> {
  readonly trialId: number;
  readonly intermediateValues: ReadonlyMap<number, number>;
  readonly values: readonly number[] | null;
  readonly userAttrs: Attributes;
  readonly systemAttrs: Attributes;
}

/** Where trials go. */
export interface TrialPlace {
  readonly studyId: number;
  /** The number of the first of them. */
  readonly firstNumber: number;
  /** How a datetime is written. */
  readonly date: (date: Date | null) => string | null;
}

/** Inserts trials with their related rows; returns their ids. */
export async function insertTrials(
  query: Query,
  trials: readonly FilledTrial[],
  { studyId, firstNumber, date }: TrialPlace,
): Promise<number[]> {
  const made = await insertRows(
    query,
    'trials (study_id, number, state, datetime_start, datetime_complete)',
    trials.map(({ state, datetimeStart, datetimeComplete }, i) => [
      studyId,
      firstNumber + i,
      state,
      date(datetimeStart),
      date(datetimeComplete),
    ]),
    'RETURNING number, trial_id',
  );
  const byNumber = new Map(made.map(([number, id]) => [number as number, id as number]));
  const ids = trials.map((_, i) => byNumber.get(firstNumber + i)!);
  await insertParts(
    query,
    trials.map((trial, i) => ({
      ...trial,
      trialId: ids[i],
      params: [...trial.internalParams].map(([name, internal]) => ({
        name,
        internal,
        distribution: trial.distributions.get(name)!,
      })),
    })),
  );
  return ids;
}

/** Appends trials to a study whose lock is taken, so that their numbers have no gap. */
export async function appendTrials(
  query: Query,
  trials: readonly FilledTrial[],
  { studyId, date }: Omit<TrialPlace, 'firstNumber'>,
): Promise<FrozenTrial[]> {
  const [[count]] = await query('SELECT CAST(COUNT(*) AS INTEGER) FROM trials WHERE study_id = ?', [studyId]);
  const firstNumber = count as number;
  const ids = await insertTrials(query, trials, { studyId, firstNumber, date });
  return trials.map((trial, i) => ({ id: ids[i], number: firstNumber + i, ...trial }));
}

/** Inserts the related rows of trials; existing rows that must not be overwritten stay. */
export async function insertParts(query: Query, parts: readonly TrialParts[]): Promise<void> {
  await insertRows(
    query,
    'trial_params (trial_id, param_name, param_value, distribution_json)',
    parts.flatMap(({ trialId, params = [] }) =>
      params.map((p) => [trialId, p.name, p.internal, distributionToJson(p.distribution)]),
    ),
    'ON CONFLICT (trial_id, param_name) DO NOTHING',
  );
  await insertRows(
    query,
    'trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)',
    parts.flatMap(({ trialId, intermediateValues }) =>
      [...intermediateValues].map(([step, value]) => [trialId, step, ...encodeNumber(value)]),
    ),
    'ON CONFLICT (trial_id, step) DO NOTHING',
  );
  await insertRows(
    query,
    'trial_values (trial_id, objective, value, value_type)',
    parts.flatMap(({ trialId, values }) =>
      (values ?? []).map((value, objective) => [trialId, objective, ...encodeNumber(value)]),
    ),
  );
  for (const kind of ['user', 'system'] as const) {
    await insertRows(
      query,
      `trial_${kind}_attributes (trial_id, "key", value_json)`,
      parts.flatMap((part) => attributeRows(part.trialId, part[`${kind}Attrs`])),
      'ON CONFLICT (trial_id, "key") DO UPDATE SET value_json = EXCLUDED.value_json',
    );
  }
}

/** Distributions with their names. */
export function* named(
  distributions: ReadonlyMap<string, Distribution>,
): Generator<{ readonly name: string; readonly distribution: Distribution }> {
  for (const [name, distribution] of distributions) yield { name, distribution };
}
