/** The importance of parameters with its uncertainty: PED-ANOVA on the trials, and on samples of them. */
import { createRng } from '../../core/rng.ts';
import { quantile } from '../../evaluate/intervals.ts';
import { paramImportances } from '../../tune/importance/ped-anova.ts';
import { isFeasible } from '../../tune/trial/constraints.ts';
import type { FrozenTrial } from '../../tune/trial/frozen-trial.ts';
import type { StudyFacts } from '../sources.ts';
import type { Param } from './params.ts';

/** The importance of a parameter. */
export interface Importance {
  readonly name: string;
  /** In [0, 1]; all together are 1. */
  readonly importance: number;
  /** 95 % interval over bootstrap samples of the trials; null with fewer than 20 trials. */
  readonly low: number | null;
  readonly high: number | null;
  /** Trials that have the parameter. */
  readonly trials: number;
}

/** Fewer trials give no interval. */
const INTERVAL_FROM = 20;
/** Samples times trials times parameters, about: more takes too long for a figure. */
const WORK = 100_000;
const SAMPLES = 100;
/** Cache of the results: a report asks several times for the same trials. */
const known = new WeakMap<readonly FrozenTrial[], Map<string, Importance[] | undefined>>();

/**
 * Importances for objective `k`, the most important first; undefined where they cannot be ranked: fewer than four trials, all
 * values equal, or no parameter that varies.
 */
export function importancesOf(study: StudyFacts, k: number): Importance[] | undefined {
  const results = known.get(study.trials) ?? new Map<string, Importance[] | undefined>();
  known.set(study.trials, results);
  const key = JSON.stringify([k, study.directions[k], study.params]);
  if (!results.has(key)) results.set(key, withIntervals(study, k));
  return results.get(key);
}

function withIntervals(study: StudyFacts, k: number): Importance[] | undefined {
  const trials = usable(study, k);
  const found = evaluate(study, trials, k);
  if (!found) return undefined;
  const samples = Math.min(SAMPLES, Math.floor(WORK / (trials.length * found.size)));
  const spread = new Map<string, number[]>([...found.keys()].map((name) => [name, []]));
  if (trials.length >= INTERVAL_FROM && samples >= 40) {
    const rng = createRng(0).fork('importances', k);
    for (let s = 0; s < samples; s++) {
      const sample = trials.map(() => trials[rng.int(trials.length)]);
      const again = evaluate(study, sample, k);
      if (again) for (const [name, list] of spread) list.push(again.get(name) ?? 0);
    }
  }
  return [...found]
    .map(([name, importance]): Importance => {
      const sorted = (spread.get(name) ?? []).sort((a, b) => a - b);
      const enough = sorted.length >= 20;
      return {
        name,
        importance,
        low: enough ? Math.min(importance, quantile(sorted, 0.025)) : null,
        high: enough ? Math.max(importance, quantile(sorted, 0.975)) : null,
        trials: trials.filter(({ internalParams }) => internalParams.has(name)).length,
      };
    })
    .sort((a, b) => b.importance - a.importance);
}

/** Parameters by their importance for objective `k`; those without one follow in their order. */
export function paramsByImportance(study: StudyFacts, k: number, params: readonly Param[]): Param[] {
  const found = new Map(importancesOf(study, k)?.map(({ name, importance }) => [name, importance]));
  const of = (param: Param) => found.get(param.name) ?? -1;
  return [...params].sort((a, b) => of(b) - of(a));
}

/** Complete, feasible trials with a finite value. */
function usable({ trials }: StudyFacts, k: number): FrozenTrial[] {
  return trials.filter(
    (trial) => trial.state === 'COMPLETE' && Number.isFinite(trial.values?.[k]) && isFeasible(trial),
  );
}

/**
 * Importances of the parameters that are drawn, which add up to 1; undefined where no parameter distinguishes the
 * best trials from the others.
 */
function evaluate(
  { directions, params }: StudyFacts,
  trials: readonly FrozenTrial[],
  k: number,
): ReadonlyMap<string, number> | undefined {
  if (trials.length < 4 || trials.every(({ internalParams }) => internalParams.size === 0)) return undefined;
  const sign = directions[k] === 'maximize' ? -1 : 1;
  const target = ({ values }: FrozenTrial) => sign * (values?.[k] ?? NaN);
  const raw = [...paramImportances({ trials, directions }, { target, normalize: false })].filter(
    ([name]) => params?.includes(name) ?? true,
  );
  const sum = raw.reduce((total, [, value]) => total + value, 0);
  return sum > 0 ? new Map(raw.map(([name, value]) => [name, value / sum])) : undefined;
}
