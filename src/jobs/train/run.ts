/** A run from its data to its folder: trained, measured, saved, drawn. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../classifier/device.ts';
import type { Prepared, PreparedTexts } from '../../classifier/parts.ts';
import { withVectors } from '../../classifier/plan.ts';
import { requireNoThresholds, trainedInSteps } from '../../classifier/trained.ts';
import type { Config } from '../../config/schema.ts';
import { UnrollError } from '../../core/errors.ts';
import type { Evaluation } from '../../evaluate/index.ts';
import { type DataFacts, dataFacts } from '../../figures/index.ts';
import { renderFigures } from '../../figures/node.ts';
import { networkOptionsOf } from '../../models/family.ts';
import { completeModelOptions } from '../../models/options.ts';
import type { TrainableClassifier } from '../../models/trainable.ts';
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
import type { Job } from '../context.ts';
import { openRunDevice, openSession } from '../sessions.ts';
import { type Chosen, saveChosen, saveKept } from './auto.ts';
import { runTraining, type Training, writeStart } from './loop.ts';
import { describeRun, otherBits, recordingStatus } from './record.ts';
import { type KeepNetwork, type Network, withRefit } from './refit.ts';
import { type RunSummary, summariseTraining } from './save.ts';
import { requireSameCorrections, requireSameData, requireSameVectors, type Resumed } from './start.ts';

/** What a finished run gives: its folder, its summary, and the evaluation on its test part. */
export interface Outcome {
  /** The run folder. */
  readonly run: RunFolder;
  /** Sizes, times and metrics from `metrics.jsonl`; empty where they are lost. */
  readonly summary: Partial<RunSummary>;
  /** Null where there is no test part. */
  readonly test: Evaluation | null;
}

/** A run to start or to resume. */
export interface Run<Parts extends PreparedTexts = Prepared> {
  /** DATA as typed. */
  readonly source: string;
  readonly config: Config;
  readonly prepared: Parts;
  readonly resumed: Resumed | undefined;
  /** The folder of a new run; undefined for a numbered one. */
  readonly output: string | undefined;
  /** Replace the run in `output`. */
  readonly force: boolean;
}

/** Trains in a new or resumed folder; measures, saves, draws. */
export async function trainAndSave(given: Run, job: Job): Promise<Outcome> {
  const run = { ...given, config: withVectors(given.config, given.prepared) };
  const { config, prepared, resumed } = run;
  if (resumed) {
    requireSameData(prepared.dataset, resumed.description);
    requireSameCorrections(prepared.dataset, config, resumed.description);
    requireSameVectors(prepared, resumed.description);
  }
  if (prepared.val.labels.length === 0) requireNoThresholds(config);
  if (!resumed) noticeOtherSize(given.config, config, job);
  const session = await openSession(config, prepared, job);
  let device: Device | undefined;
  try {
    // before the folder is made: the GPU may refuse the model
    device = await openRunDevice(session, config, prepared, job);
    const learns = device;
    return await holdingFolder(run, async (folder) => {
      const outcome = await trainIn(folder, learns, session, run, job);
      await drawRun(folder, config, job, () => dataFacts(prepared.dataset, config.text));
      return outcome;
    });
  } finally {
    await device?.close();
    await session.close();
  }
}

/** Tells that the vectors decide the size of the embedding, where another one is set. */
function noticeOtherSize({ model: set }: Config, { model }: Config, { notice }: Pick<Job, 'notice'>): void {
  const [asked, used] = [set, model].map((one) => networkOptionsOf(one)?.embedding_dim);
  const usual = networkOptionsOf(completeModelOptions({ type: set.type }))?.embedding_dim;
  if (asked !== used && asked !== usual)
    notice(`model.embedding_dim is ${used}, the size of the vectors, not ${asked}`);
}

/** Works in the folder of a run, new or resumed, under its lock. */
export async function holdingFolder<T>(
  { prepared: { dataset }, resumed, output, force }: Run<PreparedTexts>,
  work: (folder: HeldRunFolder) => Promise<T>,
): Promise<T> {
  const { name } = dataset;
  const folder = holdRunFolder(
    resumed ? { name, output: resumed.run.path, resume: true } : { name, output, force },
  );
  try {
    return await work(folder);
  } finally {
    folder.release();
  }
}

