/**
 * A training process that watches its own memory: `node --expose-gc bench/ours/memory.ts EPOCHS THREADS`.
 * The real loop with everything that a user's training has: batches of changing shape, dropout, validation after each
 * epoch, the best weights kept, checkpoints on the disk. One JSON line an epoch on standard output.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '../../src/core/rng.ts';
import { chooseEngine } from '../../src/engine/choose.ts';
import { recurrentOptions } from '../../src/models/options.ts';
import { capacityFor } from '../../src/models/predict.ts';
import { createSession } from '../../src/models/session.ts';
import { createCheckpointStore } from '../../src/run/checkpoints.ts';
import type { TrainingPart } from '../../src/train/epoch-documents.ts';
import { trainClassifier } from '../../src/train/loop.ts';
import { trainOptions } from '../../src/train/options.ts';
import { trainingSpec } from '../../src/train/spec.ts';

const [epochs, threads] = process.argv.slice(2).map(Number);
const VOCABULARY = 5000;
const CLASSES = 5;
const DOCUMENTS = { train: 400, val: 80 };
const LONGEST = 50;

function randomPart(name: string, documents: number): TrainingPart {
  const rng = createRng(3).fork(name);
  return {
    sequences: Array.from({ length: documents }, () =>
      Int32Array.from({ length: 5 + rng.int(LONGEST - 4) }, () => 1 + rng.int(VOCABULARY - 1)),
    ),
    labels: Int32Array.from({ length: documents }, () => rng.int(CLASSES)),
  };
}

const train = randomPart('train', DOCUMENTS.train);
const val = randomPart('val', DOCUMENTS.val);
const options = trainOptions.parse({
  epochs,
  batch_size: 24,
  patience: null,
  clip_norm: 1,
  checkpoint_seconds: 1,
});
const lengths = ({ sequences }: TrainingPart) => sequences.map((ids) => ids.length);
const session = await createSession({
  engine: chooseEngine(() => performance.now()),
  threads,
  shape: {
    model: recurrentOptions({ embedding_dim: 64, hidden_size: 64, num_layers: 2, word_dropout: 0.1 }),
    vocabularySize: VOCABULARY,
    classes: CLASSES,
  },
  capacity: capacityFor([
    { lengths: lengths(train), batchSize: options.batch_size },
    { lengths: lengths(val), batchSize: options.batch_size },
  ]),
  training: trainingSpec(options, train.labels, CLASSES),
});
const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
const { save } = createCheckpointStore(folder);
try {
  await trainClassifier({
    session,
    train,
    val,
    options,
    store: { save: (name, checkpoint) => save(name, checkpoint), load: () => undefined },
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    listener(event) {
      if (event.type !== 'epoch') return;
      globalThis.gc?.();
      const { rss } = process.memoryUsage();
      process.stdout.write(`${JSON.stringify({ epoch: event.epoch, rss, seconds: event.seconds })}\n`);
    },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
  await session.close();
}
