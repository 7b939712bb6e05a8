/** Sentences on the results of a run; a sentence is left out where its numbers are missing. */
import { minOf } from '../core/lists.ts';
import {
  type ClassEvaluation,
  type Evaluation,
  intervalOf,
  mostFrequentConfusions,
  normalQuantile,
  wilsonInterval,
} from '../evaluate/index.ts';
import { formatCount, formatNumber, formatPercent, listing, plural } from '../figures/chart/format.ts';
import { courseEvents } from '../figures/curves.ts';
import type { History } from '../figures/sources.ts';
import { classText } from '../figures/chart/text.ts';
import { SMALL_GAP } from '../figures/reliability.ts';
import { lossOfPhase } from '../figures/setting-names.ts';
import { points, shareWithInterval, validation } from './describe.ts';
import type { RunFacts } from './run-facts.ts';

/** The validation loss moves by a percent or two from epoch to epoch; a rise by more than this proportion is a clear one. */
const CLEAR_RISE = 0.05;

/** Loss: the best epoch, what came after it, and what the gap to the training loss does and does not show. */
export function lossAnalysis(
  history: History,
  { dropout = true }: { readonly dropout?: boolean } = {},
): string[] {
  const { epochs } = history;
  const best = epochs.findLast((record) => record.best);
  const last = epochs.at(-1);
  if (!best || !last) return [];
  const said: string[] = [];
  if (best.val_loss !== null && best.train_loss !== null) {
    const gap = best.val_loss - best.train_loss;
    const mean = `a mean over the epoch, ${dropout ? 'with dropout' : 'while the weights still changed'}`;
    said.push(
      gap >= 0
        ? `The distance of ${formatNumber(gap)} at epoch ${best.epoch}, whose weights were kept, is the generalisation gap, as far as the two compare: the training loss is ${mean}.`
        : `At epoch ${best.epoch}, whose weights were kept, the validation loss was ${formatNumber(-gap)} below the training loss, which is ${mean}: no generalisation gap shows.`,
    );
  }
  if (best.epoch === last.epoch && history.ending === 'all-epochs' && epochs.length > 1) {
    // with train.keep last, no earlier epoch is called the best: the last one is kept
    if (epochs.some((record) => record.best && record !== last))
      said.push('The last epoch was the best: more epochs may help.');
  } else if (
    last.val_loss !== null &&
    best.val_loss !== null &&
    last.epoch > best.epoch &&
    lossOfPhase(last.phase_name) === lossOfPhase(best.phase_name)
  ) {
    const rise = last.val_loss - best.val_loss;
    const trained = (best.train_loss ?? NaN) - (last.train_loss ?? NaN);
    if (rise > 0 && trained > 0) {
      const clear = last.epoch - best.epoch >= 3 && rise >= CLEAR_RISE * best.val_loss;
      said.push(
        `From there to epoch ${last.epoch} the training loss fell by another ${formatNumber(trained)} while the validation loss rose by ${formatNumber(rise)}${clear ? ': the model was overfitting' : ', too little to tell overfitting from chance'}.`,
      );
    }
  }
  return said;
}

/** Accuracy: the gap in points beside the uncertainty of the validation part; validation against test. */
export function accuracyAnalysis(facts: RunFacts): string[] {
  const { history, evaluation } = facts.sources;
  const best = history?.epochs.findLast((record) => record.best);
  const val = validation(facts);
  const said: string[] = [];
  if (best && val?.interval && best.train_accuracy !== null) {
    const gap = best.train_accuracy - val.accuracy;
    const [low, high] = val.interval;
    const certain = best.train_accuracy < low || best.train_accuracy > high;
    said.push(
      `The kept weights get ${shareWithInterval(val.accuracy, val.interval)} of the ${plural(val.documents ?? 0, 'validation document')} right, ${points(-gap)} points compared with the training accuracy of that epoch; ` +
        (certain
          ? 'that is more than the uncertainty of the validation accuracy.'
          : 'that is within the uncertainty of the validation accuracy.'),
    );
  }
  if (val && val.documents !== null && evaluation) {
    const difference = evaluation.accuracy - val.accuracy;
    const z = normalQuantile((1 + evaluation.confidence) / 2);
    const variance = (p: number, n: number) => (p * (1 - p)) / n;
    const reach =
      z *
      Math.sqrt(variance(val.accuracy, val.documents) + variance(evaluation.accuracy, evaluation.documents));
    said.push(
      `On the test part the accuracy is ${formatPercent(evaluation.accuracy)}, ${points(difference)} points compared with validation: ` +
        (Math.abs(difference) <= reach
          ? `${formatNumber(100 * evaluation.confidence)} of 100 pairs of parts of these sizes differ by at most ${(100 * reach).toFixed(1)} points through chance, so this may be chance.`
          : `more than the ${(100 * reach).toFixed(1)} points within which ${formatNumber(100 * evaluation.confidence)} of 100 pairs of parts of these sizes differ through chance.`),
    );
  }
  return said;
}

