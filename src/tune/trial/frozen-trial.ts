/** An immutable snapshot of a stored trial. Names and semantics are Optuna's. */
import { type Distribution, type ParamValue, toExternal } from '../space/distributions.ts';

/** The state of a trial. COMPLETE, PRUNED and FAIL are final: such a trial does not change any more. */
export type TrialState = 'RUNNING' | 'COMPLETE' | 'PRUNED' | 'FAIL' | 'WAITING';

/** Whether a lower or a higher value is better. */
export type Direction = 'minimize' | 'maximize';

/** The value of an attribute: JSON, whose numbers may be NaN and ±Infinity as in Python. */
export type Attribute =
  string | number | boolean | null | readonly Attribute[] | { readonly [key: string]: Attribute };

/** Attributes by key. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** A snapshot of a trial; it does not change when the storage does. */
export interface FrozenTrial {
  /** Unique within the storage. */
  readonly id: number;
  /** 0, 1, … within the study, in the order in which trials were made. */
  readonly number: number;
  /** Its state. */
  readonly state: TrialState;
  /** One value per objective, ±Infinity allowed; null unless COMPLETE, or PRUNED after a report. */
  readonly values: readonly number[] | null;
  /** Internal values by parameter, in the order in which they were suggested. */
  readonly internalParams: ReadonlyMap<string, number>;
  /** Distribution of each parameter, by the same names. */
  readonly distributions: ReadonlyMap<string, Distribution>;
  /** Reports by step (an integer ≥ 0); NaN and ±Infinity allowed. */
  readonly intermediateValues: ReadonlyMap<number, number>;
  /** User attributes. */
  readonly userAttrs: Attributes;
  /** System attributes of samplers, pruners and the study itself. */
  readonly systemAttrs: Attributes;
  /** When it began to run; null while WAITING. */
  readonly datetimeStart: Date | null;
  /** When it ended; null before. */
  readonly datetimeComplete: Date | null;
}

/** A trial whose parts are being put together. */
export interface TrialDraft extends FrozenTrial {
  values: number[] | null;
  readonly internalParams: Map<string, number>;
  readonly distributions: Map<string, Distribution>;
  readonly intermediateValues: Map<number, number>;
  readonly userAttrs: Record<string, Attribute>;
  readonly systemAttrs: Record<string, Attribute>;
}

/** A trial that runs and has nothing yet. */
export function blankTrial(id: number, number: number): TrialDraft {
  return {
    id,
    number,
    state: 'RUNNING',
    values: null,
    internalParams: new Map(),
    distributions: new Map(),
    intermediateValues: new Map(),
    userAttrs: {},
    systemAttrs: {},
    datetimeStart: null,
    datetimeComplete: null,
  };
}

/** Whether a trial of this state is final. */
export function isFinished(state: TrialState): boolean {
  return state === 'COMPLETE' || state === 'PRUNED' || state === 'FAIL';
}

/** The parameters as the objective saw them. */
export function trialParams(trial: FrozenTrial): Record<string, ParamValue> {
  return Object.fromEntries(
    [...trial.internalParams].map(([name, internal]) => {
      const distribution = trial.distributions.get(name);
      return [name, distribution ? toExternal(distribution, internal) : internal];
    }),
  );
}

/** The step of the last report, null before the first. */
export function lastStep(trial: FrozenTrial): number | null {
  let last: number | null = null;
  for (const step of trial.intermediateValues.keys()) if (last === null || step > last) last = step;
  return last;
}
