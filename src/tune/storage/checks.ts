/** Checks that all storages share, so that a study can move between storages. */
import { ConfigError } from '../../core/errors.ts';
import { checkCompatible, type Distribution } from '../space/distributions.ts';
import { TrialFinishedError } from '../trial/end.ts';
import {
  type Attribute,
  type Attributes,
  type Direction,
  type FrozenTrial,
  isFinished,
} from '../trial/frozen-trial.ts';
import type { StudyRecord, TrialChanges, TrialTemplate } from './contract.ts';

/** Longest name or key in Optuna's schema, in characters. */
const MAX_NAME = 512;
/** Steps are 32-bit in Optuna's schema. */
const MAX_STEP = 2 ** 31 - 1;
/** Most levels of nesting; Python reads JSON to about twice this depth. */
const MAX_DEPTH = 400;

/** @throws ConfigError where a database could not hold `name` as a study's name, a parameter's, or a key */
function checkName(what: 'study name' | 'parameter name' | 'attribute key', name: string): void {
  const shown = JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
  if (name === '') throw new ConfigError(`[${what}] must not be empty, but got "". Give it a name.`);
  if ([...name].length > MAX_NAME) {
    throw new ConfigError(
      `[${what}] must have at most ${MAX_NAME} characters, but got ${[...name].length} in ${shown}. Shorten it.`,
    );
  }
  if (name.includes('\0') || !name.isWellFormed()) {
    throw new ConfigError(
      `[${what}] must be text without zero characters or half characters, but got ${shown}. Change it.`,
    );
  }
}

/** A copy of a new study's record. @throws ConfigError where a database could not hold it */
export function checkStudy({
  name,
  directions,
  userAttrs,
  systemAttrs,
}: Omit<StudyRecord, 'id'>): Omit<StudyRecord, 'id'> {
  checkName('study name', name);
  checkDirections(directions);
  return {
    name,
    directions: [...directions],
    userAttrs: copyAttributes(userAttrs),
    systemAttrs: copyAttributes(systemAttrs),
  };
}

/** @throws ConfigError where there is no direction, or an unknown one */
function checkDirections(directions: readonly Direction[]): void {
  const known = directions.every((direction) => direction === 'minimize' || direction === 'maximize');
  if (directions.length === 0 || !known) {
    throw new ConfigError(
      `[directions] must name minimize or maximize for each objective, but got ${JSON.stringify(directions)}. List one per objective.`,
    );
  }
}

/** The error for a name that is taken. */
export function nameTaken(name: string): ConfigError {
  return new ConfigError(
    `[study name] must be new, but got ${JSON.stringify(name)}, which this storage has already. Resume that study, or use another name.`,
  );
}

/** The error for an id that a storage does not have. */
export function noSuch(what: 'study' | 'trial', id: number, url: string): ConfigError {
  return new ConfigError(
    `[${what} ${id}] must be in the storage (${url}), but got none of this id. Was its study deleted?`,
  );
}

/** @throws TrialFinishedError where the trial is final */
export function checkUnfinished({ number, state }: Pick<FrozenTrial, 'number' | 'state'>): void {
  if (isFinished(state)) throw new TrialFinishedError(number, state);
}

/** Checks parameters against the distributions that the study knows, and adds new ones to `known`. */
export function checkParams(
  known: Map<string, Distribution>,
  params: Iterable<{ readonly name: string; readonly distribution: Distribution }>,
): void {
  const added = new Map<string, Distribution>();
  for (const { name, distribution } of params) {
    const before = known.get(name) ?? added.get(name);
    if (before) checkCompatible(name, before, distribution);
    else added.set(name, distribution);
  }
  for (const [name, distribution] of added) known.set(name, distribution);
}

/** Parts of changes or of a template, checked and copied, so that later changes by the caller do not reach the storage. */
export interface CheckedParts {
  readonly intermediateValues: ReadonlyMap<number, number>;
  readonly userAttrs: Attributes;
  readonly systemAttrs: Attributes;
  readonly values: readonly number[] | null;
}

/**
 * @param parts Changes, or a template with its values
 * @throws ConfigError where a database could not hold them
 */