/** Learning rate: whether its drops were followed by a lower validation loss. */
export function scheduleAnalysis(history: History): string[] {
  const { drops, best_epoch } = courseEvents(history);
  const { epochs, schedule } = history;
  if (epochs.length === 0) return [];
  if (drops.length === 0) {
    return schedule === 'plateau'
      ? [
          'The validation loss never stalled long enough to lower the learning rate, so the schedule had no effect.',
        ]
      : [];
  }
  const lowest = (from: number, to: number) =>
    minOf(
      epochs.filter(({ epoch }) => epoch > from && epoch <= to),
      ({ val_loss }) => val_loss ?? Infinity,
    );
  const helped = drops.filter(({ after_epoch }, i) => {
    const next = drops.at(i + 1)?.after_epoch ?? Infinity;
    return lowest(after_epoch, next) < lowest(0, after_epoch);
  });
  const before = drops.filter(({ after_epoch }) => best_epoch !== null && after_epoch < best_epoch).length;
  return [
    helped.length === 0
      ? `${drops.length === 1 ? 'The drop was not' : `None of the ${drops.length} drops was`} followed by a validation loss lower than any before.`
      : `${drops.length === 1 ? 'The drop was' : `${helped.length} of the ${drops.length} drops ${helped.length === 1 ? 'was' : 'were'}`} followed by a validation loss lower than any before (${listing(helped.map(({ after_epoch }) => `after epoch ${after_epoch}: ${formatNumber(lowest(after_epoch, Infinity))}`))}).`,
    best_epoch === null ? '' : `The kept epoch, ${best_epoch}, came after ${plural(before, 'drop')}.`,
  ];
}

/** Confusions: the proportion of all errors that the most frequent ones make up, and whether they go both ways. */
export function confusionAnalysis({
  confusion_matrix: matrix,
  labels,
  documents,
  accuracy,
}: Evaluation): string[] {
  const wrong = Math.round(documents * (1 - accuracy));
  const found = mostFrequentConfusions(matrix, labels, 3);
  if (found.length === 0) return ['No test document was misclassified.'];
  const together = found.reduce((sum, { count }) => sum + count, 0);
  const said =
    found.length === 1
      ? [
          wrong === 1
            ? 'One document was misclassified.'
            : `All ${formatCount(wrong)} errors are of this one kind.`,
        ]
      : [
          `${plural(wrong, 'document')} ${wrong === 1 ? 'was' : 'were'} misclassified; the ${formatCount(found.length)} most frequent confusions are ${formatPercent(together / wrong, 0)} of all errors.`,
        ];
  const [first] = found;
  said.push(
    first.reverse_count === 0
      ? `The first, ${classText(first.truth)} predicted as ${classText(first.predicted)}, goes one way only: no ${classText(first.predicted)} document was predicted as ${classText(first.truth)}.`
      : `The first, ${classText(first.truth)} predicted as ${classText(first.predicted)}, happened ${times(first.count)}, the other way round ${times(first.reverse_count)}.`,
  );
  return said;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${formatCount(count)} times`;
}

/** Classes: best and worst, and whether the difference is larger than their uncertainty. */
export function classAnalysis({ per_class, confidence }: Evaluation): string[] {
  const seen = per_class.filter(({ support }) => support > 0);
  if (seen.length < 2) return [];
  const sorted = [...seen].sort((a, b) => b.recall - a.recall);
  const [best, worst] = [sorted[0], sorted[sorted.length - 1]];
  const range = (one: ClassEvaluation) => intervalOf(one, 'recall', confidence);
  if (best.recall === worst.recall)
    return [`All classes are found equally often: ${formatPercent(best.recall)}.`];
  const [low, high] = [range(best), range(worst)];
  const apart = low !== undefined && high !== undefined && low[0] > high[1];
  const few = seen.filter(({ support }) => support < 30);
  return [
    apart
      ? `The difference between ${classText(best.label)} and ${classText(worst.label)} is larger than its uncertainty.`
      : `With so few documents per class, the difference between ${classText(best.label)} and ${classText(worst.label)} may be chance.`,
    few.length > 0
      ? `${listing(few.slice(0, 5).map(({ label }) => classText(label)))}${few.length > 5 ? ' and others' : ''} ${few.length === 1 ? 'has' : 'have'} fewer than 30 test documents.`
      : '',
  ];
}

/** Calibration: overconfident or underconfident, and what label smoothing has to do with it. */
export function calibrationAnalysis(evaluation: Evaluation, smoothing: number): string[] {
  const { before_scaling: before, expected_calibration_error: error } = evaluation;
  if (!before) return confidenceAnalysis(evaluation, smoothing);
  const errors =
    `Temperature scaling with T = ${formatNumber(before.temperature)}, chosen on the validation documents, changes the calibration error ` +
    `from ${formatPercent(before.expected_calibration_error)} to ${formatPercent(error)} and the log loss from ` +
    `${formatNumber(before.log_loss)} to ${formatNumber(evaluation.log_loss)}; no prediction changes.`;
  // the temperature undoes what label smoothing does to the probabilities
  return [...confidenceAnalysis(evaluation, 0), errors];
}

function confidenceAnalysis(
  { calibration_bins: bins, documents, accuracy, labels, confidence: level }: Evaluation,
  smoothing: number,
): string[] {
  const mean = bins.reduce((sum, { count, confidence }) => sum + count * confidence, 0) / documents;
  const gap = mean - accuracy;
  const sure = `The model gives its answers a probability of ${formatPercent(mean)} on average and is correct in ${formatPercent(accuracy)}`;
  if (Math.abs(gap) < SMALL_GAP) return [`${sure}: on average the two agree.`];
  const [low, high] = wilsonInterval(Math.round(accuracy * documents), documents, level);
  if (mean >= low && mean <= high)
    return [`${sure}: with ${plural(documents, 'document')}, the difference may be chance.`];
  const target = 1 - smoothing + smoothing / labels.length;
  return [
    `${sure}: it is ${gap > 0 ? 'overconfident' : 'underconfident'}.`,
    gap < 0 && smoothing > 0
      ? `Label smoothing of ${formatNumber(smoothing)} causes this: with it, training aims at a probability of ${formatPercent(target)} for the true class, not of 100 %.`
      : '',
  ];
}
