/**
 * Hyperband (Li et al., 2018) over asynchronous successive halving. There are
 *
 *     B = floor(log_η(max_resource / min_resource)) + 1
 *
 * brackets; bracket b is successive halving whose lowest b rungs are left out. A trial's bracket follows from the checksum of the study's name and its index among the trials (its number, if none was run again), in the proportions ceil(B · η^s / (s + 1)), s = B - 1 - b. Rungs and sampler ignore the trials of other brackets.
 */
import { ConfigError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { log } from '../../core/math.ts';
import { choice, either, integer } from '../../core/options.ts';
import type { StudyView } from '../study/view.ts';
import { type FrozenTrial, lastStep } from '../trial/frozen-trial.ts';
import { crc32 } from './crc32.ts';
import type { Pruner } from './pruner.ts';
import { settled, type Settled } from './settled.ts';
import { bootstrapOption, halve } from './successive-halving.ts';

/** The proportions of the brackets 0, 1, … among the trials. */
export function bracketBudgets(min: number, max: number, factor: number): readonly number[] {
  const B = Math.floor(log(max / min) / log(factor)) + 1;
  return Array.from({ length: Math.max(B, 0) }, (_, b) => {
    const s = B - 1 - b;
    return Math.ceil((B * factor ** s) / (s + 1));
  });
}

/** The bracket of the trial of this number, by the proportions of the brackets. */
export function bracketOf(studyName: string, number: number, budgets: readonly number[]): number {
  const total = budgets.reduce((sum, budget) => sum + budget, 0);
  let place = crc32(`${studyName}_${number}`) % total;
  return budgets.findIndex((budget) => (place -= budget) < 0);
}

function bracketView(study: StudyView, trial: FrozenTrial, budgets: readonly number[]) {
  const bracket = bracketOf(study.name, trial.number, budgets);
  const trials = study.trials.filter(({ number }) => bracketOf(study.name, number, budgets) === bracket);
  return { bracket, view: { ...study, trials } };
}

const MAX_KEY = 'hyperband:max_resource';

/** Hyperband. */
export const hyperband = member({
  type: 'hyperband',
  summary: 'Successive halving in several brackets, from strict to lenient, at the same time.',
  options: {
    min_resource: integer({ min: 1, default: 1, doc: 'step of the lowest rung of the hardest bracket' }),
    max_resource: either([choice(['auto']), integer({ min: 1 })], {
      default: 'auto',
      doc: 'steps of a whole trial; auto: those of the longest COMPLETE trial',
    }),
    reduction_factor: integer({ min: 2, default: 3, doc: 'one in this many is promoted' }),
    bootstrap_count: bootstrapOption,
  },
  create(o): Pruner {
    checkResources(o);
    const maxOf = (study: StudyView): Settled | undefined =>
      o.max_resource === 'auto'
        ? settled(study, MAX_KEY, (longest) => longest + 1)
        : { value: o.max_resource, systemAttrs: {} };
    return {
      type: 'hyperband',
      decide(study, trial) {
        const max = lastStep(trial) === null ? undefined : maxOf(study);
        const budgets = max ? bracketBudgets(o.min_resource, max.value, o.reduction_factor) : [];
        if (!max || budgets.length === 0) return { prune: false };
        const { bracket, view } = bracketView(study, trial, budgets);
        const decision = halve(view, trial, { ...o, min_early_stopping_rate: bracket });
        return { ...decision, systemAttrs: { ...max.systemAttrs, ...decision.systemAttrs } };
      },
      narrow(study, trial) {
        const max = maxOf(study);
        const budgets = max ? bracketBudgets(o.min_resource, max.value, o.reduction_factor) : [];
        return budgets.length === 0 ? study : bracketView(study, trial, budgets).view;
      },
    };
  },
});

function checkResources(o: { min_resource: number; max_resource: number | 'auto'; bootstrap_count: number }) {
  if (o.max_resource === 'auto') {
    if (o.bootstrap_count === 0) return;
    throw new ConfigError(
      `[pruner hyperband] max_resource must be a number with bootstrap_count, but got auto and ${o.bootstrap_count}. Give the steps of a whole trial.`,
    );
  }
  if (o.max_resource < o.min_resource) {
    throw new ConfigError(
      `[pruner hyperband] max_resource must be at least min_resource ${o.min_resource}, but got ${o.max_resource}. Raise it.`,
    );
  }
}
