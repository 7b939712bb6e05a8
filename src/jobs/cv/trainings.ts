/** The trainings of a cross-validation, one per worker at a time; each result is saved as soon as it is there. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { InterruptedError, UnrollError } from '../../core/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import { evaluatePredictions } from '../../evaluate/evaluation.ts';
import { metrics } from '../../evaluate/metrics/index.ts';
import type { Evaluation } from '../../evaluate/evaluation.ts';
import type { Job } from '../context.ts';
import { refits } from '../../classifier/refit.ts';
import type { FoldPool, ScoredFold } from '../search/pool.ts';
import type { CvTraining, CvTrainingEndedEvent } from './events.ts';
import type { CvPlan, PlannedTraining } from './plan.ts';
import { type CvPaths, readTraining, writeTraining } from './state.ts';

/** A training with its result. */
export interface DoneTraining {
  readonly training: PlannedTraining;
  readonly scores: ScoredFold;
  /** Of the test documents of its fold. */
  readonly evaluation: Evaluation;
}

/** The finished trainings from their files, in the order of the plan; undefined for the others. */
export function readTrainings(
  plan: CvPlan,
  dataset: Dataset,
  paths: CvPaths,
): readonly (DoneTraining | undefined)[] {
  return plan.trainings.map((training) => {
    const scores = readTraining(paths, training.id, training.rows.test.length * dataset.labelNames.length);
    return scores && { training, scores, evaluation: evaluateFold(dataset, training, scores) };
  });
}

/**
 * Runs the remaining trainings.
 * @param done As `readTrainings` gives it.
 * @returns All of them, in the order of the plan.
 * @throws InterruptedError if the job must stop; the checkpoints of running trainings are saved
 */
export async function runTrainings(
  run: CvRun,
  done: readonly (DoneTraining | undefined)[],
  job: Job,
): Promise<readonly DoneTraining[]> {
  const { plan, pool } = run;
  const results = [...done];
  const left = plan.trainings.map((_, i) => i).filter((i) => results[i] === undefined);
  let ended = results.length - left.length;
  let failure: Error | undefined;
  const stopWorkers = () => {
    pool.stop();
  };
  const work = async () => {
    while (left.length > 0 && failure === undefined && !job.stop.aborted) {
      const i = left.shift()!;
      try {
        const found = await runTraining(plan.trainings[i], run, job);
        if (found === undefined) return;
        results[i] = found;
        job.emit({ ...endedEvent(found), done: ++ended, trainings: results.length });
      } catch (error) {
        failure ??= locate(error, plan.trainings[i]);
        pool.stop();
      }
    }
  };
  job.stop.addEventListener('abort', stopWorkers);
  try {
    await Promise.all(Array.from({ length: pool.size }, work));
  } finally {
    job.stop.removeEventListener('abort', stopWorkers);
  }
  if (failure !== undefined) throw failure;
  const all = results.filter((result) => result !== undefined);
  if (all.length < results.length) throw new InterruptedError(`${all.length} of ${results.length}`);
  return all;
}

/** The environment of the trainings. */
export interface CvRun {
  readonly plan: CvPlan;
  readonly dataset: Dataset;
  readonly paths: CvPaths;
  readonly pool: FoldPool;
  /** Whether to collect the margins of the training documents. */
  readonly margins: boolean;
}

async function runTraining(
  training: PlannedTraining,
  { plan, dataset, paths, pool, margins }: CvRun,
  job: Pick<Job, 'emit'>,
): Promise<DoneTraining | undefined> {
  const { model, text, train } = plan.configurations[training.index].config;
  const told = toldOf(training);
  const checkpoints = join(paths.folds, training.id);
  const epochs = (refits({ train }, training.rows.val) ? 2 : 1) * train.epochs;
  job.emit({ type: 'cv-training-began', training: told });
  const scores = await pool.score(
    {
      config: { model, text, train: { ...train, seed: training.seed } },
      rows: training.rows,
      checkpoints,
      margins,
    },
    (epoch) => {
      job.emit({ type: 'cv-epoch', training: told, epoch, epochs });
    },
  );
  if (scores === null) return undefined;
  writeTraining(paths, training.id, scores);
  rmSync(checkpoints, { recursive: true, force: true });
  return { training, scores, evaluation: evaluateFold(dataset, training, scores) };
}

/** The metrics of a fold, without intervals. */
export function evaluateFold(
  { labels, labelNames }: Dataset,
  { rows }: PlannedTraining,
  { probabilities }: Pick<ScoredFold, 'probabilities'>,
): Evaluation {
  const own = rows.test.map((i) => labels[i]);
  return evaluatePredictions({ labels: own, probabilities, labelNames }, { bootstrap_samples: 0 });
}

function toldOf({ configuration, repeat, fold, seed }: PlannedTraining): CvTraining {
  return { configuration, repeat, fold, seed };
}

function endedEvent({
  training,
  scores,
  evaluation,
}: DoneTraining): Omit<CvTrainingEndedEvent, 'done' | 'trainings'> {
  return {
    type: 'cv-training-ended',
    training: toldOf(training),
    metrics: Object.fromEntries(
      metrics.map(({ type }) => [type, evaluation[type]]),
    ) as CvTrainingEndedEvent['metrics'],
    epochs: scores.epochs,
    seconds: scores.seconds,
  };
}

/** An error of a training with the place where it happened. */
function locate(error: unknown, { configuration, repeat, fold, seed }: PlannedTraining): Error {
  if (!(error instanceof UnrollError)) return error instanceof Error ? error : new Error(String(error));
  return new UnrollError(
    error.kind,
    `${error.message} It happened in ${configuration}, repetition ${repeat}, fold ${fold}, seed ${seed}.`,
    { cause: error },
  );
}
