/** A run from its data to its folder: trained, measured, saved, drawn. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { UnrollError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import { count, groupDigits } from '../../data/dataset.ts';
import type { Evaluation } from '../../evaluate/index.ts';
import { dataFacts } from '../../figures/index.ts';
import { renderFigures } from '../../figures/node.ts';
import type { Session } from '../../models/session.ts';
import { poolingName } from '../../nn/pooling/index.ts';
import {
  appendMetrics,
  type HeldRunFolder,
  holdRunFolder,
  readMetrics,
  readTestResults,
  removeCheckpoints,
  type RunFolder,
  writeDescription,
} from '../../run/index.ts';
import type { TrainingResult } from '../../train/index.ts';
import type { Io } from '../io.ts';
import type { Say } from '../load-data.ts';
import { formatSeconds, type Progress } from '../progress.ts';
import type { Prepared } from './prepare.ts';
import { recordingStatus, takenUp } from './record.ts';
import { describeRun, openSession, runTraining, writeStart } from './run.ts';
import { modelName, saveResults, summarise } from './save.ts';
import { requireSameData, type Resumed } from './start.ts';

/** What a finished run gives: the JSON summary, and the evaluation on its test part. */
export interface Outcome {
  readonly run: RunFolder;
  readonly summary: unknown;
  readonly test: Evaluation | null;
}

/** A run to start or to go on with. */
export interface TrainJob {
  /** DATA as typed. */
  readonly source: string;
  readonly config: Config;
  readonly prepared: Prepared;
  readonly resumed: Resumed | undefined;
  /** The folder of a new run; undefined for a numbered one. */
  readonly output: string | undefined;
  /** Replace the run in `output`. */
  readonly force: boolean;
  readonly argv: readonly string[];
  readonly io: Io;
  readonly say: Say;
  readonly progress: Progress;
  /** Aborted where training is to stop; without it, Ctrl-C is watched for while it runs. */
  readonly stop?: AbortSignal | undefined;
}

/** Trains in a new folder or goes on in the one that was taken up; measures, saves, draws. */
export async function trainAndSave(job: TrainJob): Promise<Outcome> {
  const { config, prepared, resumed, io } = job;
  if (resumed) requireSameData(prepared.dataset, resumed.description);
  const session = await openSession({ config, prepared, io });
  try {
    const run = holdFolderOf(job);
    try {
      return await trainIn(run, session, job);
    } finally {
      run.release();
    }
  } finally {
    await session.close();
  }
}

/** The folder of a run, new or taken up, for this process alone. */
export function holdFolderOf({
  prepared: { dataset },
  resumed,
  output,
  force,
}: Pick<TrainJob, 'prepared' | 'resumed' | 'output' | 'force'>): HeldRunFolder {
  const { name } = dataset;
  return holdRunFolder(resumed ? { name, output: resumed.run.path, resume: true } : { name, output, force });
}

async function trainIn(run: RunFolder, session: Session, job: TrainJob): Promise<Outcome> {
  const { source, config, prepared, resumed, argv, io, say, progress, stop } = job;
  const started = new Date().toISOString();
  const description = resumed
    ? takenUp(resumed, { started, kernel: session.kernel, threads: session.threads })
    : describeRun({ config, prepared, session }, { argv, source, started });
  sayModel(config, session, run, say);
  const training = { run, config, prepared, description, io, say, progress, stop };
  if (resumed) writeDescription(run.paths.description, description);
  else writeStart(training);
  const outcome = await recordingStatus(training, async () => {
    const result = await runTraining(training, session);
    sayEnd(result, config, say);
    const trained = { session, prepared, config, run, argv, result };
    const results = saveResults(trained);
    const summary = summarise(trained, results);
    appendMetrics(run.paths.metrics, { summary });
    return { run, summary, test: results.test };
  });
  await drawRun(run, prepared, config, say);
  return outcome;
}

/** Draws the figures of a finished run; where that fails, the run is none the worse. */
export async function drawRun(
  run: RunFolder,
  { dataset }: Pick<Prepared, 'dataset'>,
  config: Config,
  say: Say,
): Promise<void> {
  try {
    const audit = dataFacts(dataset, config.text);
    const { figures, folder, notices } = await renderFigures(run.path, { audit });
    for (const notice of notices) say(notice);
    say(`${count(figures.length, 'figure')} in ${folder}`);
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    sayNoFigures(run, say, error.message);
  }
}

function sayNoFigures(run: RunFolder, say: Say, ...why: readonly string[]): void {
  say([...why, `The figures are missing: unroll figures ${shellWord(run.path)} draws them.`].join(' '));
}

/** The outcome of a run that was finished before. */
export function readOutcome(run: RunFolder, say: Say): Outcome {
  say(`${run.path} is finished: there is nothing left to train`);
  // of a run that was killed in its last moment
  removeCheckpoints(run.paths.checkpoints);
  // the last of its files: a run that was stopped while it was drawn has none
  if (!existsSync(join(run.paths.figures, 'figures.json'))) sayNoFigures(run, say);
  const summary =
    readMetrics(run.paths.metrics).findLast((record) => record.summary !== undefined)?.summary ?? {};
  return { run, summary, test: existsSync(run.paths.test) ? readTestResults(run.paths.test) : null };
}

function sayModel({ model }: Config, session: Session, run: RunFolder, say: Say): void {
  const layers = `${model.num_layers} layer${model.num_layers === 1 ? '' : 's'} of ${model.hidden_size}`;
  say(
    `${modelName(model)}, ${layers}, pooling ${model.pooling.map(poolingName).join(' + ')}: ${groupDigits(session.parameters.count)} parameters; ` +
      `kernels ${session.kernel}, ${session.threads} thread${session.threads === 1 ? '' : 's'}`,
  );
  say(`run folder ${run.path}`);
}

function sayEnd(
  { reason, epochs, bestEpoch, seconds }: TrainingResult,
  { train: { monitor, patience } }: Config,
  say: Say,
): void {
  const why = reason === 'early-stopping' ? `no better ${monitor} in ${patience} epochs` : 'all epochs done';
  say(
    `${why}: ${count(epochs, 'epoch')} in ${formatSeconds(seconds)}; the weights of epoch ${bestEpoch} are kept`,
  );
}
