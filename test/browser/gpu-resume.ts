/** A training on the GPU that is interrupted and resumed, on the GPU and on the CPU. */
import { createRng } from '../../src/core/rng.ts';
import { chooseEngine } from '../../src/engine/index.ts';
import { openOnGpu } from '../../src/models/recurrent/gpu/session.ts';
import { createSession, type Session } from '../../src/models/session.ts';
import { recurrentOptions } from '../../src/models/options.ts';
import { capacityFor } from '../../src/models/predict.ts';
import type { LearningClassifier } from '../../src/models/trainable.ts';
import {
  trainClassifier,
  type TrainingCheckpointStore,
  trainingSpec,
  trainOptions,
} from '../../src/train/index.ts';

/** Losses of the epochs, and the weights that are kept. */
export interface ResumedResult {
  readonly losses: readonly number[];
  readonly weights: readonly number[];
  readonly kernel: string;
}

const options = trainOptions.parse({
  ...{
    epochs: 2,
    batch_size: 6,
    lr: 5e-3,
    clip_norm: 1,
    seed: 4,
    schedule: 'cosine',
    checkpoint_seconds: 1e9,
  },
  average: { type: 'ema', decay: 0.8 },
});
const rng = createRng(11);
const part = (documents: number) => ({
  sequences: Array.from({ length: documents }, () =>
    Int32Array.from({ length: 1 + rng.int(7) }, () => 2 + rng.int(20)),
  ),
  labels: Int32Array.from({ length: documents }, () => rng.int(3)),
});
const [documents, validation] = [part(12), part(6)];

async function openCpu(): Promise<Session> {
  const model = recurrentOptions({ type: 'bilstm', hidden_size: 6, embedding_dim: 10, dropout: 0.2 });
  return createSession({
    shape: { model, vocabularySize: 22, classes: 3 },
    capacity: capacityFor([{ lengths: documents.sequences.map(({ length }) => length), batchSize: 8 }]),
    training: trainingSpec(options, documents.labels, 3),
    engine: chooseEngine(() => performance.now()),
  });
}

/** Trains where `begins` says, and after three steps goes on where `ends` says; without `ends` in one go. */
export async function resumed(begins: 'cpu' | 'gpu', ends?: 'cpu' | 'gpu'): Promise<ResumedResult> {
  let saved: ReturnType<TrainingCheckpointStore['load']>;
  const store: TrainingCheckpointStore = {
    save(name, checkpoint) {
      if (name === 'last') saved = structuredClone(checkpoint);
    },
    load: () => saved,
  };
  const losses: number[] = [];
  const run = async (device: 'cpu' | 'gpu', steps: number): Promise<{ session: LearningClassifier }> => {
    const cpu = await openCpu();
    const session: LearningClassifier = device === 'gpu' ? await openOnGpu(cpu) : cpu;
    let asked = 0;
    await trainClassifier({
      ...{ session, train: documents, val: validation, options, store, resume: true },
      now: () => performance.now(),
      interrupted: () => ++asked >= steps,
      listener: (event) => {
        if (event.type === 'epoch') losses.push(event.train_loss, event.val_loss);
      },
    });
    return { session };
  };
  if (ends) {
    const { session } = await run(begins, 3);
    await session.close();
  }
  const { session } = await run(ends ?? begins, Infinity);
  const tensors = await session.tensors();
  const { kernel } = session;
  await session.close();
  return { losses, weights: Object.values(tensors).flatMap(({ data }) => [...data]), kernel };
}
