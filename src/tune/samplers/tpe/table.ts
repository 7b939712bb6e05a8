/** Observed values as columns. */
import type { JointSpace } from '../../space/joint-space.ts';
import { type FrozenTrial, isFinished } from '../../trial/frozen-trial.ts';
import { knownParams } from './planned.ts';

/** The values of the trials that have all parameters of a space. */
export interface Observations {
  /** Internal values by parameter, in the order of the space and of the trials. */
  readonly columns: readonly Float64Array[];
  /** Numbers of the trials. */
  readonly numbers: Int32Array;
}

/** Values of finished trials, one row a number. */
interface Rows {
  /** The snapshot that a row is of. */
  readonly owners: (FrozenTrial | undefined)[];
  /** Whether the trial has all parameters. */
  readonly complete: boolean[];
  /** [trials × parameters] */
  values: Float64Array;
}

/** How many spaces are cached: each independently sampled parameter is one. */
const MOST_SPACES = 100;

/**
 * A function that collects the values of trials, with `withPlans` also the planned ones of running trials. It caches
 * finished trials.
 */
export function createTable() {
  const memory = new Map<string, Rows>();
  return (trials: readonly FrozenTrial[], space: JointSpace, withPlans: boolean): Observations => {
    const names = [...space.keys()];
    const key = JSON.stringify(names);
    if (memory.size > MOST_SPACES) memory.clear();
    const rows = memory.get(key) ?? { owners: [], complete: [], values: new Float64Array(0) };
    memory.set(key, rows);
    const width = names.length;
    const columns = names.map(() => new Float64Array(trials.length));
    const numbers = new Int32Array(trials.length);
    let n = 0;
    for (const trial of trials) {
      const { number } = trial;
      if (rows.owners[number] !== trial) {
        const plans = withPlans && trial.state === 'RUNNING';
        fill(rows, trial, names, plans ? knownParams(trial, space) : trial.internalParams);
      }
      if (!rows.complete[number]) continue;
      for (let d = 0, at = number * width; d < width; d++, at++) columns[d][n] = rows.values[at];
      numbers[n++] = number;
    }
    return { columns: columns.map((column) => column.subarray(0, n)), numbers: numbers.subarray(0, n) };
  };
}

function fill(rows: Rows, trial: FrozenTrial, names: readonly string[], params: ReadonlyMap<string, number>) {
  const { number } = trial;
  const width = names.length;
  if (rows.values.length < (number + 1) * width) {
    const larger = new Float64Array(2 * (number + 1) * width);
    larger.set(rows.values);
    rows.values = larger;
  }
  rows.complete[number] = names.every((name) => params.has(name));
  names.forEach((name, d) => (rows.values[number * width + d] = params.get(name) ?? NaN));
  // a running trial may get more values, and plans only count with `withPlans`
  rows.owners[number] = isFinished(trial.state) ? trial : undefined;
}
