/** Trials in the words of `test/golden/optuna/expected.json`, in which Optuna and we are compared. */
import assert from 'node:assert/strict';
import { toExternal } from '../../src/tune/space/distributions.ts';
import type { StudyStorage } from '../../src/tune/storage/contract.ts';
import { parsePythonJson } from '../../src/tune/storage/python-json.ts';
import type { Attribute, Attributes, FrozenTrial } from '../../src/tune/trial/frozen-trial.ts';

/** A trial as Optuna has read it. */
export interface TrialInWords {
  readonly number: number;
  readonly state: string;
  readonly values: readonly number[] | null;
  readonly internal: readonly (readonly [string, number])[];
  readonly params: readonly (readonly [string, unknown])[];
  readonly distributions: Readonly<Record<string, { name: string; attributes: Record<string, unknown> }>>;
  readonly intermediate: readonly (readonly [number, number])[];
  readonly user_attrs: Attributes;
  readonly system_attrs: Attributes;
  /** Milliseconds since 1970. */
  readonly start: number | null;
  readonly complete: number | null;
}

/** Studies as Optuna has read them, by name. */
export type StudiesInWords = Readonly<
  Record<
    string,
    {
      readonly directions: readonly string[];
      readonly user_attrs: Attributes;
      readonly system_attrs: Attributes;
      readonly trials: readonly TrialInWords[];
    }
  >
>;

/** What make.py's `read` printed. */
export function parseWords(text: string): StudiesInWords {
  return words(parsePythonJson(text, 'Optuna'));
}

/** A part of a parsed file whose form the tests know. */
export function words(value: Attribute): StudiesInWords {
  return value as unknown as StudiesInWords;
}

const byStep = (a: readonly [number, number], b: readonly [number, number]) => a[0] - b[0];

function inWords(trial: FrozenTrial): TrialInWords {
  return {
    number: trial.number,
    state: trial.state,
    values: trial.values,
    internal: [...trial.internalParams],
    params: [...trial.internalParams].map(([name, value]) => [
      name,
      toExternal(trial.distributions.get(name)!, value),
    ]),
    distributions: Object.fromEntries(
      [...trial.distributions].map(([name, { type, ...attributes }]) => [
        name,
        { name: `${type[0].toUpperCase()}${type.slice(1)}Distribution`, attributes },
      ]),
    ),
    intermediate: [...trial.intermediateValues].sort(byStep),
    user_attrs: trial.userAttrs,
    system_attrs: trial.systemAttrs,
    start: trial.datetimeStart?.getTime() ?? null,
    complete: trial.datetimeComplete?.getTime() ?? null,
  };
}

/** Compares every field of every study. */
export async function checkStudies(storage: StudyStorage, want: StudiesInWords): Promise<void> {
  const found = await storage.studies();
  assert.deepEqual(found.map(({ name }) => name).sort(), Object.keys(want).sort());
  for (const { id, name, directions, userAttrs, systemAttrs } of found) {
    const { trials, ...study } = want[name];
    assert.deepEqual({ directions, user_attrs: userAttrs, system_attrs: systemAttrs }, study);
    const ours = await storage.trials(id);
    assert.equal(ours.length, trials.length);
    for (const [i, trial] of ours.entries()) {
      assert.deepEqual(inWords(trial), {
        ...trials[i],
        intermediate: trials[i].intermediate.toSorted(byStep),
      });
    }
  }
}
