/** Run folders without a training: what a run with given predictions would have left. */
import { renderConfig } from '../../src/config/render.ts';
import { plainLayer, resolveConfig } from '../../src/config/resolve.ts';
import type { ConfigInput } from '../../src/config/schema.ts';
import { evaluatePredictions } from '../../src/evaluate/index.ts';
import {
  appendMetrics,
  createRunFolder,
  describeMachine,
  writeDescription,
  writePredictions,
  writeResolvedConfig,
  writeSplits,
  writeTestResults,
} from '../../src/run/index.ts';

/** What the run was like. */
export interface FakeRun {
  readonly labelNames: readonly string[];
  /** True class ids of the test documents. */
  readonly labels: Int32Array;
  /** Predicted class ids. */
  readonly predicted: Int32Array;
  /** Row ids; default 0, 1, … */
  readonly rowIds?: Int32Array;
  readonly dataHash?: string;
  readonly config?: ConfigInput;
  readonly status?: 'finished' | 'interrupted';
}

/** Writes the folder of a run, without its model. */
export function writeFakeRun(
  path: string,
  {
    labelNames,
    labels,
    predicted,
    rowIds,
    dataHash = 'a'.repeat(64),
    config = {},
    status = 'finished',
  }: FakeRun,
): string {
  const rows = rowIds ?? Int32Array.from(labels, (_, n) => n);
  const classes = labelNames.length;
  const probabilities = new Float64Array(labels.length * classes).fill(0.2 / (classes - 1));
  for (const [n, best] of predicted.entries()) probabilities[n * classes + best] = 0.8;
  const run = createRunFolder({ name: 'fake', output: path });
  const started = '2026-01-02T03:04:05.000Z';
  writeResolvedConfig(run, renderConfig(resolveConfig(plainLayer(config, 'test'))));
  writeDescription(run.paths.description, {
    command: ['train', 'news.csv'],
    status,
    started,
    finished: started,
    versions: { unroll: '0.1.0', node: '24.0.0' },
    machine: describeMachine(),
    kernel: 'reference',
    threads: 1,
    seed: config.train?.seed ?? 0,
    data: { name: 'news', source: 'news.csv', hash: dataHash, documents: 1000 },
  });
  for (const [i, val_loss] of [0.9, 0.5, 0.6].entries()) {
    const epoch = i + 1;
    const course = {
      train_loss: 1 / epoch,
      train_accuracy: 0.5 + 0.1 * epoch,
      val_loss,
      val_accuracy: 0.8,
      val_macro_f1: 0.8,
    };
    const events = { best: epoch < 3, lr_reduced: epoch === 2 };
    appendMetrics(run.paths.metrics, {
      epoch,
      step: 10 * epoch,
      lr: epoch < 3 ? 0.01 : 0.005,
      ...course,
      ...events,
      seconds: 1.5,
    });
  }
  const parts = {
    train: Int32Array.of(5000, 5001),
    val: Int32Array.from({ length: 50 }, (_, n) => 6000 + n),
    test: rows,
  };
  writeSplits(run.paths.splits, parts, { dataHash });
  writePredictions(run.paths.predictions, { rowIds: rows, labels, probabilities, labelNames });
  writeTestResults(
    run.paths.test,
    evaluatePredictions({ labels, probabilities, labelNames }, { bootstrap_samples: 100 }),
  );
  return path;
}
