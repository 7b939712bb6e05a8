/** What `description.json` says of a run as it goes on: taken up again, ended, and how. */
import { InterruptedError } from '../../core/errors.ts';
import { type NewDescription, readMetrics, removeCheckpoints, writeDescription } from '../../run/index.ts';
import type { TrainingJob } from './run.ts';
import type { Resumed } from './start.ts';

/** The description of a run that is taken up again. */
export function takenUp(
  { run, description }: Resumed,
  now: { started: string; kernel: string; threads: number },
): NewDescription {
  const epoch = readMetrics(run.paths.metrics).findLast((record) => record.epoch !== undefined)?.epoch ?? 0;
  const { format: _format, version: _version, ...rest } = description;
  const { started, kernel, threads } = now;
  return {
    ...rest,
    status: 'running',
    kernel,
    threads,
    resumed: [...description.resumed, { started, epoch }],
  };
}

/** Runs `work` and writes into the description how it ended. */
export async function recordingStatus<T>(
  { run, description }: Pick<TrainingJob, 'run' | 'description'>,
  work: () => Promise<T>,
): Promise<T> {
  const record = (status: NewDescription['status']) =>
    writeDescription(run.paths.description, { ...description, status, finished: new Date().toISOString() });
  try {
    const result = await work();
    record('finished');
    // it is never resumed: they are several times the size of the model
    removeCheckpoints(run.paths.checkpoints);
    return result;
  } catch (error) {
    try {
      record(error instanceof InterruptedError ? 'interrupted' : 'failed');
    } catch {
      // such as on a full disk: the first error tells more
    }
    throw error;
  }
}
