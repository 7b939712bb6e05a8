/**
 * Asynchronous successive halving (Li et al., 2020). Rung k is at step
 *
 *     min_resource · reduction_factor^(min_early_stopping_rate + k)
 *
 * A trial that reaches a rung stores its report there (`completed_rung_k`), and continues if it is among the best floor(m / reduction_factor), at least 1, of the m reports stored there so far, its own included.
 */
import { ConfigError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { choice, either, integer } from '../../core/options.ts';
import { isBetter } from '../study/best.ts';
import type { StudyView } from '../study/view.ts';
import { type Attribute, type Direction, type FrozenTrial, lastStep } from '../trial/frozen-trial.ts';
import type { PruneDecision, Pruner } from './pruner.ts';
import { settled } from './settled.ts';

/** Options of one bracket of rungs. */
export interface HalvingOptions {
  /** Step of the lowest rung, before min_early_stopping_rate. */
  readonly min_resource: number;
  readonly reduction_factor: number;
  readonly min_early_stopping_rate: number;
  readonly bootstrap_count: number;
}

const rungKey = (rung: number) => `completed_rung_${rung}`;

/** Decides about a trial among `study.trials`, rung by rung, and stores its report at each rung that it reached. */
export function halve(
  { directions: [direction], trials }: StudyView,
  trial: FrozenTrial,
  o: HalvingOptions,
): PruneDecision {
  const step = lastStep(trial);
  if (step === null) return { prune: false };
  const value = trial.intermediateValues.get(step) ?? NaN;
  const systemAttrs: Record<string, Attribute> = {};
  let rung = 0;
  while (rungKey(rung) in trial.systemAttrs) rung++;
  for (; ; rung++) {
    if (step < o.min_resource * o.reduction_factor ** (o.min_early_stopping_rate + rung)) {
      return { prune: false, systemAttrs };
    }
    if (Number.isNaN(value)) return { prune: true, systemAttrs };
    systemAttrs[rungKey(rung)] = value;
    const left = [value];
    for (const other of trials) {
      const report = other.systemAttrs[rungKey(rung)];
      if (typeof report === 'number') left.push(report);
    }
    if (left.length <= o.bootstrap_count || !promoted(direction, value, left, o.reduction_factor)) {
      return { prune: true, systemAttrs };
    }
  }
}

function promoted(direction: Direction, value: number, left: readonly number[], factor: number): boolean {
  const places = Math.max(1, Math.floor(left.length / factor));
  return left.filter((other) => isBetter(direction, other, value)).length < places;
}

/** Options that successive halving and Hyperband share. */
export const bootstrapOption = integer({
  min: 0,
  default: 0,
  doc: 'reports at a rung, with that of the trial itself, up to which no trial is promoted',
});

const MIN_KEY = 'successive_halving:min_resource';

/** Successive halving. */
export const successiveHalving = member({
  type: 'successive_halving',
  summary: 'Stops all but the best 1/reduction_factor of the trials at each of a ladder of steps.',
  options: {
    min_resource: either([choice(['auto']), integer({ min: 1 })], { default: 'auto', doc: 'step of the lowest rung; auto: a hundredth of the last step of the longest COMPLETE trial, at least 1' }), // prettier-ignore
    reduction_factor: integer({ min: 2, default: 4, doc: 'one in this many is promoted' }),
    min_early_stopping_rate: integer({ min: 0, default: 0, doc: 'rungs left out at the bottom' }),
    bootstrap_count: bootstrapOption,
  },
  create(o): Pruner {
    if (o.bootstrap_count > 0 && o.min_resource === 'auto') {
      throw new ConfigError(
        `[pruner successive_halving] min_resource must be a number with bootstrap_count, but got auto and ${o.bootstrap_count}. Give the step of the lowest rung.`,
      );
    }
    return {
      type: 'successive_halving',
      decide(study, trial) {
        if (o.min_resource !== 'auto') return halve(study, trial, { ...o, min_resource: o.min_resource });
        if (lastStep(trial) === null) return { prune: false };
        const min = settled(study, MIN_KEY, (longest) => Math.max(Math.floor(longest / 100), 1));
        if (min === undefined) return { prune: false };
        const decision = halve(study, trial, { ...o, min_resource: min.value });
        return { ...decision, systemAttrs: { ...min.systemAttrs, ...decision.systemAttrs } };
      },
    };
  },
});