/**
 * Trains a classifier in a folder, on a device, measures and saves it.
 * @param begin Writes the files that only this kind of run has, before its first step.
 */
export async function trainIn(
  folder: RunFolder,
  { learner, finish }: Pick<Device, 'learner' | 'finish'>,
  session: TrainableClassifier,
  { source, config, prepared, resumed }: Run,
  job: Job,
  { fromScratch = false, begin = () => undefined }: { fromScratch?: boolean; begin?: () => void } = {},
): Promise<Outcome> {
  const description = describeRun({ source, config, prepared, resumed, session: learner }, job);
  job.emit({
    type: 'run-begins',
    run: folder.path,
    fromScratch,
    model: config.model,
    parameters: session.parameters.count,
    kernel: learner.kernel,
    threads: learner.threads,
    patience: prepared.val.labels.length > 0 ? config.train.patience : null,
  });
  const notice = resumed && otherBits(resumed.description, learner);
  if (notice) job.notice(notice);
  const training = { run: folder, config, prepared, description };
  if (resumed) writeDescription(folder.paths.description, description);
  else {
    begin();
    writeStart(training);
  }
  return recordingStatus(training, async () => {
    const result = await runTraining(training, learner, job);
    await finish();
    const network = {
      model: trainedInSteps(session, prepared, result, config.model),
      seconds: result.seconds,
    };
    const { trained, results, ...told } = await withRefit(training, network, result, job, (keep) =>
      saveTrained(training, network, keep, { fromScratch }, job),
    );
    const summary = summariseTraining(trained, results, { session: learner, result, ...told });
    appendMetrics(folder.paths.metrics, { summary });
    return { run: folder, summary, test: results.test };
  });
}

/** Saves and measures what is chosen, or the network with the baseline beside it. */
async function saveTrained(
  training: Training,
  network: Network,
  keep: KeepNetwork,
  { fromScratch }: { readonly fromScratch: boolean },
  job: Job,
): Promise<Pick<Chosen, 'trained' | 'results'> & Partial<Chosen>> {
  const { auto, baseline } = training.config.train;
  const chosen = auto && !fromScratch ? await saveChosen(training, network, keep, job) : undefined;
  if (chosen) return chosen;
  const kept = await saveKept(training, await keep(), { baseline: baseline && !fromScratch }, job);
  return { ...kept, ...(fromScratch && { name: 'rnn from scratch' }) };
}

/**
 * Draws the figures of a finished run, if its settings want them. If that fails, the run keeps its results, and the
 * figures can be drawn later.
 * @param audit The facts of the data; without them its figures are left out.
 */
export async function drawRun(
  run: RunFolder,
  { evaluate }: Pick<Config, 'evaluate'>,
  { emit, notice }: Pick<Job, 'emit' | 'notice'>,
  audit: () => DataFacts | undefined = () => undefined,
): Promise<void> {
  if (!evaluate.figures) return;
  emit({ type: 'working', on: 'drawing' });
  try {
    const { figures, folder, notices } = await renderFigures(run.path, { audit: audit() });
    for (const text of notices) notice(text);
    emit({ type: 'figures', figures: figures.length, folder });
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    const why = error instanceof UnrollError ? told : `[figures] a bug in Unroll: ${told}. Please report it.`;
    emit({ type: 'figures-missing', run: run.path, why });
  }
}

/** The outcome of a run that was finished before. */
export function readOutcome(
  run: RunFolder,
  { evaluate }: Pick<Config, 'evaluate'>,
  { emit }: Pick<Job, 'emit'>,
): Outcome {
  emit({ type: 'finished-before', run: run.path });
  // for a run that was killed at the very end
  removeCheckpoints(run.paths.checkpoints);
  // the last file to be written: a run that was stopped while drawing lacks it
  if (evaluate.figures && !existsSync(join(run.paths.figures, 'figures.json')))
    emit({ type: 'figures-missing', run: run.path, why: null });
  const record = readMetrics(run.paths.metrics).findLast(({ summary }) => summary !== undefined);
  const summary = (record?.summary ?? {}) as Partial<RunSummary>;
  return { run, summary, test: existsSync(run.paths.test) ? readTestResults(run.paths.test) : null };
}
