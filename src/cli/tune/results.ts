/** What a search found: the best trial, its model, and the others beside it. */
import type { SearchConfig } from '../../config/search.ts';
import { UnrollError } from '../../core/errors.ts';
import {
  bestTrials,
  type FrozenTrial,
  lastAttempts,
  type Study,
  type StudyStorage,
  trialParams,
} from '../../tune/index.ts';
import { objectivesOf } from '../../tune/options.ts';
import { findBestTrial, isBetter } from '../../tune/study/best.ts';
import type { StudyView } from '../../tune/study/view.ts';
import type { Output } from '../io.ts';
import type { Outcome } from '../train/train-and-save.ts';
import { evaluationFor } from '../write-result.ts';
import { notesOf } from './notes.ts';
import { figure, paramsText } from './progress.ts';
import { countOf, describeTrials } from './trial-counts.ts';

/** A finished search. */
export interface Found {
  readonly view: StudyView;
  /** The trial whose model was kept. */
  readonly best: FrozenTrial;
  readonly search: SearchConfig;
  readonly storage: StudyStorage;
  readonly outcome: Outcome;
}

/** The trial whose model is kept: the best one, or of a Pareto front the best in the first objective. */
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
    `[tune] a trial of ${name} must be complete to have a best one, but ${describeTrials(trials)} in ${storage.url}.` +
      (typeof reason === 'string' ? ` The last failure: ${reason}` : ' Run more of them.'),
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
    storage: storage.url,
    trials: lastAttempts(trials).length,
    complete: countOf('COMPLETE', trials),
    pruned: countOf('PRUNED', trials),
    failed: countOf('FAIL', trials),
    best: { ...best.userAttrs, ...trial(best) },
    ...(names.length > 1 && { pareto: bestTrials(view).map(trial) }),
    run: outcome.summary,
  };
}

/** Trials of the table. */
const SHOWN = 5;

/** The best trials, and the evaluation of the model that was kept. */
export function renderStudy({ view, best, search, outcome }: Found, out: Output): string {
  const objectives = objectivesOf(search.tune);
  const rows = (objectives.length > 1 ? bestTrials(view) : ranking(view))
    .slice(0, SHOWN)
    .map((trial) => [
      String(trial.number),
      ...objectives.map((_, i) => figure(trial.values?.[i])),
      figure(notesOf(trial).loss),
      paramsText(trialParams(trial)),
    ]);
  const head = ['trial', ...objectives.map(({ name }) => name), 'loss', 'parameters'];
  const text = [head, ...rows].map((row) => row.join('  ')).join('\n');
  const test = outcome.test ? evaluationFor(out, outcome.test) : '';
  return `${text}\n\nthe model of trial ${best.number}:\n${test}`;
}

/** Complete trials, the best first. */
function ranking({ trials, directions }: StudyView): readonly FrozenTrial[] {
  const sign = directions[0] === 'minimize' ? 1 : -1;
  return trials
    .filter(({ state, values }) => state === 'COMPLETE' && values)
    .sort((a, b) => sign * (a.values![0] - b.values![0]));
}
