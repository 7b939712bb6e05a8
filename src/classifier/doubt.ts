/** Whether a measured model is useful: it must do better than the class frequencies of its training part. */
import { log } from '../core/math.ts';
import { maxOf } from '../core/lists.ts';
import { count, percent } from '../core/words.ts';
import { classCounts } from '../data/dataset.ts';
import type { Evaluation } from '../evaluate/index.ts';
import type { ModelOptions } from '../models/family.ts';
import { majorityModel } from '../models/majority.ts';
import type { DoubtEvent } from './events.ts';
import type { PreparedTexts } from './parts.ts';

/** A measured model: for each class, how many documents it was measured on; its accuracy, and log loss in nats. */
export interface Measured extends Pick<Evaluation, 'accuracy' | 'log_loss'> {
  readonly per_class: readonly Pick<Evaluation['per_class'][number], 'label' | 'support'>[];
}

/**
 * What is wrong with a model; undefined where it does better than the class frequencies in both, and for the majority
 * class, which needs no comparison with itself.
 * @param type Its `model.type`, where that is known.
 * @param trainCounts [C] training documents of each class.
 */
export function doubtOf(
  type: string | undefined,
  { per_class: classes, accuracy, log_loss: logLoss }: Measured,
  trainCounts: readonly number[],
): DoubtEvent | undefined {
  if (type === majorityModel.type) return undefined;
  const documents = classes.reduce((sum, { support }) => sum + support, 0);
  if (documents === 0) return undefined;
  const majority = classes[trainCounts.indexOf(maxOf(trainCounts))];
  const total = trainCounts.reduce((sum, count) => sum + count, 0);
  let loss = 0;
  for (const [c, { support }] of classes.entries())
    // as if each class had been seen once more, so that an unseen class has a finite loss
    loss -= support * log((trainCounts[c] + 1) / (total + trainCounts.length));
  const event = { type: 'doubt', label: majority.label, documents } as const;
  const prior = loss / documents;
  const uninformative = { ...event, why: 'uninformative', value: logLoss, baseline: prior } as const;
  // a hardly worse loss means a model that has only learned the majority class
  if (logLoss > 1.5 * prior + 0.05) return uninformative;
  const baseline = majority.support / documents;
  if (accuracy <= baseline) return { ...event, why: 'majority', value: accuracy, baseline };
  if (logLoss > prior) return uninformative;
  return undefined;
}

/** What is wrong with a model that was trained on prepared documents and measured on their test part. */
export function doubtAbout(
  { type }: Pick<ModelOptions, 'type'>,
  { dataset: { labelNames }, train: { labels } }: PreparedTexts,
  measured: Measured,
): DoubtEvent | undefined {
  return doubtOf(type, measured, classCounts({ labels, labelNames }));
}

/** A doubt as a sentence, without a capital letter at its beginning or a full stop at its end. */
export function describeDoubt(doubt: Omit<DoubtEvent, 'type'>): string {
  const { why, model = 'the model', label, value, baseline, documents } = doubt;
  if (why === 'uninformative') {
    return (
      `the log loss of ${model}, ${value.toFixed(3)}, is worse than that of the class frequencies, ${baseline.toFixed(3)}: ` +
      'do not rely on its probabilities. It has learned too little, the training has diverged, or train.thresholds has shifted them: try more data, or for a network more epochs or a lower train.lr'
    );
  }
  return (
    `always predicting ${JSON.stringify(label)} is correct for ${percent(baseline)} of the ${count(documents, 'document')}, ` +
    `${model} for ${percent(value)}: it is no better than the majority class. Try more data; a network may also need more epochs and, where classes differ in size, other train.class_weights`
  );
}
