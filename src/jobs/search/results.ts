/** What a search found: the best trial and its model, and the other trials. */
import type { SearchConfig } from '../../config/search.ts';
import { UnrollError } from '../../core/errors.ts';
import { bestTrials, type FrozenTrial, lastAttempts, type Study, trialParams } from '../../tune/index.ts';
import { findBestTrial, isBetter } from '../../tune/study/best.ts';
import { objectivesOf } from '../../tune/options.ts';
import type { StudyView } from '../../tune/study/view.ts';
import type { Outcome } from '../train/run.ts';
import { countOf, describeTrials } from './counts.ts';

/** A finished search. */
export interface Found {
  /** The study. */
  readonly view: StudyView;
  /** The trial whose model was kept. */
  readonly best: FrozenTrial;
  /** How it was searched. */
  readonly search: SearchConfig;
  /** URL of the storage, without its password. */
  readonly storage: string;
  /** The run of the best trial. */
  readonly outcome: Outcome;
}

/** The trial whose model is kept: the best one or, on a Pareto front, the best in the first objective. */
export function chooseTrial(view: StudyView): FrozenTrial | undefined {
  const { directions } = view;
  if (directions.length === 1) return findBestTrial(view);
  return bestTrials(view).reduce<FrozenTrial | undefined>((best, trial) => {
    const better = !best || isBetter(directions[0], trial.values![0], best.values![0]);
    return better ? trial : best;
  }, undefined);
}

/** The error of a search without a result. */
export function nothingFound({ name, storage }: Study, trials: readonly FrozenTrial[]): UnrollError {
  const reason = trials.findLast(({ systemAttrs }) => systemAttrs.fail_reason !== undefined)?.systemAttrs
    .fail_reason;
  return new UnrollError(
    'config',
    `[tune] a trial of ${name} must be complete for there to be a best one, but ${describeTrials(trials)} in ${storage.url}.` +
      (typeof reason === 'string' ? ` The last failure: ${reason}` : ' Run more trials.'),
  );
}

/** The object that `tune --json` ends with. */
export function summariseStudy({ view, best, search, storage, outcome }: Found): Record<string, unknown> {
  const { trials } = view;
  const names = objectivesOf(search.tune).map(({ name }) => name);
  const trial = (one: FrozenTrial) => ({
    number: one.number,
    values: Object.fromEntries(names.map((name, i) => [name, one.values?.[i] ?? null])),
    params: trialParams(one),
  });
  return {
    study: view.name,
    storage,
    trials: lastAttempts(trials).length,
    complete: countOf('COMPLETE', trials),
    pruned: countOf('PRUNED', trials),
    failed: countOf('FAIL', trials),
    best: { ...best.userAttrs, ...trial(best) },
    ...(names.length > 1 && { pareto: bestTrials(view).map(trial) }),
    run: outcome.summary,
  };
}
