/**
 * The scratch job: the network from plain arrays; its warm-up, then training, evaluation and saving as for any model.
 */
import type { Prepared } from '../../classifier/parts.ts';
import { planOf } from '../../classifier/plan.ts';
import type { Override } from '../../config/overrides.ts';
import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { createScratchClassifier } from '../../models/scratch/classifier.ts';
import type { TrainableClassifier } from '../../models/trainable.ts';
import { readScratch, type RunFolder, writeScratch } from '../../run/index.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { prepare } from '../parts.ts';
import { withAbsolutePaths } from '../read-data.ts';
import { openRunDevice } from '../sessions.ts';
import { drawRun, holdingFolder, type Outcome, readOutcome, type Run, trainIn } from '../train/run.ts';
import {
  refuseResumeAndForce,
  requireOwnData,
  requireSameData,
  type Resumed,
  neverBegun,
  resumeRun,
} from '../train/start.ts';
import { defaultSettings, scratchConfig, scratchNetwork, type ScratchSettings } from './config.ts';
import { findTask, type WarmUp, warmUp } from './warm-up.ts';

/** DATA where none is given. */
export const DEFAULT_DATA = 'spam';

/** The toy task of the warm-up. */
export interface WarmUpRequest {
  /** Name of the task. Default the first. */
  readonly task?: string | undefined;
  /** Passes over its sequences, from 1. Default the task's own. */
  readonly taskEpochs?: number | undefined;
  /** Config keys; the warm-up uses only `train.seed`. */
  readonly overrides?: readonly Override[];
}

/** What to train from scratch. */
export interface ScratchRequest extends WarmUpRequest, Partial<ScratchSettings> {
  /** DATA: a file, a folder, `-` for standard input, or a known data set. Default `spam`. */
  readonly source?: string | undefined;
  /** The run folder. Default `runs/NAME-N`, the first that is free. */
  readonly output?: string | undefined;
  /** Resume an interrupted run. Default false. */
  readonly resume?: boolean;
  /** Replace the run in `output`. Default false. */
  readonly force?: boolean;
}

/** The results of a run from scratch. */
export interface ScratchOutcome extends Outcome {
  /** The results of the warm-up. */
  readonly found: WarmUp;
}

/** A run to start or to resume. */
export interface ScratchRun extends Run {
  readonly settings: ScratchSettings;
  /** The warm-up; left out for a run that is resumed. */
  readonly warm: () => Promise<WarmUp>;
}

/** Only the warm-up: nothing is written. @throws ConfigError; InterruptedError after `stop` */
export async function warmUpAlone(request: WarmUpRequest, context: JobContext = {}): Promise<WarmUp> {
  const { seed } = scratchConfig(request.overrides ?? []).train;
  return warmUp(warmUpSettings(request, seed), beginJob(context));
}

/**
 * The warm-up, then a classifier of texts from plain arrays: trained, measured and saved as any other model.
 * @throws ConfigError, DataError, NonFiniteError, InterruptedError as `train`
 */
export async function scratch(request: ScratchRequest, context: JobContext = {}): Promise<ScratchOutcome> {
  const { source, output, force = false, overrides = [] } = request;
  refuseResumeAndForce(request);
  const job = beginJob(context);
  const warm = (seed: number) => warmUp(warmUpSettings(request, seed), job);
  const place = request.resume ? neverBegun({ source, output }) : undefined;
  if (place) {
    job.notice('nothing of the run was saved: starting from the beginning');
    return scratch({ ...request, ...place, resume: false }, context);
  }
  if (!request.resume) {
    const config = withAbsolutePaths(scratchConfig(overrides));
    warmUpSettings(request, config.train.seed); // fails early for an unknown task
    const from = source ?? DEFAULT_DATA;
    const { clip = defaultSettings.clip, ask = defaultSettings.ask } = request;
    const prepared = await prepare(from, config, job);
    const run = { source: from, config, prepared, resumed: undefined, output, force };
    return classifyFromScratch({ ...run, settings: { clip, ask }, warm: () => warm(config.train.seed) }, job);
  }
  const { resumed, settings } = await resumeScratch(request);
  if (resumed.description.status === 'finished') {
    await requireOwnData(resumed, source, job);
    return { ...readOutcome(resumed.run, resumed.config, job), found: readFound(resumed.run) };
  }
  const { config } = resumed;
  const prepared = await prepare(resumed.source, config, job);
  const run = { source: resumed.source, config, prepared, resumed, output, force };
  return classifyFromScratch({ ...run, settings, warm: () => warm(config.train.seed) }, job);
}

function warmUpSettings({ task: name, taskEpochs }: WarmUpRequest, seed: number) {
  const task = findTask(name);
  return { task, epochs: taskEpochs ?? task.settings.epochs, seed };
}

/** Opens the run to resume. @throws ConfigError where it is another kind of run or has other settings */
async function resumeScratch(
  request: ScratchRequest,
): Promise<{ readonly resumed: Resumed; readonly settings: ScratchSettings }> {
  const { output, overrides = [] } = request;
  const source = request.source ?? (output === undefined ? DEFAULT_DATA : undefined);
  const resumed = await resumeRun({ source, overrides, output }, 'scratch');
  const { path, paths } = resumed.run;
  const { settings } = readScratch(paths.scratch);
  for (const key of ['clip', 'ask'] as const) {
    const given = request[key];
    if (given === undefined || given === settings[key]) continue;
    throw new ConfigError(
      `[--resume] --${key} must be that of ${path}, ${settings[key]}, but got ${given}. Leave it out, or start another run without --resume.`,
      { key },
    );
  }
  return { resumed, settings };
}

/** The warm-up, then the classifier: trained, measured and saved as any other. */
export async function classifyFromScratch(run: ScratchRun, job: Job): Promise<ScratchOutcome> {
  const { config, prepared, resumed, settings } = run;
  if (resumed) requireSameData(prepared.dataset, resumed.description);
  const session = openClassifier(config, prepared, settings);
  const device = await openRunDevice(session, config, prepared, job);
  const found = resumed ? readFound(resumed.run) : await run.warm();
  return holdingFolder(run, async (folder) => {
    const begin = () => {
      writeScratch(folder.paths.scratch, { settings, ...found });
    };
    const outcome = await trainIn(folder, device, session, run, job, { fromScratch: true, begin });
    await drawRun(folder, config, job);
    return { ...outcome, found };
  });
}

function openClassifier(config: Config, prepared: Prepared, settings: ScratchSettings): TrainableClassifier {
  const { clip, ask } = settings;
  const { hidden_size } = scratchNetwork(config);
  const options = { hidden_size, clip_value: clip, ask };
  return createScratchClassifier(options, planOf(config, prepared));
}

/** The results of a run's warm-up. */
function readFound(run: RunFolder): WarmUp {
  const { settings: _settings, ...found } = readScratch(run.paths.scratch);
  return found;
}
