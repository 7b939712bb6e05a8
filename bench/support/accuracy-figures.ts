/** Figures of a model from its probabilities on folds: accuracy, calibration, abstention. */
import { DataError } from '../../src/core/errors.ts';
import { argmaxRows } from '../../src/evaluate/confusion.ts';
import { evaluatePredictions } from '../../src/evaluate/evaluation.ts';
import { promisePrecision, scaleProbabilities, temperatureOf } from '../../src/evaluate/index.ts';
import type { BenchCase } from '../bench.ts';
import { mean, round, standardDeviation } from './statistics.ts';

/** A model on the test part of a fold. */
export interface FoldProbabilities {
  /** `[n × C]`. */
  readonly probabilities: Float64Array;
  /** `[n]` class ids. */
  readonly labels: Int32Array;
}

/** The precision that is promised. */
const PRECISION = 0.99;

/**
 * The figures that a case shows.
 * @param bySeed Of each seed, of each fold.
 */
export function summarise(
  bySeed: readonly (readonly FoldProbabilities[])[],
  labelNames: readonly string[],
): Partial<BenchCase> {
  const classes = labelNames.length;
  const accuracies = bySeed.flat().map((fold) => mean(rightOf(fold, classes).map(Number)));
  const one = bySeed[0].length < 2 ? undefined : bySeed.map((folds) => pooled(folds, labelNames));
  const promises = one?.flatMap(({ abstention }) => abstention ?? []) ?? [];
  return {
    test_accuracy: round(mean(accuracies)),
    ...(accuracies.length > 1 && { test_accuracy_sd: round(standardDeviation(accuracies)) }),
    ...(one && {
      ece: round(mean(one.map(({ before }) => before))),
      ece_scaled: round(mean(one.map(({ after }) => after))),
    }),
    // only where every seed can promise it
    ...(one &&
      promises.length === one.length && {
        precision_at_promise: round(mean(promises.map(({ precision }) => precision))),
        coverage_at_promise: round(mean(promises.map(({ coverage }) => coverage))),
      }),
  };
}

/** What all folds of a seed show together. */
function pooled(folds: readonly FoldProbabilities[], labelNames: readonly string[]) {
  const classes = labelNames.length;
  const scaled = folds.map((fold, f) => {
    const temperature = temperatureOf({ ...joined(others(folds, f)), classes });
    return { labels: fold.labels, probabilities: scaleProbabilities(fold.probabilities, classes, temperature) };
  }); // prettier-ignore
  const error = (parts: readonly FoldProbabilities[]) =>
    evaluatePredictions({ ...joined(parts), labelNames }, { bootstrap_samples: 0 })
      .expected_calibration_error;
  return { before: error(folds), after: error(scaled), abstention: abstentionOf(folds, classes) };
}

/** Labels given and right ones where the threshold of each fold comes from the others; undefined where they cannot promise it. */
function abstentionOf(folds: readonly FoldProbabilities[], classes: number) {
  let [documents, labelled, hits] = [0, 0, 0];
  for (const [f, fold] of folds.entries()) {
    const rest = joined(others(folds, f));
    const threshold = thresholdOf(rest, classes);
    if (threshold === undefined) return undefined;
    const right = rightOf(fold, classes);
    const confidences = confidencesOf(fold, classes);
    for (const [n, confidence] of confidences.entries()) {
      documents++;
      if (confidence <= threshold) continue;
      labelled++;
      if (right[n]) hits++;
    }
  }
  return labelled === 0 ? undefined : { precision: hits / labelled, coverage: labelled / documents };
}

function thresholdOf(rest: FoldProbabilities, classes: number): number | undefined {
  const judged = { confidences: confidencesOf(rest, classes), right: rightOf(rest, classes) };
  try {
    return promisePrecision(judged, PRECISION).threshold;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

function others<T>(list: readonly T[], at: number): readonly T[] {
  return list.filter((_, i) => i !== at);
}

function joined(folds: readonly FoldProbabilities[]): FoldProbabilities {
  return {
    probabilities: Float64Array.from(folds.flatMap(({ probabilities }) => [...probabilities])),
    labels: Int32Array.from(folds.flatMap(({ labels }) => [...labels])),
  };
}

function rightOf({ probabilities, labels }: FoldProbabilities, classes: number): readonly boolean[] {
  const predicted = argmaxRows(probabilities, classes);
  return Array.from(labels, (label, n) => predicted[n] === label);
}

function confidencesOf({ probabilities }: FoldProbabilities, classes: number): readonly number[] {
  const predicted = argmaxRows(probabilities, classes);
  return Array.from(predicted, (c, n) => probabilities[n * classes + c]);
}
