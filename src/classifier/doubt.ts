/** Whether a measured model is useful: it must do better than the class frequencies of its training part. */
import { log } from '../core/math.ts';
import { maxOf } from '../core/lists.ts';
import { count, percent } from '../core/words.ts';
import { classCounts } from '../data/dataset.ts';
import type { Evaluation } from '../evaluate/index.ts';
import type { DoubtEvent } from './events.ts';
import type { PreparedTexts } from './parts.ts';

/** A measured model, and the baseline without it. */
export interface Measured {
  /** [N] class ids of the documents measured. */
  readonly labels: ArrayLike<number>;
  readonly labelNames: readonly string[];
  /** Of the model, on these documents. */
  readonly accuracy: number;
  /** Of the model, on these documents, in nats. */
  readonly logLoss: number;
  /** [C] training documents of each class. */
  readonly trainCounts: readonly number[];
}

/** What is wrong with the model; undefined where it does better than the class frequencies in both. */
export function doubtOf(measured: Measured): DoubtEvent | undefined {
  const { labels, labelNames, accuracy, logLoss, trainCounts } = measured;
  const documents = labels.length;
  if (documents === 0) return undefined;
  const majority = trainCounts.indexOf(maxOf(trainCounts));
  const total = trainCounts.reduce((sum, count) => sum + count, 0);
  let [frequent, loss] = [0, 0];
  for (let n = 0; n < documents; n++) {
    if (labels[n] === majority) frequent++;
    // as if each class had been seen once more, so that an unseen class has a finite loss
    loss -= log((trainCounts[labels[n]] + 1) / (total + trainCounts.length));
  }
  const event = { type: 'doubt', label: labelNames[majority], documents } as const;
  const prior = loss / documents;
  const uninformative = { ...event, why: 'uninformative', value: logLoss, baseline: prior } as const;
  // a hardly worse loss means a model that has only learned the majority class
  if (logLoss > 1.5 * prior + 0.05) return uninformative;
  if (accuracy <= frequent / documents)
    return { ...event, why: 'majority', value: accuracy, baseline: frequent / documents };
  if (logLoss > prior) return uninformative;
  return undefined;
}

/** What is wrong with a model that was trained on prepared documents and measured on their test part. */
export function doubtAbout(
  { dataset, train, test }: PreparedTexts,
  measured: Evaluation,
): DoubtEvent | undefined {
  const { labelNames } = dataset;
  return doubtOf({
    labels: test.labels,
    labelNames,
    accuracy: measured.accuracy,
    logLoss: measured.log_loss,
    trainCounts: classCounts({ labels: train.labels, labelNames }),
  });
}

/** A doubt as a sentence, without a capital letter at its beginning or a full stop at its end. */
export function describeDoubt({ why, label, value, baseline, documents }: Omit<DoubtEvent, 'type'>): string {
  if (why === 'uninformative') {
    return (
      `the log loss of the model, ${value.toFixed(3)}, is worse than that of the class frequencies, ${baseline.toFixed(3)}: ` +
      'do not rely on its probabilities. It has learned too little, or the training has diverged: try more data, or for a network more epochs or a lower train.lr'
    );
  }
  return (
    `always predicting ${JSON.stringify(label)} is correct for ${percent(baseline)} of the ${count(documents, 'document')}, ` +
    `the model for ${percent(value)}: it is no better than the majority class. Try more data; a network may also need more epochs and, where classes differ in size, other train.class_weights`
  );
}
