/** What the figures of a study share: its trials counted and sorted by objective. */
import { quantile } from '../../evaluate/intervals.ts';
import { isFeasible } from '../../tune/trial/constraints.ts';
import type { Direction, FrozenTrial, TrialState } from '../../tune/trial/frozen-trial.ts';
import { capital, formatCount, formatNumber, listing, plural } from '../chart/format.ts';
import { oneLine } from '../chart/text.ts';
import type { StudyFacts } from '../sources.ts';

/** A complete trial with a finite value. */
export interface ScoredTrial {
  readonly trial: number;
  readonly value: number;
  /** Whether it keeps all constraints. */
  readonly feasible: boolean;
}

/** An objective and the trials that have a value of it. */
export interface Objective {
  /** `val_accuracy`; `value` or `objective 2` where the study names none. */
  readonly name: string;
  readonly direction: Direction;
  /** By number. */
  readonly scored: readonly ScoredTrial[];
  /** The first of the best feasible ones; null where there is none. */
  readonly best: ScoredTrial | null;
  /** Complete trials whose value is infinite. */
  readonly infinite: readonly number[];
}

/** The rank of a trial, in words. */
export const STATE_WORDS = {
  COMPLETE: 'complete',
  PRUNED: 'pruned',
  FAIL: 'failed',
  RUNNING: 'running',
  WAITING: 'waiting',
} as const satisfies Record<TrialState, string>;

/** How many trials there are of each kind. */
export interface TrialCounts {
  /** The trials. */
  readonly trials: number;
  readonly complete: number;
  /** Complete ones that violate a constraint. */
  readonly infeasible: number;
  readonly pruned: number;
  readonly failed: number;
  readonly running: number;
  readonly waiting: number;
}

/** The objectives of a study in their order. */
export function objectivesOf({ directions, metric_names: names, trials }: StudyFacts): Objective[] {
  const complete = trials.filter(({ state, values }) => state === 'COMPLETE' && values !== null);
  return directions.map((direction, k) => {
    const scored = complete.flatMap((trial): ScoredTrial[] => {
      const value = trial.values?.[k];
      return value !== undefined && Number.isFinite(value)
        ? [{ trial: trial.number, value, feasible: isFeasible(trial) }]
        : [];
    });
    const known = new Set(scored.map(({ trial }) => trial));
    return {
      name: objectiveName(directions.length, k, names),
      direction,
      scored,
      best: bestOf(scored, direction),
      infinite: complete.map(({ number }) => number).filter((number) => !known.has(number)),
    };
  });
}

/** The name of objective `k`, on one line. */
function objectiveName(count: number, k: number, names: readonly string[] | undefined): string {
  return oneLine(names?.at(k) ?? '') || (count === 1 ? 'value' : `objective ${k + 1}`);
}

/** The first of the best feasible trials. */
export function bestOf(scored: readonly ScoredTrial[], direction: Direction): ScoredTrial | null {
  let best: ScoredTrial | null = null;
  for (const one of scored) {
    if (one.feasible && (best === null || isBetterValue(direction, one.value, best.value))) best = one;
  }
  return best;
}

/** Whether value `a` is better than `b`. */
export function isBetterValue(direction: Direction, a: number, b: number): boolean {
  return direction === 'minimize' ? a < b : a > b;
}

/** Feasible trials from the best to the worst; equals by number. */
export function ranked({ scored, direction }: Pick<Objective, 'scored' | 'direction'>): ScoredTrial[] {
  const sign = direction === 'minimize' ? 1 : -1;
  return scored
    .filter(({ feasible }) => feasible)
    .sort((a, b) => sign * (a.value - b.value) || a.trial - b.trial);
}

/** The best tenth of the feasible trials, one at least where there is one. */
export function bestTenth(objective: Pick<Objective, 'scored' | 'direction'>): ScoredTrial[] {
  const all = ranked(objective);
  return all.slice(0, Math.ceil(all.length / 10));
}

/** Counts the trials of a study. */
export function countTrials(trials: readonly FrozenTrial[]): TrialCounts {
  const count = (state: FrozenTrial['state']) => trials.filter((trial) => trial.state === state).length;
  return {
    trials: trials.length,
    complete: count('COMPLETE'),
    infeasible: trials.filter((trial) => trial.state === 'COMPLETE' && !isFeasible(trial)).length,
    pruned: count('PRUNED'),
    failed: count('FAIL'),
    running: count('RUNNING'),
    waiting: count('WAITING'),
  };
}

/** `60 trials: 40 complete, 15 pruned and 5 failed`. */
export function countsText({ trials, infeasible, ...counts }: TrialCounts): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const said = parts.map(([name, count]) => {
    const within = name === 'complete' && infeasible > 0 ? ` (${formatCount(infeasible)} infeasible)` : '';
    return `${formatCount(count)} ${name}${within}`;
  });
  if (parts.length === 1 && said.length === 1 && infeasible === 0)
    return `${plural(trials, 'trial')}, ${trials === 1 ? '' : 'all '}${parts[0][0]}`;
  return said.length === 0 ? 'no trials' : `${plural(trials, 'trial')}: ${listing(said)}`;
}

/** The message for a study without trials. */
export const NO_TRIALS = 'The study has no trials yet.';

/** Whether any trial has a finite value. */
export function hasValues(objectives: readonly Pick<Objective, 'scored'>[]): boolean {
  return objectives.some(({ scored }) => scored.length > 0);
}

/** The message where there is no value to draw. */
export function noValues(counts: TrialCounts): string {
  if (counts.trials === 0) return NO_TRIALS;
  if (counts.complete === 0) return `No trial is complete: ${countsText(counts)}.`;
  return 'No complete trial has a finite value.';
}

/** The same where only trials that satisfy the constraints count. */
export function noFeasible(counts: TrialCounts, objectives: readonly Pick<Objective, 'scored'>[]): string {
  return hasValues(objectives) ? 'No trial with a value satisfies the constraints.' : noValues(counts);
}

/** The lowest and the highest number of trials; 0 and 0 without any. */
export function numbersOf(trials: readonly FrozenTrial[]): readonly [first: number, last: number] {
  return trials.reduce(
    ([first, last], { number }) => [Math.min(first, number), Math.max(last, number)],
    [trials.at(0)?.number ?? 0, 0],
  );
}

/** A value of an objective in words: four digits, as differences of trials are small. */
export function formatValue(value: number): string {
  return formatNumber(value, 4);
}

/** `lowest` or `highest`, whichever is the aim. */
export function bestWord(direction: Direction): string {
  return direction === 'minimize' ? 'lowest' : 'highest';
}

/** The notes beneath every figure of values: trials that it leaves out, or marks. */
export function valueWarnings(objectives: readonly Objective[]): string[] {
  const several = objectives.length > 1;
  return objectives.flatMap(({ name, infinite, scored }) => {
    const of = several ? ` of ${name}` : '';
    const apart = scored.filter(({ feasible }) => !feasible).length;
    return [
      ...(infinite.length > 0
        ? [`${plural(infinite.length, 'complete trial')} with an infinite value${of}: not drawn.`]
        : []),
      ...(scored.length > 0 && apart === scored.length
        ? [`No feasible trial${several ? ` for ${name}` : ''}.`]
        : []),
    ];
  });
}

/** The name of an objective at the beginning of a sentence. */
export function sentenceStart(name: string): string {
  return /^\p{L}/u.test(name) ? capital(name) : `Objective ${name}`;
}

/** The median of numbers in any order. */
export function medianOf(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** At most `most` of the items, evenly spread, the first and the last among them. */
export function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]);
}
