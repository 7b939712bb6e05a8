/** Abstention and prediction sets, with thresholds learned from the validation documents of the run. */
import { existsSync } from 'node:fs';
import { ConfigError, DataError } from '../../core/errors.ts';
import {
  argmaxRows,
  conformalRule,
  type ProbableDocuments,
  predictionSet,
  promisePrecision,
  applyThresholds,
  scaleProbabilities,
  type SetMethod,
} from '../../evaluate/index.ts';
import type { TextClassifier } from '../../run/text-classifier.ts';
import { readValidation } from '../../run/validation-file.ts';
import type { Job } from '../context.ts';
import { runOf } from '../run-of.ts';

/** Options of abstention and prediction sets. All of them may be left out. */
export interface ConfidenceRequest {
  /** Label only texts whose highest probability is at least this, in (0, 1]. */
  readonly abstainBelow?: number | undefined;
  /** Label only texts above a threshold at which labels have this precision, in (0, 1). */
  readonly precision?: number | undefined;
  /** Give sets of classes that hold the true one for this proportion of texts, in (0, 1). */
  readonly sets?: { readonly coverage: number; readonly method: SetMethod } | undefined;
}

/** What follows from a text's probabilities. */
export interface Judge {
  /** Whether the text gets a label. */
  labels(scores: ArrayLike<number>): boolean;
  /** Its set; left out where none was asked for. */
  readonly setOf?: (scores: ArrayLike<number>) => readonly number[];
}

/**
 * Applies the options to a model; thresholds are reported as events.
 * @throws ConfigError for numbers out of range
 * @throws DataError where the run has no validation documents, or too few of them
 */
export function judgeOf(
  { abstainBelow, precision, sets }: ConfidenceRequest,
  model: string,
  classifier: TextClassifier,
  job: Job,
): Judge {
  checkProportion('--abstain-below', abstainBelow);
  checkProportion('--precision', precision);
  checkProportion('--sets', sets?.coverage);
  if (precision !== undefined && abstainBelow !== undefined) {
    throw new ConfigError(
      '[predict] either --precision or --abstain-below must be given, but got both. Leave one out.',
    );
  }
  const known =
    precision === undefined && !sets ? undefined : validationOf(model, classifier, precision !== undefined);
  const highest = (scores: ArrayLike<number>) => Array.from(scores).reduce((a, b) => Math.max(a, b), 0);
  let labels: Judge['labels'] = () => true;
  if (abstainBelow !== undefined) labels = (scores) => highest(scores) >= abstainBelow;
  if (known && precision !== undefined) {
    const abstention = promisePrecision(judged(known), precision);
    job.emit({ type: 'precision-promised', ...abstention });
    labels = (scores) => highest(scores) > abstention.threshold;
  }
  if (!known || !sets) return { labels };
  const rule = conformalRule(known, sets.coverage, sets.method);
  const { probabilities, classes } = known;
  const sizes = Array.from(
    known.labels,
    (_, n) => predictionSet(probabilities.subarray(n * classes, (n + 1) * classes), rule).length,
  );
  job.emit({
    type: 'sets-calibrated',
    ...{ coverage: rule.coverage, method: rule.method, documents: rule.documents },
    meanSize: sizes.reduce((a, b) => a + b, 0) / sizes.length,
  });
  return { labels, setOf: (scores) => predictionSet(scores, rule) };
}

function checkProportion(option: string, value: number | undefined): void {
  if (value === undefined || (value > 0 && value < 1)) return;
  throw new ConfigError(
    `[${option}] the value must be a proportion between 0 and 1, both excluded, but got ${value}. 0.95 is usual.`,
  );
}

/** The calibrated probabilities of the validation documents. */
function validationOf(
  model: string,
  { labelNames, temperature, thresholds }: TextClassifier,
  abstains: boolean,
): ProbableDocuments & { readonly probabilities: Float64Array } {
  const option = abstains ? '--precision' : '--sets';
  const { paths, path } = runOf(model);
  if (!existsSync(paths.validation)) {
    throw new DataError(
      `[${option}] there must be predictions for validation documents, but ${path} has no validation.json. ` +
        'It comes with training where there is a validation part (data.fractions): give such a run, or train again.',
    );
  }
  const { labels, probabilities, labelNames: names } = readValidation(paths.validation);
  if (names.join('\n') !== labelNames.join('\n')) {
    throw new DataError(
      `[${paths.validation}] the classes must be those of the model, but are ${names.slice(0, 5).join(', ')}. Train again.`,
    );
  }
  const classes = names.length;
  const scaled = scaleProbabilities(probabilities, classes, temperature);
  return { labels, classes, probabilities: applyThresholds(scaled, thresholds) };
}

function judged({ probabilities, labels, classes }: ReturnType<typeof validationOf>) {
  const predicted = argmaxRows(probabilities, classes);
  return {
    confidences: Array.from(predicted, (c, n) => probabilities[n * classes + c]),
    right: Array.from(predicted, (c, n) => c === labels[n]),
  };
}
