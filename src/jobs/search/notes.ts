/** User attributes that a search stores with a trial: more metrics, and how its training went. */
import type { MetricName } from '../../evaluate/index.ts';
import type { FrozenTrial, Trial } from '../../tune/index.ts';
import type { FoldOutcome, TrialOutcome } from '../../tune/training/train-trial.ts';

/** The facts that are stored with a trial. */
export interface TrialNotes {
  readonly accuracy: number;
  readonly macro_f1: number;
  readonly log_loss: number;
  readonly loss: number;
  readonly model_params: number;
  readonly epochs: readonly number[];
  readonly best_epochs: readonly number[];
  readonly lr_reductions: readonly number[];
  readonly stopped: readonly string[];
  readonly seconds: number;
}

/** Stores the notes of a trained trial. */
export function keepNotes(trial: Trial, { folds, params, seconds, latency }: TrialOutcome): void {
  const notes: TrialNotes = {
    accuracy: meanOver(folds, 'accuracy'),
    macro_f1: meanOver(folds, 'macro_f1'),
    log_loss: meanOver(folds, 'log_loss'),
    loss: meanOver(folds, 'loss'),
    model_params: params,
    epochs: folds.map((fold) => fold.epochs),
    best_epochs: folds.map((fold) => fold.bestEpoch),
    lr_reductions: folds.map((fold) => fold.lrReductions),
    stopped: folds.map((fold) => fold.reason),
    seconds: Number(seconds.toPrecision(6)),
  };
  for (const [key, value] of Object.entries(notes)) trial.setUserAttr(key, value as number);
  if (latency !== null) trial.setUserAttr('latency_ms', latency);
}

/** The notes of a finished trial; a failed one has none. */
export function notesOf(trial: FrozenTrial): Partial<TrialNotes> {
  return trial.userAttrs;
}

/** The mean of a metric over the folds. */
export function meanOver(folds: readonly FoldOutcome[], key: MetricName | 'loss'): number {
  return folds.reduce((sum, fold) => sum + fold[key], 0) / folds.length;
}
