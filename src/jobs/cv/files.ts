/** The files of a finished cross-validation: out-of-fold predictions, a line per training, a summary, figures. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnrollError } from '../../core/errors.ts';
import { folderName } from '../../core/folder-name.ts';
import { count } from '../../core/words.ts';
import type { Dataset } from '../../data/dataset.ts';
import { metrics } from '../../evaluate/metrics/index.ts';
import { csvTable } from '../../figures/chart/format.ts';
import type { FoldFacts } from '../../figures/index.ts';
import { renderSources } from '../../figures/node.ts';
import { csvField, predictionLines, writeFileAtomic } from '../../run/index.ts';
import { chosenModel } from '../../classifier/choose.ts';
import type { Job } from '../context.ts';
import type { PlannedTraining } from './plan.ts';
import { type CvPaths, type CvState, type HeldFolder, writeState } from './state.ts';
import type { DoneTraining } from './trainings.ts';
import { cvSummary } from './words.ts';

/** Writes everything but the figures; last the state, which marks it as finished. */
export function writeResults(
  { path, paths }: HeldFolder,
  state: CvState,
  dataset: Dataset,
  done: readonly DoneTraining[],
): void {
  const ordered = done.toSorted((a, b) => orderOf(a.training, b.training));
  writeFileAtomic(paths.predictions, predictionsCsv(dataset, ordered));
  const margins = marginLines(dataset, ordered);
  if (margins !== undefined) writeFileAtomic(paths.margins, margins);
  writeFileAtomic(paths.trainings, trainingsCsv(ordered));
  writeFileAtomic(paths.summary, cvSummary(state));
  writeState(path, state);
}

/** Sorts by configuration, repetition, fold and seed. */
function orderOf(a: PlannedTraining, b: PlannedTraining): number {
  return a.index - b.index || a.repeat - b.repeat || a.fold - b.fold || a.seed - b.seed;
}

/** `oof.csv`: as `predictions.csv`, with the training before each line. */
function* predictionsCsv(
  { rowIds, labels, labelNames }: Dataset,
  done: readonly DoneTraining[],
): Iterable<string> {
  let head = true;
  for (const { training, scores } of done) {
    const { configuration, repeat, fold, seed, rows } = training;
    const lines = predictionLines({
      rowIds: rows.test.map((i) => rowIds[i]),
      labels: rows.test.map((i) => labels[i]),
      probabilities: scores.probabilities,
      labelNames,
    });
    const before = [csvField(configuration), repeat, fold, seed].join(',');
    let first = true;
    for (const line of lines) {
      if (!first) yield `${before},${line}`;
      else if (head) yield `configuration,repeat,fold,seed,${line}`;
      first = false;
    }
    head = false;
  }
}

/**
 * `margins.csv`: the area under the margin of each document, the mean over the trainings on it; undefined if there
 * are none.
 */
function marginLines({ rowIds }: Dataset, done: readonly DoneTraining[]): string | undefined {
  const [sums, times] = [new Float64Array(rowIds.length), new Int32Array(rowIds.length)];
  for (const { training, scores } of done) {
    for (const [k, area] of scores.margins?.entries() ?? []) {
      if (Number.isNaN(area)) continue;
      sums[training.rows.train[k]] += area;
      times[training.rows.train[k]]++;
    }
  }
  if (times.every((count) => count === 0)) return undefined;
  return csvTable(
    ['row_id', 'trainings', 'area_under_margin'],
    Array.from(rowIds, (row, i) => [String(row), String(times[i]), times[i] > 0 ? sums[i] / times[i] : null]),
  );
}

/** `trainings.csv`: a line per training. The only file with times, which differ between runs. */
function trainingsCsv(done: readonly DoneTraining[]): string {
  const names = metrics.map(({ type }) => type);
  const chosen = done.some(({ scores }) => scores.networkWeight !== undefined);
  return csvTable(
    [
      ...[
        'configuration',
        'repeat',
        'fold',
        'seed',
        'documents',
        'epochs',
        'best_epoch',
        'parameters',
        'seconds',
      ],
      ...names,
      ...(chosen ? ['chosen'] : []),
    ],
    done.map(({ training, scores, evaluation }) => [
      ...[training.configuration, training.repeat, training.fold],
      // integers in full
      ...[String(training.seed), String(training.rows.test.length)],
      ...[scores.epochs, scores.bestEpoch, String(scores.parameters), Number(scores.seconds.toPrecision(4))],
      ...names.map((name) => evaluation[name]),
      ...(chosen ? [chosenWords(scores)] : []),
    ]),
  );
}

function chosenWords({ networkWeight }: DoneTraining['scores']): string | null {
  return networkWeight === undefined ? null : chosenModel(networkWeight);
}

/** The accuracy of every fold, for its figure. */
export function foldFacts({ configurations, folds, repeats, confidence, data }: CvState): FoldFacts {
  const { title, better, range } = metrics[0];
  const times = repeats > 1 ? `, ${repeats} times,` : '';
  return {
    metric: { title, better, range },
    measured_on: `${folds} folds${times} of ${count(data.documents, 'document')}`,
    intervals: `${100 * confidence} % intervals of the mean`,
    configurations: configurations.map(({ name, results }) => {
      const own = results?.metrics[metrics[0].type];
      const [low, high] = own?.interval ?? [null, null];
      return { name, folds: own?.folds ?? [], mean: own?.mean ?? null, low, high };
    }),
  };
}

/**
 * Draws the folds, and for each configuration what its out-of-fold predictions show, unless `evaluate.figures` of all
 * of them is false. A failure only costs the figures.
 */
export async function drawFigures(
  paths: CvPaths,
  state: CvState,
  job: Pick<Job, 'emit' | 'notice'>,
): Promise<void> {
  const wanted = state.configurations.filter(({ config }) => config.evaluate.figures);
  if (wanted.length === 0) return;
  try {
    let drawn = 0;
    const draw = async (...[sources, folder]: Parameters<typeof renderSources>) => {
      const { figures, notices } = await renderSources(sources, folder);
      for (const text of notices) job.notice(text);
      drawn += figures.length;
    };
    await draw({ folds: foldFacts(state) }, paths.figures);
    for (const { name, results } of wanted)
      if (results) await draw({ evaluation: results.out_of_fold }, join(paths.figures, folderName(name)));
    job.emit({ type: 'figures', figures: drawn, folder: paths.figures });
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    job.notice(`the figures are missing: ${error.message}`);
  }
}

/** Removes the files of single trainings, which are not needed any more. */
export function removeTrainings({ folds }: CvPaths): void {
  rmSync(folds, { recursive: true, force: true });
}
