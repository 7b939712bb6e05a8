/** A run of a model that is fitted at once, from its documents to its folder. */
import { invariant } from '../../core/errors.ts';
import { fitModel } from '../../classifier/fit.ts';
import type { PreparedTexts } from '../../classifier/parts.ts';
import { requireNoThresholds, trainedAtOnce } from '../../classifier/trained.ts';
import type { Config } from '../../config/schema.ts';
import { dataFacts } from '../../figures/index.ts';
import type { FittedClassifier } from '../../models/model.ts';
import {
  appendMetrics,
  resumeCommand,
  strongestOf,
  type RunFolder,
  trainingCommand,
  writeDescription,
  writeStrongest,
} from '../../run/index.ts';
import { type Job, pause, stoppable } from '../context.ts';
import { giveBackMemory } from '../memory.ts';
import { writeStart } from './loop.ts';
import { describeRun, recordingStatus } from './record.ts';
import { drawRun, holdingFolder, type Outcome, type Run } from './run.ts';
import { saveResults, summariseFit } from './save.ts';
import { requireSameData } from './start.ts';
import { unusedSettings } from './unused.ts';

/** What a model that is fitted at once computes on. */
const COMPUTED = { kernel: 'plain loops', threads: 1 } as const;

/** Fits a model in a new or resumed folder; measures, saves, draws. */
export async function fitAndSave(run: Run<PreparedTexts>, job: Job): Promise<Outcome> {
  const { config, prepared, resumed } = run;
  if (resumed) requireSameData(prepared.dataset, resumed.description);
  if (prepared.val.labels.length === 0) requireNoThresholds(config);
  for (const sentence of unusedSettings(config)) job.notice(sentence);
  return holdingFolder(run, async (folder) => {
    const outcome = await fitIn(folder, run, job);
    await drawRun(folder, config, job, () => dataFacts(prepared.dataset, config.text));
    return outcome;
  });
}

async function fitIn(folder: RunFolder, run: Run<PreparedTexts>, job: Job): Promise<Outcome> {
  const { source, config, prepared, resumed } = run;
  const description = describeRun({ source, config, prepared, resumed, session: COMPUTED }, job);
  job.emit({ type: 'fit-begins', run: folder.path, model: config.model });
  if (resumed) writeDescription(folder.paths.description, description);
  else writeStart({ run: folder, config, prepared, description });
  return recordingStatus({ run: folder, description }, async () => {
    const again = resumeCommand(trainingCommand(folder), description.data, folder.path);
    const stopped = `[train] stopped on request before the model was fitted. Begin again with: ${again}`;
    const { fitted, seconds } = await fitTimed(config, prepared, job, stopped);
    const { count } = fitted.parameters;
    job.emit({ type: 'fitted', parameters: count, seconds, decisions: fitted.decisions });
    const trained = { model: trainedAtOnce(fitted, prepared), prepared, config, run: folder };
    const results = saveResults(trained, job);
    const strongest = strongestOf(fitted, prepared.dataset.labelNames);
    if (strongest) writeStrongest(folder.paths.strongest, strongest);
    const summary = summariseFit(trained, results, { ...COMPUTED, seconds });
    appendMetrics(folder.paths.metrics, { summary });
    return { run: folder, summary, test: results.test };
  });
}

/** @throws InterruptedError with `stopped` if the job must stop */
async function fitTimed(
  config: Config,
  prepared: PreparedTexts,
  job: Job,
  stopped: string,
): Promise<{ readonly fitted: FittedClassifier; readonly seconds: number }> {
  await giveBackMemory();
  const started = job.now();
  const watch = { listener: job.emit, pause: () => pause(job, stopped) };
  const fitted = await stoppable(job, 'fit', () => fitModel(config.model, prepared, config, watch));
  invariant(fitted !== undefined, 'the model is fitted at once');
  return { fitted, seconds: (job.now() - started) / 1000 };
}
