/** The workshop job: audit, three networks, figures, comparison and report, from one request. */
import type { Override } from '../../config/overrides.ts';
import { InterruptedError } from '../../core/errors.ts';
import { lockRun, resumeCommand, type RunLock } from '../../run/index.ts';
import { beginJob, type Job, type JobContext, stoppable, withListener } from '../context.ts';
import { findSource, keepSource } from '../run-data.ts';
import { refuseResumeAndForce, requireSameData } from '../train/start.ts';
import { loadNewData, loadSavedData, type WorkshopData } from './data.ts';
import { estimateStages, searchedPart } from './estimate.ts';
import { openWorkshop, type Workshop } from './open.ts';
import { resultsOf, type WorkshopResults } from './results.ts';
import { newSettings, requireSameSettings } from './settings.ts';
import { pause, stages } from './stages.ts';
import { makeWorkshopFolder, readState, stageNames, type WorkshopState, writeState } from './state.ts';

/** Default DATA and folder. */
export const workshopDefaults = { data: 'spam', folder: 'runs/workshop' } as const;

/** What the workshop is about. */
export interface WorkshopRequest {
  /** DATA: a file, a folder or a known data set. Default `spam`, or that of the workshop to resume. */
  readonly source?: string | undefined;
  /** Output folder. Default `runs/workshop`. */
  readonly output?: string | undefined;
  /** Fewer epochs, and no search unless `trials` is given. Default false. */
  readonly quick?: boolean;
  /** Trials of the search for the parameters of each classifier; 0 for none. Default those of the presets. */
  readonly trials?: number | undefined;
  /** Config keys over the presets of the RNN and the BiLSTM. */
  readonly overrides?: readonly Override[];
  /** Resume an interrupted workshop; the result has the same bits as without the interruption. Default false. */
  readonly resume?: boolean;
  /** Replace the workshop in `output`. Default false. */
  readonly force?: boolean;
}

/**
 * Runs the remaining stages, and records each as it ends.
 * @throws ConfigError, DataError for settings and data that cannot be used
 * @throws InterruptedError after `stop`, with everything so far saved
 */
export async function workshop(request: WorkshopRequest, context: JobContext = {}): Promise<WorkshopResults> {
  refuseResumeAndForce(request);
  const job = beginJob(context);
  const folder = request.output ?? workshopDefaults.folder;
  return stoppable(job, 'workshop', async () => {
    const started = request.resume ? await resumed(request, folder, job) : await begun(request, folder, job);
    // what the stages report as stoppable is hidden: the workshop as a whole can be stopped
    const inner = withListener(job, (event) => {
      if (event.type !== 'stoppable') job.emit(event);
    });
    try {
      return await tellingHowToResume(started, job, () => runStages(started, inner));
    } finally {
      started.lock.release();
    }
  });
}

/** A workshop about to run: its state as the folder holds it, and its documents. */
interface Started extends WorkshopData {
  readonly folder: string;
  readonly state: WorkshopState;
  readonly source: string;
  /** Of the folder. */
  readonly lock: RunLock;
}

/** A new workshop, in its folder. */
async function begun(request: WorkshopRequest, folder: string, job: Job): Promise<Started> {
  const { source = workshopDefaults.data, overrides = [], trials, quick = false, force = false } = request;
  const { dataset, own, data } = await loadNewData(source, overrides, job);
  const settings = newSettings({ quick, overrides, trials, data });
  const { name, hash, texts } = dataset;
  const state: WorkshopState = {
    command: [...job.command],
    data: { name, ...keepSource(source), hash, documents: texts.length },
    settings,
    stages: {},
  };
  const lock = makeWorkshopFolder(folder, { force });
  return { folder, state, source, lock, dataset, own };
}

/** A workshop to resume. Its own settings apply; those of the request must agree. */
async function resumed(request: WorkshopRequest, folder: string, job: Job): Promise<Started> {
  const saved = readState(folder);
  const { quick = false, overrides = [], trials } = request;
  const settings = requireSameSettings(saved.settings, { quick, overrides, trials }, folder);
  const source = request.source ?? findSource(saved.data, '');
  const data = await loadSavedData(source, settings.configs.bilstm, job);
  requireSameData(data.dataset, saved);
  return { folder, state: { ...saved, settings }, source, lock: lockRun(folder), ...data };
}

/** Runs the remaining stages, and records each as it ends. */
async function runStages(
  { folder, state, source, dataset, own }: Started,
  job: Job,
): Promise<WorkshopResults> {
  const { settings } = state;
  writeState(folder, state);
  const estimates = estimateStages(dataset, settings);
  const plan = stageNames.map((name) => ({
    title: stages[name].title,
    estimate: estimates[name],
    searched: searchedPart(settings, name),
  }));
  job.emit({ type: 'stages', stages: plan });
  const opened = openWorkshop({ folder, source, dataset, own, settings }, job);
  let known = state;
  let changed = false;
  for (const [stage, name] of stageNames.entries()) {
    const before = known.stages[name];
    // stages after one that is done again must be done again too
    if (before && !changed && stages[name].isThere(opened)) {
      job.emit({ type: 'stage-skipped', stage, result: before.result });
      continue;
    }
    changed = true;
    const done = await runStage(opened, stage, job);
    known = { ...known, stages: { ...known.stages, [name]: done } };
    writeState(folder, known);
  }
  return resultsOf(opened, known);
}

async function runStage(opened: Workshop, stage: number, job: Job) {
  const started = job.now();
  job.emit({ type: 'stage-began', stage });
  await pause(job);
  const result = await stages[stageNames[stage]].run(opened, job);
  const seconds = Number(((job.now() - started) / 1000).toPrecision(4));
  job.emit({ type: 'stage-ended', stage, result, seconds });
  return { finished: new Date().toISOString(), seconds, result };
}

/** Does the work; if it fails, reports how to resume. */
async function tellingHowToResume<T>(
  { folder, state }: Started,
  { emit }: Job,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const command = resumeCommand('workshop', state.data, folder);
    if (error instanceof InterruptedError) {
      throw new InterruptedError(
        `[workshop] stopped on request; everything so far is saved in ${folder}. Resume it with: ${command}`,
        { cause: error },
      );
    }
    emit({ type: 'stages-kept', command });
    throw error;
  }
}
