/**
 * How much each parameter matters, by PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023).
 *
 * A parameter matters if the best trials have other values of it than all trials do. p is its density over the best
 * `targetQuantile` of the trials, q that over all, both on a grid (`grid-density.ts`); its importance is
 *
 *     quantile² Σ_regimes (P_regime² / Q_regime) Σ_cells q (p / q - 1)²
 *
 * A regime is a distribution that the parameter had in a trial: ranges may differ, and with conditions a parameter may be missing. P_regime and Q_regime are the proportions of the regime among the best and among all trials, quantile is the proportion of the best.
 */
import { ConfigError } from '../../core/errors.ts';
import { splitTrials } from '../samplers/tpe/split.ts';
import { type Distribution, equalDistributions, isSingle } from '../space/distributions.ts';
import type { StudyView } from '../study/view.ts';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.ts';
import { gridDensity } from './grid-density.ts';

/** Regimes of fewer trials are left out. */
const FEWEST = 2;
/** Added to densities, so that their ratio exists. */
const TINY = 1e-12;

/** Options of PED-ANOVA. */
export interface ImportanceOptions {
  /** Parameters to evaluate. Default all that COMPLETE trials have. */
  readonly params?: readonly string[];
  /** What to explain, lower being better. Default the value; with several objectives, the rank of non-domination. */
  readonly target?: (trial: FrozenTrial) => number;
  /** Proportion of trials that count as the best, in (0, regionQuantile). Default 0.1. */
  readonly targetQuantile?: number;
  /** Proportion of trials that they are compared with, the best included, in (targetQuantile, 1]. Default 1: all. */
  readonly regionQuantile?: number;
  /** Compare with the density of those trials instead of a uniform one. Default true. */
  readonly evaluateOnLocal?: boolean;
  /** Divide by the sum, so that all add up to 1. Default true. */
  readonly normalize?: boolean;
}

/**
 * Importance by parameter, the most important first. COMPLETE trials with finite values count. With fewer than two
 * such trials, or no differences, all are equal.
 * @throws ConfigError where no COMPLETE trial has one of `params`, or the quantiles are not in order
 */
export function paramImportances(
  { trials, directions }: Pick<StudyView, 'trials' | 'directions'>,
  options: ImportanceOptions = {},
): ReadonlyMap<string, number> {
  const { target, normalize = true, targetQuantile = 0.1, regionQuantile = 1 } = options;
  if (!(targetQuantile > 0 && targetQuantile < regionQuantile && regionQuantile <= 1)) {
    throw new ConfigError(
      `[importance] the quantiles must be 0 < targetQuantile < regionQuantile <= 1, but got ${targetQuantile} and ${regionQuantile}.`,
    );
  }
  const complete = trials.filter(({ state }) => state === 'COMPLETE');
  const params = resolveParams(complete, options.params);
  const finite = complete.filter((trial) =>
    (target ? [target(trial)] : (trial.values ?? [NaN])).every(Number.isFinite),
  );
  const raw = new Map(params.map((name) => [name, 0]));
  if (finite.length >= 2) {
    const best = topTrials(finite, directions, targetQuantile, target);
    const region = topTrials(finite, directions, regionQuantile, target);
    for (const name of params) raw.set(name, importanceOf(name, best, region, options));
  }
  const sum = [...raw.values()].reduce((total, value) => total + value, 0);
  const scaled = [...raw].map(([name, value]): [string, number] => {
    if (!normalize) return [name, value];
    return [name, sum === 0 ? 1 / raw.size : value / sum];
  });
  return new Map(scaled.sort(([, a], [, b]) => b - a));
}

function resolveParams(
  complete: readonly FrozenTrial[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  const known = new Set(complete.flatMap(({ distributions }) => [...distributions.keys()]));
  const missing = (wanted ?? []).filter((name) => !known.has(name));
  if (missing.length > 0) {
    throw new ConfigError(
      `[importance] params must be among ${[...known].join(', ') || 'those of complete trials, of which there are none'}, but got ${missing.join(', ')}.`,
    );
  }
  return wanted ?? [...known];
}

/** The best trials by number, including ties with the last one. */
function topTrials(
  trials: readonly FrozenTrial[],
  directions: readonly Direction[],
  quantile: number,
  target: ((trial: FrozenTrial) => number) | undefined,
): readonly FrozenTrial[] {
  if (quantile === 1) return trials;
  const count = Math.ceil(quantile * trials.length);
  if (directions.length > 1 && !target) {
    // constraints do not count here
    const free = trials.map((trial) => ({ ...trial, systemAttrs: {} }));
    const chosen = new Set(splitTrials(free, directions, count).below.map(({ number }) => number));
    return trials.filter(({ number }) => chosen.has(number));
  }
  const sign = !target && directions[0] === 'maximize' ? -1 : 1;
  const lossOf = (trial: FrozenTrial) => sign * (target ? target(trial) : (trial.values?.[0] ?? NaN));
  const limit = Float64Array.from(trials, lossOf).sort()[count - 1];
  return trials.filter((trial) => lossOf(trial) <= limit);
}

/** The importance of one parameter, before it is divided by the sum. */
function importanceOf(
  name: string,
  best: readonly FrozenTrial[],
  region: readonly FrozenTrial[],
  { evaluateOnLocal = true }: ImportanceOptions,
): number {
  const chosen = new Set(best);
  let sum = 0;
  for (const { distribution, trials } of regimesOf(name, region)) {
    const top = trials.filter((trial) => chosen.has(trial));
    if (trials.length < FEWEST || isSingle(distribution) || top.length === 0) continue;
    const p = gridDensity(distribution, internalValues(name, top));
    const q = evaluateOnLocal
      ? gridDensity(distribution, internalValues(name, trials)).map((density) => density + TINY)
      : p.map(() => 1 / p.length);
    const [inBest, inRegion] = [top.length / best.length, trials.length / region.length];
    const divergence = p.reduce((total, density, i) => total + q[i] * ((density + TINY) / q[i] - 1) ** 2, 0);
    sum += (inBest ** 2 / inRegion) * divergence;
  }
  return sum * (best.length / region.length) ** 2;
}

function internalValues(name: string, trials: readonly FrozenTrial[]): number[] {
  return trials.map(({ internalParams }) => internalParams.get(name) ?? NaN);
}

/** Trials that have the parameter, grouped by its distribution. */
function regimesOf(name: string, trials: readonly FrozenTrial[]) {
  const regimes: { readonly distribution: Distribution; readonly trials: FrozenTrial[] }[] = [];
  for (const trial of trials) {
    const distribution = trial.distributions.get(name);
    if (!distribution) continue;
    const known = regimes.find((regime) => equalDistributions(regime.distribution, distribution));
    if (known) known.trials.push(trial);
    else regimes.push({ distribution, trials: [trial] });
  }
  return regimes;
}
