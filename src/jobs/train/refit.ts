/** `train.refit` in a run: the second training of its network, with progress, checkpoints and a stop. */
import type { Prepared } from '../../classifier/parts.ts';
import { joinedRows, refits, refitStore, refittedModel, trainAgain } from '../../classifier/refit.ts';
import { trainedInSteps, type TrainedModel } from '../../classifier/trained.ts';
import { InterruptedError } from '../../core/errors.ts';
import { formatSeconds } from '../../core/words.ts';
import { resumeCommand, trainingCommand } from '../../run/index.ts';
import type { TrainingResult } from '../../train/index.ts';
import { openStore } from '../checkpoints.ts';
import { type Job, stoppable, withListener } from '../context.ts';
import { prepareSplit } from '../parts.ts';
import { openRunDevice, openSession } from '../sessions.ts';
import type { Training } from './loop.ts';
import { warmUpOf } from './warm-up.ts';

/** A trained network. */
export interface Network {
  readonly model: TrainedModel;
  /** Wall time of its training. */
  readonly seconds: number;
}

/** A network as it is kept: with `train.refit`, after its second training. */
export interface KeptNetwork extends Network {
  readonly prepared: Prepared;
  /** Documents of the second training; undefined where there was none. */
  readonly refitDocuments?: number;
}

/** Trains the network again where the settings want that; else it is kept as it is. Call it once. */
export type KeepNetwork = () => Promise<KeptNetwork>;

/** Works with a network that may have to learn again before it is kept; gives back what that takes. */
export async function withRefit<T>(
  training: Training,
  network: Network,
  result: TrainingResult,
  job: Job,
  work: (keep: KeepNetwork) => Promise<T>,
): Promise<T> {
  const { prepared, config } = training;
  const opened: { close(): Promise<void> }[] = [];
  const keep = async (): Promise<KeptNetwork> => {
    if (!refits(config, prepared.val.labels)) return { ...network, prepared };
    const joined = await prepareJoined(training, job);
    const session = await openSession(config, joined, job);
    opened.push(session);
    const device = await openRunDevice(session, config, joined, job);
    opened.push(device);
    const again = await runAgain(training, joined, device.learner, result, job);
    await device.finish();
    const second = trainedInSteps(session, joined, again, config.model);
    return {
      model: refittedModel(network.model, second),
      // what is said of the parts is said of those of the split
      prepared: { ...joined, train: prepared.train, val: prepared.val, splits: prepared.splits },
      seconds: network.seconds + again.seconds,
      refitDocuments: joined.train.labels.length,
    };
  };
  try {
    return await work(keep);
  } finally {
    for (const one of opened.reverse()) await one.close();
  }
}

/** The training and the validation documents as one part, with a vocabulary of its own. */
function prepareJoined({ prepared, config, run, description }: Training, job: Job): Promise<Prepared> {
  const silent = withListener(job, (event) => {
    if (event.type !== 'prepared') job.emit(event);
  });
  const again = resumeCommand(trainingCommand(run), description.data, run.path);
  const stopped = `[train] stopped on request before the second training; the network is saved in ${run.path}. Resume it with: ${again}`;
  return prepareSplit(prepared.dataset, joinedRows(prepared.splits), config, silent, stopped);
}

/** @throws InterruptedError where the job is to stop, with the state saved */
async function runAgain(
  { run, config, description }: Training,
  joined: Prepared,
  learner: Parameters<typeof trainAgain>[0],
  first: TrainingResult,
  job: Job,
): Promise<TrainingResult> {
  const { paths, resumed } = run;
  job.emit({ type: 'refit-begins', documents: joined.train.labels.length, epochs: first.bestEpoch });
  const store = openStore(paths.checkpoints, ({ notices, epoch, found }) => {
    for (const sentence of notices) job.notice(sentence);
    if (found) job.notice(`resuming the second training in epoch ${epoch + 1}`);
  });
  const warmUp = warmUpOf(run, config, joined, job, 'refit-warm-up');
  const result = await stoppable(job, 'training', () =>
    trainAgain(learner, joined, config, first, {
      ...{ now: job.now, store: refitStore(store), resume: resumed, warmUp },
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      interrupted: () => job.stop.aborted,
      progress(done) {
        job.emit({ type: 'fitting', what: 'refit', done });
      },
    }),
  );
  if (result.reason === 'interrupted') {
    const again = resumeCommand(trainingCommand(run), description.data, run.path);
    throw new InterruptedError(
      `[train] stopped on request in epoch ${result.epochs} of the second training; everything is saved in ${run.path}. Resume it with: ${again}`,
    );
  }
  job.notice(`trained again in ${formatSeconds(result.seconds)}`);
  return result;
}