function checkParts({
  intermediateValues,
  userAttrs = {},
  systemAttrs = {},
  values = null,
}: Omit<TrialChanges, 'end' | 'params'> & {
  readonly values?: readonly number[] | null;
}): CheckedParts {
  for (const step of intermediateValues?.keys() ?? []) {
    if (!(Number.isInteger(step) && step >= 0 && step <= MAX_STEP)) {
      throw new ConfigError(
        `[step] must be an integer from 0 to ${MAX_STEP}, but got ${step}. Count epochs or batches.`,
      );
    }
  }
  if (values?.some((value) => typeof value !== 'number' || Number.isNaN(value))) {
    throw new ConfigError(
      `[values] must be numbers, but got ${values.join(', ')}. End the trial as FAIL instead.`,
    );
  }
  return {
    intermediateValues: new Map(intermediateValues),
    userAttrs: copyAttributes(userAttrs),
    systemAttrs: copyAttributes(systemAttrs),
    values: values && [...values],
  };
}

/** The parts of changes, with the names of the parameters. @throws ConfigError where a database could not hold them */
export function checkChanges({ params = [], end, ...parts }: TrialChanges): CheckedParts {
  for (const { name } of params) checkName('parameter name', name);
  return checkParts({ ...parts, values: end?.values ?? null });
}

/** A deep copy. @throws ConfigError where a value is no JSON (NaN and ±Infinity count as JSON, as in Python) */
export function copyAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, copyAttribute(key, value)]),
  );
}

/** A deep copy of one attribute's value. @throws ConfigError where it is no JSON, or a database could not hold the key */
export function copyAttribute(key: string, value: Attribute): Attribute {
  checkName('attribute key', key);
  return copyValue(key, value, 0);
}

function copyValue(key: string, value: Attribute, depth: number): Attribute {
  const refuse = (got: string) =>
    new ConfigError(
      `[attribute ${key}] must be text, numbers, true, false, null, or lists and records of these, but got ${got}. Convert it first.`,
    );
  if (depth > MAX_DEPTH) throw refuse(`more than ${MAX_DEPTH} levels`);
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'object': {
      if (value === null) return null;
      if (isList(value)) return value.map((item) => copyValue(key, item, depth + 1));
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) throw refuse('another object');
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, copyValue(key, item, depth + 1)]),
      );
    }
    default:
      throw refuse(typeof value);
  }
}

/** A template with every field filled in, as a trial without id and number. */
export function fillTemplate(template: TrialTemplate, now: Date): Omit<FrozenTrial, 'id' | 'number'> {
  const { state = 'RUNNING' } = template;
  const { internalParams = new Map<string, number>() } = template;
  const { distributions = new Map<string, Distribution>() } = template;
  for (const name of internalParams.keys()) {
    checkName('parameter name', name);
    if (!distributions.has(name)) {
      throw new ConfigError(
        `[${name}] must have a distribution, but got only a value. Add it to distributions.`,
      );
    }
  }
  const { datetimeStart = state === 'WAITING' ? null : now } = template;
  const { datetimeComplete = isFinished(state) ? now : null } = template;
  for (const date of [datetimeStart, datetimeComplete]) {
    const year = date?.getUTCFullYear() ?? 1;
    if (year >= 1 && year <= 9999) continue;
    throw new ConfigError(
      `[datetime] must be a time in the years 1 to 9999, but got ${String(date)}. Give another, or none.`,
    );
  }
  return {
    state,
    ...checkParts(template),
    internalParams: new Map(internalParams),
    distributions: new Map([...internalParams.keys()].map((name) => [name, distributions.get(name)!])),
    datetimeStart,
    datetimeComplete,
  };
}

/** A study's record with one attribute overwritten. */
export function withStudyAttr(
  study: StudyRecord,
  kind: 'user' | 'system',
  key: string,
  value: Attribute,
): StudyRecord {
  const field = kind === 'user' ? 'userAttrs' : 'systemAttrs';
  return { ...study, [field]: { ...study[field], [key]: value } };
}

function isList(value: Attribute): value is readonly Attribute[] {
  return Array.isArray(value);
}
