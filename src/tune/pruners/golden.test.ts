/** Decisions of every pruner on 200 random learning curves, as Optuna 5.0.0 took them (`test/golden/pruners`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { makeTrial, makeView } from '../testing/trials.ts';
import { CONSTRAINT_PREFIX } from '../trial/constraints.ts';
import type { Attributes, Direction, FrozenTrial } from '../trial/frozen-trial.ts';
import { bracketBudgets, bracketOf } from './hyperband.ts';
import { pruners } from './index.ts';

/** A number; NaN and infinities as texts. */
type Stored = number | string;

interface Plan {
  readonly reports: readonly (readonly [number, Stored])[];
  readonly stubborn: boolean;
  readonly fails: boolean;
  readonly constraint?: number;
}

interface Run {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly set: 'curves' | 'cases';
  readonly index: number;
  readonly name: string;
  readonly direction: Direction;
  readonly workers: number;
  /** A text of 0 and 1 a trial, one for each report that it made. */
  readonly decisions: readonly string[];
  /** How many rungs each trial reached. */
  readonly rungs: readonly number[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/pruners/pruners.json', import.meta.url), 'utf8'),
) as {
  readonly sets: Readonly<Record<Run['set'], readonly (readonly Plan[])[]>>;
  readonly runs: readonly Run[];
  readonly brackets: readonly {
    readonly min: number;
    readonly max: number;
    readonly factor: number;
    readonly budgets: readonly number[];
    readonly brackets: readonly number[];
  }[];
};

/** How a trial ends, as the script that made the fixture says. */
function ending({ reports, fails }: Plan, kind: Run['set']): Pick<FrozenTrial, 'state' | 'values'> {
  const values = reports.map(([, value]) => Number(value));
  const last = values[values.length - 1];
  const value = kind === 'curves' ? last : values.reduce((sum, v) => sum + v, 0) / values.length;
  if (fails || Number.isNaN(value)) return { state: 'FAIL', values: null };
  return { state: 'COMPLETE', values: [value] };
}

/** Runs the curves by turns as the script did; the decisions and rungs of each trial. */
function replay(run: Run) {
  const plans = golden.sets[run.set][run.index];
  const pruner = pruners.create({ type: run.type, ...run.options });
  const trials: FrozenTrial[] = [];
  const decisions: string[] = [];
  const slots = Array.from({ length: run.workers }, () => -1);
  while (slots.some((number) => number >= 0) || trials.length < plans.length) {
    for (const [w, taken] of slots.entries()) {
      if (taken < 0 && trials.length === plans.length) continue;
      const number = taken < 0 ? trials.length : taken;
      const plan = plans[number];
      if (taken < 0) {
        slots[w] = number;
        decisions.push('');
        const systemAttrs: Attributes = plan.constraint === undefined ? {} : { [`${CONSTRAINT_PREFIX}c`]: plan.constraint }; // prettier-ignore
        trials.push(makeTrial({ number, systemAttrs }));
      }
      const [step, value] = plan.reports[decisions[number].length];
      const before = trials[number];
      const trial = { ...before, intermediateValues: new Map([...before.intermediateValues, [step, Number(value)]]) }; // prettier-ignore
      trials[number] = trial;
      const decision = pruner.decide(
        makeView(trials, { name: run.name, directions: [run.direction] }),
        trial,
      );
      decisions[number] += decision.prune ? '1' : '0';
      trials[number] = { ...trial, systemAttrs: { ...trial.systemAttrs, ...decision.systemAttrs } };
      if (decision.prune && !plan.stubborn) trials[number] = { ...trials[number], state: 'PRUNED' };
      else if (decisions[number].length === plan.reports.length)
        trials[number] = { ...trials[number], ...ending(plan, run.set) }; // prettier-ignore
      else continue;
      slots[w] = -1;
    }
  }
  const rungs = trials.map(({ systemAttrs }) => Object.keys(systemAttrs).filter((key) => key.startsWith('completed_rung_')).length); // prettier-ignore
  return { decisions, rungs };
}

for (const type of pruners.names) {
  describe(`${type} decides as Optuna`, () => {
    const runs = golden.runs.filter((run) => run.type === type);

    test('200 curves, some of them pruned', () => {
      assert.equal(runs.flatMap((run) => run.decisions).length, 200);
      assert.equal(runs.some((run) => run.decisions.some((text) => text.includes('1'))), type !== 'none'); // prettier-ignore
    });

    for (const run of runs) {
      test(`${JSON.stringify(run.options)} ${run.direction}, ${run.workers} workers, study ${run.index}`, () => {
        const { decisions, rungs } = replay(run);
        assert.deepEqual(decisions, run.decisions);
        assert.deepEqual(rungs, run.rungs);
      });
    }
  });
}

for (const { min, max, factor, budgets, brackets } of golden.brackets) {
  test(`brackets of Hyperband from ${min} to ${max} by ${factor}`, () => {
    const own = bracketBudgets(min, max, factor);
    assert.deepEqual(own, budgets);
    assert.deepEqual(brackets.map((_, number) => bracketOf('hb ü', number, own)), brackets); // prettier-ignore
  });
}
