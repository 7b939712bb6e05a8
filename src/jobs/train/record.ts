/** What `description.json` says of a run: how it began, was resumed, and ended. */
import type { PreparedTexts } from '../../classifier/parts.ts';
import type { Config } from '../../config/schema.ts';
import { InterruptedError } from '../../core/errors.ts';
import type { TrainableClassifier } from '../../models/trainable.ts';
import {
  describeMachine,
  describeVersions,
  type NewDescription,
  readMetrics,
  removeCheckpoints,
  type RunDescription,
  type RunFolder,
  writeDescription,
} from '../../run/index.ts';
import type { Job } from '../context.ts';
import { keepSource } from '../run-data.ts';
import type { PlacedVectors } from '../../vectors/place.ts';
import { VERSION } from '../../core/version.ts';
import { labelsHash, type Resumed } from './start.ts';

/** What a run was made from. */
export interface Described {
  /** DATA as typed. */
  readonly source: string;
  readonly config: Config;
  readonly prepared: PreparedTexts;
  readonly resumed: Resumed | undefined;
  readonly session: Pick<TrainableClassifier, 'kernel' | 'threads' | 'fused'>;
}

/** The description of a run that starts or is resumed now. */
export function describeRun(described: Described, { command }: Pick<Job, 'command'>): NewDescription {
  const { source, config, prepared, resumed, session } = described;
  const { kernel, threads, fused } = session;
  const started = new Date().toISOString();
  if (resumed) return describeResumed(resumed, session, started);
  const { name, hash, texts } = prepared.dataset;
  return {
    command: [...command],
    status: 'running',
    started,
    versions: describeVersions(VERSION),
    machine: describeMachine(),
    kernel,
    ...(fused === undefined ? {} : { fused }),
    threads,
    seed: config.train.seed,
    // with the source the run can be resumed
    data: {
      ...{ name, ...keepSource(source), hash, documents: texts.length },
      ...(config.data.corrections !== null && { corrected: labelsHash(prepared.dataset) }),
    },
    ...(prepared.vectors && { vectors: vectorFacts(prepared.vectors) }),
  };
}

function vectorFacts({ name, source, sha256, dim, total }: PlacedVectors): RunDescription['vectors'] {
  return { name, source, sha256, dim, total };
}

function describeResumed(
  { run, description }: Resumed,
  { kernel, threads, fused }: Described['session'],
  started: string,
): NewDescription {
  const epoch = readMetrics(run.paths.metrics).findLast((record) => record.epoch !== undefined)?.epoch ?? 0;
  const { format: _format, version: _version, error: _error, ...rest } = description;
  return {
    ...rest,
    status: 'running',
    kernel,
    threads,
    resumed: [...description.resumed, { started, epoch, ...(fused === undefined ? {} : { fused }) }],
  };
}

/** The warning if the engine rounds differently than before a run was resumed; else undefined. */
export function otherBits(
  { fused: first, resumed, kernel: earlier }: Pick<RunDescription, 'fused' | 'resumed' | 'kernel'>,
  { fused, kernel }: Pick<TrainableClassifier, 'fused' | 'kernel'>,
): string | undefined {
  if (earlier !== kernel && [earlier, kernel].some((name) => name.startsWith('webgpu ')))
    return `this run was trained on ${earlier} so far, and goes on on ${kernel}: ${AS_GOOD}`;
  const before = resumed.findLast((one) => one.fused !== undefined)?.fused ?? first;
  if (before === undefined || fused === undefined || before === fused) return undefined;
  const kind = (is: boolean) => (is ? 'fused' : 'not fused');
  return (
    `multiply-add was ${kind(before)} while this run was trained so far, and is ${kind(fused)} here: ` +
    AS_GOOD
  );
}

const AS_GOOD =
  'the result will be as good, but not the same to the last bit as that of an uninterrupted run';

/** Runs `work` and writes into the description how it ended. */
export async function recordingStatus<T>(
  { run, description }: { readonly run: RunFolder; readonly description: NewDescription },
  work: () => Promise<T>,
): Promise<T> {
  const record = (status: NewDescription['status'], error?: unknown) =>
    writeDescription(run.paths.description, {
      ...{ ...description, status, finished: new Date().toISOString() },
      ...(error !== undefined && { error: error instanceof Error ? error.message : 'an unknown error' }),
    });
  try {
    const result = await work();
    record('finished');
    // a finished run is never resumed, and checkpoints are several times the size of the model
    removeCheckpoints(run.paths.checkpoints);
    return result;
  } catch (error) {
    try {
      if (error instanceof InterruptedError) record('interrupted');
      else record('failed', error);
    } catch {
      // such as on a full disk: the first error is the useful one
    }
    throw error;
  }
}
