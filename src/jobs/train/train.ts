/** The train job: from labelled documents to a run folder with a measured model. */
import { ConfigError } from '../../core/errors.ts';
import { fittedAtOnce } from '../../models/family.ts';
import { resumeCommand } from '../../run/index.ts';
import { beginJob, type JobContext } from '../context.ts';
import { splitTexts } from '../../classifier/parts.ts';
import { prepareSplit } from '../parts.ts';
import { requireNetwork } from './auto.ts';
import { openNew, openResumed } from './chosen.ts';
import { fitAndSave } from './fit.ts';
import { type Outcome, readOutcome, trainAndSave } from './run.ts';
import { refuseUnfinishedSeeds } from './seeds-state.ts';
import {
  neverBegun,
  refuseResumeAndForce,
  requireOwnData,
  type Resumed,
  resumeRun,
  type RunRequest,
} from './start.ts';

/** What a run says that is stopped before its training goes on. */
function stoppedAgain({ run, description }: Resumed): string {
  return `[train] stopped on request while word vectors were learned; the run is kept as it was. Resume it with: ${resumeCommand('train', description.data, run.path)}`;
}

/** What to train, and what happens to an existing run. */
export interface TrainRequest extends RunRequest {
  /** Resume an interrupted run; the result has the same bits as without the interruption. Default false. */
  readonly resume?: boolean;
  /** Replace the run in `output`. Default false. */
  readonly force?: boolean;
}

/**
 * Trains a classifier, measures it on the test documents and saves it; of a run that is resumed and was finished before,
 * only the results are read.
 * @throws ConfigError for settings that cannot be used, and for a run folder that is in use
 * @throws DataError for data that cannot be used, or is not that of the run to resume
 * @throws NonFiniteError where the loss is not finite
 * @throws InterruptedError after `stop`, with the state saved
 */
export async function train(request: TrainRequest, context: JobContext = {}): Promise<Outcome> {
  const { resume = false, force = false, output } = request;
  refuseResumeAndForce({ resume, force });
  const job = beginJob(context);
  if (resume && output !== undefined) refuseUnfinishedSeeds(output);
  const place = resume ? neverBegun(request) : undefined;
  if (place) {
    job.notice('nothing of the run was saved: starting from the beginning');
    return train({ ...request, ...place, resume: false }, context);
  }
  const resumed = resume ? await resumeRun(request, 'train') : undefined;
  if (resumed?.description.status === 'finished') {
    await requireOwnData(resumed, request.source, job);
    return readOutcome(resumed.run, resumed.config, job);
  }
  const source = resumed?.source ?? request.source;
  if (source === undefined) {
    throw new ConfigError(
      '[train] DATA must be given, but was not. It is a file, a folder, - for standard input, or a known data set such as spam.',
    );
  }
  const { config, choices, dataset, splits } = resumed
    ? await openResumed(source, resumed.config, job)
    : await openNew(source, request, job);
  requireNetwork(config);
  const run = { source, config, resumed, output, force };
  if (fittedAtOnce(config.model))
    return fitAndSave({ ...run, prepared: splitTexts(dataset, splits, job.emit) }, job);
  const prepared = await prepareSplit(dataset, splits, config, job, resumed && stoppedAgain(resumed));
  if (choices) job.emit({ type: 'chosen', facts: choices.facts, settings: choices.settings });
  return trainAndSave({ ...run, prepared }, job);
}
