/**
 * Thresholds of the classes in a cross-validation: those of a fold are chosen on the out-of-fold scores of the other folds of the
 * same repetition and seed, so that no label of the fold counts in its own thresholds, and many documents decide.
 */
import { applyThresholds, chooseThresholds } from '../../evaluate/index.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { CvPlan } from './plan.ts';
import { type DoneTraining, evaluateFold } from './trainings.ts';

/** The trainings with the thresholds that their configurations ask for. */
export function withThresholds(
  { configurations }: CvPlan,
  dataset: Dataset,
  done: readonly DoneTraining[],
): readonly DoneTraining[] {
  const C = dataset.labelNames.length;
  return done.map((one) => {
    const { training, scores } = one;
    const { index, repeat, fold, seed } = training;
    if (configurations[index].config.train.thresholds === 'none') return one;
    const others = done.filter(
      ({ training: other }) =>
        other.index === index && other.repeat === repeat && other.seed === seed && other.fold !== fold,
    );
    const thresholds = chooseThresholds({ ...judgingDocuments(others, dataset), classes: C });
    const probabilities = applyThresholds(scores.probabilities, thresholds);
    // the model has no scores of its own for these
    for (const n of scores.unknown)
      probabilities.set(scores.probabilities.subarray(n * C, (n + 1) * C), n * C);
    const own = { ...scores, probabilities };
    return { training, scores: own, evaluation: evaluateFold(dataset, training, own) };
  });
}

/** The tested documents of some trainings, without those that a model knows nothing of. */
function judgingDocuments(trainings: readonly DoneTraining[], { labels: all, labelNames }: Dataset) {
  const C = labelNames.length;
  const [labels, probabilities]: [number[], number[]] = [[], []];
  for (const { training, scores } of trainings) {
    const unknown = new Set(scores.unknown);
    for (const [n, i] of training.rows.test.entries()) {
      if (unknown.has(n)) continue;
      labels.push(all[i]);
      for (let c = 0; c < C; c++) probabilities.push(scores.probabilities[n * C + c]);
    }
  }
  return { labels: Int32Array.from(labels), probabilities: Float64Array.from(probabilities) };
}
