/** Statements that several operations share. */
import { append } from '../../../core/lists.ts';
import type { Attribute, Attributes } from '../../trial/frozen-trial.ts';
import type { StudyRecord } from '../contract.ts';
import { parsePythonJson, pythonJson } from '../python-json.ts';
import type { SqlRow, SqlTransaction, SqlValue } from './database.ts';
import { decodeDirection } from './encode.ts';
import { define } from './read-trials.ts';

type Query = SqlTransaction['query'];

/** Rows in one INSERT, far below what the databases allow. */
const CHUNK = 500;

/**
 * Inserts rows, many with one statement.
 * @param target Table and columns: `trials (study_id, number)`
 * @param ending What follows the values: `RETURNING trial_id`
 */
export async function insertRows(
  query: Query,
  target: string,
  rows: readonly (readonly SqlValue[])[],
  ending = '',
): Promise<SqlRow[]> {
  const returned: SqlRow[] = [];
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK);
    const one = `(${chunk[0].map(() => '?').join(', ')})`;
    const sql = `INSERT INTO ${target} VALUES ${chunk.map(() => one).join(', ')} ${ending}`;
    append(returned, await query(sql, chunk.flat()));
  }
  return returned;
}

/** Rows of owner, key and JSON. */
export function attributeRows(owner: number, attributes: Attributes): SqlValue[][] {
  return Object.entries(attributes).map(([key, value]) => [owner, key, pythonJson(value)]);
}

/** Inserts a study without trials; returns its id, undefined where its name is taken. */
export async function insertStudy(
  query: Query,
  { name, directions, userAttrs, systemAttrs }: Omit<StudyRecord, 'id'>,
): Promise<number | undefined> {
  const [row] = await query(
    'INSERT INTO studies (study_name) VALUES (?) ON CONFLICT DO NOTHING RETURNING study_id',
    [name],
  );
  if (!row) return undefined;
  const studyId = row[0] as number;
  await insertRows(
    query,
    'study_directions (study_id, objective, direction)',
    directions.map((direction, objective) => [studyId, objective, direction.toUpperCase()]),
  );
  for (const [kind, attributes] of [
    ['user', userAttrs],
    ['system', systemAttrs],
  ] as const) {
    const target = `study_${kind}_attributes (study_id, "key", value_json)`;
    await insertRows(query, target, attributeRows(studyId, attributes));
  }
  return studyId;
}

/** Tables with rows of trials. */
const OF_TRIALS = [
  'trial_heartbeats',
  'trial_intermediate_values',
  'trial_values',
  'trial_params',
  'trial_system_attributes',
  'trial_user_attributes',
];

/** Tables with rows of studies, in an order in which they can be emptied. */
const OF_STUDIES = [
  'trials',
  'study_system_attributes',
  'study_user_attributes',
  'study_directions',
  'studies',
];

/** Deletes a study: the schema has no cascades, so child before parent. */
export async function deleteStudy(query: Query, studyId: number): Promise<void> {
  const ofIt = 'WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)';
  for (const table of OF_TRIALS) await query(`DELETE FROM ${table} ${ofIt}`, [studyId]);
  for (const table of OF_STUDIES) await query(`DELETE FROM ${table} WHERE study_id = ?`, [studyId]);
}

/** Trials of a study, without those that retry another one. */
export async function countFirstAttempts(query: Query, studyId: number): Promise<number> {
  const [[count]] = await query(
    `SELECT CAST(COUNT(*) AS INTEGER) FROM trials WHERE study_id = ? AND NOT EXISTS (
       SELECT 1 FROM trial_system_attributes AS attribute
       WHERE attribute.trial_id = trials.trial_id AND attribute."key" = 'failed_trial')`,
    [studyId],
  );
  return count as number;
}

const STUDIES = (where: string) => `
  SELECT 0, study_id, 0, study_name, NULL FROM studies ${where}
  UNION ALL SELECT 1, study_id, objective, CAST(direction AS VARCHAR(8)), NULL
    FROM study_directions JOIN studies USING (study_id) ${where}
  UNION ALL SELECT 2, study_id, study_user_attribute_id, "key", value_json
    FROM study_user_attributes JOIN studies USING (study_id) ${where}
  UNION ALL SELECT 3, study_id, study_system_attribute_id, "key", value_json
    FROM study_system_attributes JOIN studies USING (study_id) ${where}
  ORDER BY 1, 2, 3`;

/** All studies by id, or the one of a name. */
export async function readStudies(query: Query, url: string, name?: string): Promise<StudyRecord[]> {
  const where = name === undefined ? '' : 'WHERE study_name = ?';
  const rows = await query(STUDIES(where), name === undefined ? [] : [name, name, name, name]);
  const studies = new Map<SqlValue, Draft>();
  for (const [kind, id, , key, json] of rows) {
    const source = `${url} study ${id}`;
    const study = studies.get(id);
    if (kind === 0) {
      studies.set(id, {
        id: id as number,
        name: String(key),
        directions: [],
        userAttrs: {},
        systemAttrs: {},
      });
    } else if (kind === 1) study?.directions.push(decodeDirection(key, source));
    else if (study) {
      const attributes = kind === 2 ? study.userAttrs : study.systemAttrs;
      define(attributes, String(key), parsePythonJson(String(json), `${source} attribute ${key}`));
    }
  }
  return [...studies.values()];
}

interface Draft extends StudyRecord {
  readonly directions: StudyRecord['directions'][number][];
  readonly userAttrs: Record<string, Attribute>;
  readonly systemAttrs: Record<string, Attribute>;
}
