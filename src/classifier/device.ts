/** `train.device`: whether the CPU or the GPU trains. The GPU code is loaded on demand. */
import { UnsupportedError } from '../core/errors.ts';
import type { GpuSession } from '../models/recurrent/gpu/session.ts';
import { isSession, type Session } from '../models/session.ts';
import type { LearningClassifier, TrainableClassifier } from '../models/trainable.ts';
import type { TrainingPart } from '../train/epoch-documents.ts';
import type { TrainOptions } from '../train/options.ts';

/** The exports of `unrolled/gpu` for training. */
export interface GpuModule {
  /** The model of a session on the GPU of this machine. */
  openOnGpu(session: Session): Promise<GpuSession>;
}

/** What is trained, and the callback for the choice. */
export interface DeviceRequest {
  readonly options: Pick<TrainOptions, 'device' | 'batch_size' | 'lr'>;
  /** The documents, of which a batch is timed. */
  readonly train: TrainingPart;
  /** Clock in milliseconds. */
  readonly now: () => number;
  /** Loads the GPU code; undefined in a page that did not supply it. */
  readonly gpu: (() => Promise<GpuModule>) | undefined;
  /** Called with the reason for the choice. */
  readonly notice: (text: string) => void;
}

/** The device that a classifier is trained on. */
export interface Device {
  /** What the training loop works with: the session itself, or its model on the GPU. */
  readonly learner: LearningClassifier;
  /** Copies the parameters to the session. Call it after training. */
  finish(): Promise<void>;
  /** Releases the GPU. */
  close(): Promise<void>;
}

/**
 * Opens the device that `train.device` names. With `auto`, a step is timed on both, and the faster one is taken.
 * @throws UnsupportedError for `gpu` where there is none, or where it cannot train this
 */
export async function openDevice(session: TrainableClassifier, request: DeviceRequest): Promise<Device> {
  const { device } = request.options;
  if (device === 'cpu') return onCpu(session);
  if (device === 'gpu') return onGpu(await openGpuSession(session, request));
  let gpu: GpuSession | undefined;
  try {
    gpu = await openGpuSession(session, request);
    const [own, its] = [await timeOnCpu(session, request), await timeOnGpu(gpu, request)];
    const threads = session.threads === 1 ? 'one thread' : `${session.threads} threads`;
    const faster = its < own;
    request.notice(
      `a step takes ${inWords(its)} on the GPU (${gpu.kernel}) and ${inWords(own)} on the CPU (${session.kernel}, ${threads}): training on the ${faster ? 'GPU' : 'CPU'}`,
    );
    if (faster) return onGpu(gpu);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    request.notice(`training on the CPU. ${error.message.replace(/^\[device gpu\] /, 'The GPU: ')}`);
  }
  await gpu?.close();
  return onCpu(session);
}

function onCpu(session: TrainableClassifier): Device {
  return { learner: session, finish: async () => undefined, close: async () => undefined };
}

function onGpu(gpu: GpuSession): Device {
  return { learner: gpu, finish: () => gpu.download(), close: () => gpu.close() };
}

async function openGpuSession(
  session: TrainableClassifier,
  { gpu: load }: DeviceRequest,
): Promise<GpuSession> {
  if (!isSession(session)) {
    throw new UnsupportedError(
      '[device gpu] cannot train a model that does not run on an engine. Use --device cpu.',
    );
  }
  if (!load) {
    throw new UnsupportedError(
      "[device gpu] needs the option gpu of train in a page: gpu: () => import('unrolled/gpu'). Or use train.device cpu.",
    );
  }
  const { openOnGpu } = await load();
  return openOnGpu(session);
}

/** A batch of documents of all lengths. */
function sampleBatch({ options: { batch_size: size }, train }: DeviceRequest): TrainingPart {
  const { sequences, labels } = train;
  const order = Array.from(sequences, (_, n) => n).sort((a, b) => sequences[b].length - sequences[a].length);
  const stride = Math.max(1, Math.floor(order.length / size));
  const chosen = order.filter((_, n) => n % stride === 0).slice(0, size);
  return {
    sequences: chosen.map((n) => sequences[n]),
    labels: Int32Array.from(chosen, (n) => labels[n]),
  };
}

/** Steps that are timed, after the first ones. */
const TIMED = 5;
const WARM = 2;

/** Milliseconds per step; the session is left unchanged. */
async function timeOnCpu(session: TrainableClassifier, request: DeviceRequest): Promise<number> {
  const [tensors, state] = [session.tensors(), session.optimizerState()];
  const time = await timeSteps(session, request);
  session.load(tensors);
  session.loadOptimizerState(state);
  return time;
}

async function timeOnGpu(gpu: GpuSession, request: DeviceRequest): Promise<number> {
  const [tensors, state] = [await gpu.tensors(), await gpu.optimizerState()];
  const time = await timeSteps(gpu, request);
  gpu.load(tensors);
  gpu.loadOptimizerState(state);
  return time;
}

async function timeSteps(learner: LearningClassifier, request: DeviceRequest): Promise<number> {
  const { sequences, labels } = sampleBatch(request);
  const run = async (steps: number) => {
    // those of a GPU overlap, as in training
    const results = Array.from({ length: steps }, async (_, step) =>
      learner.step(sequences, labels, { step, lr: request.options.lr }),
    );
    await Promise.all(results);
  };
  await run(WARM);
  const before = request.now();
  await run(TIMED);
  return (request.now() - before) / TIMED;
}

function inWords(milliseconds: number): string {
  return `${milliseconds.toPrecision(3)} ms`;
}
