/** A study for its page: its trials, the best value, and its figures. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readStudy } from '../report/index.ts';
import { findBestTrial } from '../tune/study/best.ts';
import { trialParams } from '../tune/index.ts';
import { drawFigures, type FigureLook, type ShownFigure } from './figures.ts';
import type { Workspace } from './workspace.ts';

/** A trial in a page. */
export interface TrialView {
  readonly number: number;
  readonly state: string;
  readonly values: readonly number[] | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly seconds: number | null;
}

/** A study in a page. */
export interface StudyView {
  readonly name: string;
  readonly directions: readonly string[];
  readonly metrics: readonly string[];
  readonly best: TrialView | null;
  readonly trials: readonly TrialView[];
  /** Names of the parameters, in the order of the columns. */
  readonly params: readonly string[];
  readonly figures: readonly ShownFigure[];
  /** The run of the best trial, as the pages see it. */
  readonly run: string | null;
}

/** Trials in the table, the newest. */
const MOST_TRIALS = 500;

/** Reads a study. Errors as `readStudy`. */
export async function viewStudy(
  path: string,
  name: string,
  look: FigureLook,
  workspace: Workspace,
): Promise<StudyView> {
  // the search ran in the folder of the studio, where its paths begin; another's may lie anywhere
  const runAt = (kept: string) => {
    const run = resolve(workspace.root, kept);
    return existsSync(run) && workspace.holds(run) ? workspace.folder(workspace.shown(run)) : undefined;
  };
  const study = await readStudy(workspace.inside(path), name, { runAt });
  const trials = study.trials.map((trial): TrialView => {
    const { number, state, values, datetimeStart: start, datetimeComplete: end } = trial;
    return {
      number,
      state,
      values: values ?? null,
      params: trialParams(trial),
      seconds: start != null && end != null ? (Number(end) - Number(start)) / 1000 : null,
    };
  });
  const best = study.directions.length === 1 ? findBestTrial(study) : undefined;
  const model = study.model?.path;
  return {
    name: study.name,
    directions: study.directions,
    metrics: study.metric_names ?? study.directions.map((_, i) => `objective ${i + 1}`),
    best: trials.find(({ number }) => number === best?.number) ?? null,
    trials: trials.slice(-MOST_TRIALS),
    params: [...new Set(trials.flatMap(({ params }) => Object.keys(params)))],
    figures: drawFigures({ study }, look),
    run: model === undefined ? null : workspace.shown(model),
  };
}
