/** Settings and results of a run in words, for the tables and sentences of reports. */
import type { Config } from '../config/schema.ts';
import {
  headlineMetrics,
  intervalOf,
  type Interval,
  type Metric,
  type MetricName,
  mostFrequentConfusions,
  wilsonInterval,
  type Evaluation,
} from '../evaluate/index.ts';
import { isNoInterval, NO_INTERVAL } from '../evaluate/intervals.ts';
import { formatCount, formatNumber, formatPercent, plural } from '../figures/chart/format.ts';
import { classText } from '../figures/chart/text.ts';
import { settingTexts } from '../figures/setting-names.ts';
import type { EpochRecord } from '../figures/sources.ts';
import { describeModel, fittedAtOnce, parametersOf } from '../models/family.ts';
import { augmentationWords } from '../train/augmentation/index.ts';
import { describeTraining } from '../train/describe.ts';
import type { RunFacts } from './run-facts.ts';

/** `LSTM, 2 layers of 128, embedding 128`; of a model that is no sequence model, its sentence. */
export function sequenceModelling({ model }: Pick<Config, 'model'>): string {
  const { settings, sentence } = describeModel(model);
  return settings['Sequence modelling'] ?? sentence;
}

/** `both directions`, or `forward`; null for a model that has none. */
export function direction({ model }: Pick<Config, 'model'>): string | null {
  return describeModel(model).settings['Direction'] ?? null;
}

/** `last + mean`; null for a model that does not pool. */
export function pooling({ model }: Pick<Config, 'model'>): string | null {
  return describeModel(model).settings['Pooling'] ?? null;
}

/** Everything that limits overfitting. */
export function regularisation({ model, train }: Pick<Config, 'model' | 'train'>): string {
  const { loss, optimizer, average } = describeTraining(train);
  const own = settingTexts(describeModel(model).regularisation);
  if (fittedAtOnce(model)) return own.length === 0 ? 'none' : own.join(', ');
  const named = [
    ...own,
    ...settingTexts(loss.settings),
    ...settingTexts(optimizer.settings.filter(([name]) => name === 'weight decay')),
    ...(train.augmentation.length > 0 ? [`augmentation (${augmentationWords(train.augmentation)})`] : []),
    ...(train.adversarial > 0 ? [`adversarial training ${formatNumber(train.adversarial)}`] : []),
    ...(train.mixup > 0 ? [`mixup ${formatNumber(train.mixup)}`] : []),
    ...(train.warm_up === 'none'
      ? []
      : [`warm-up (${train.warm_up.replace('_', ' ')}, ${train.warm_up_epochs} epochs)`]),
    ...(train.r_drop > 0 ? [`R-drop ${formatNumber(train.r_drop)}`] : []),
    ...(average.title === null ? [] : [[average.title, ...settingTexts(average.settings)].join(', ')]),
    ...(train.clip_norm === null ? [] : [`gradient norm at most ${formatNumber(train.clip_norm)}`]),
    ...(train.patience === null || train.keep === 'last'
      ? []
      : [`early stopping (patience ${train.patience})`]),
  ];
  return named.length === 0 ? 'none' : named.join(', ');
}

/** The learning-rate schedule with its settings; null for a model that is fitted at once. */
export function scheduleOf({ model, train }: Pick<Config, 'model' | 'train'>): string | null {
  if (fittedAtOnce(model)) return null;
  const { title, settings } = describeTraining(train).schedule;
  const unfreezing = train.gradual_unfreezing;
  return [
    `${title}${settings.length === 0 ? '' : ` (${settingTexts(settings).join(', ')})`}`,
    ...(train.phases.length > 0 ? [plural(train.phases.length, 'phase')] : []),
    ...(unfreezing > 0 ? [`gradual unfreezing, a part every ${plural(unfreezing, 'epoch')}`] : []),
    ...(train.layer_lr_decay < 1 ? [`layer decay ${formatNumber(train.layer_lr_decay)}`] : []),
  ].join(', ');
}

/** Optimiser, learning rate, batch size; of a model that is fitted at once, just that. */
export function optimisation({ model, train }: Pick<Config, 'model' | 'train'>): string {
  if (fittedAtOnce(model)) return 'fitted to all training documents at once';
  const { title, settings } = describeTraining(train).optimizer;
  const own = settingTexts(settings.filter(([name]) => name !== 'weight decay'));
  return [
    title,
    `learning rate ${formatNumber(train.lr)}`,
    ...own,
    `${train.batch_size} documents per step`,
  ].join(', ');
}

/** A proportion with its interval: `92.4 % (88.8 to 95.5)`. */
export function shareWithInterval(share: number, interval: Interval | undefined): string {
  return withInterval(formatPercent(share), interval, (end) => (100 * end).toFixed(1));
}

function withInterval(
  value: string,
  interval: Interval | undefined,
  written: (end: number) => string,
): string {
  if (!interval) return value;
  return `${value} (${isNoInterval(interval) ? NO_INTERVAL : interval.map(written).join(' to ')})`;
}

/** A metric's value with its interval: a proportion in percent, any other as a number. */
export function metricWithInterval(
  { range: [low, high] }: Pick<Metric, 'range'>,
  value: number,
  interval: Interval | undefined,
): string {
  if (low === 0 && high === 1) return shareWithInterval(value, interval);
  return withInterval(formatNumber(value), interval, formatNumber);
}

/** A metric of an evaluation with its interval. */
export function testMetric(evaluation: Evaluation, metric: Metric<MetricName>): string {
  const interval = intervalOf(evaluation, metric.type, evaluation.confidence);
  return metricWithInterval(metric, evaluation[metric.type], interval);
}

/** The accuracy on the test documents and the other headlines, with their intervals. */
export function accuracySentence(evaluation: Evaluation): string {
  const level = `${formatNumber(100 * evaluation.confidence)} %`;
  const interval = intervalOf(evaluation, 'accuracy', evaluation.confidence);
  const range = interval
    ? `, ${level} interval ${shareWithInterval(evaluation.accuracy, interval).replace(/^[^(]*\(|\)$/g, '')}`
    : '';
  const others = headlineMetrics
    .filter(({ type }) => type !== 'accuracy')
    .map((metric) => `; ${metric.title} ${testMetric(evaluation, metric)}`);
  return `Of ${plural(evaluation.documents, 'test document')} the model classified ${formatPercent(evaluation.accuracy)} correctly${range}${others.join('')}.`;
}

/** The epoch whose weights were kept. */
export function bestEpoch({ sources }: RunFacts): EpochRecord | undefined {
  return sources.history?.epochs.findLast((record) => record.best);
}

/** Validation accuracy of the weights that were kept, with Wilson's interval; null where unknown. */
export function validation(
  facts: RunFacts,
): { readonly accuracy: number; readonly documents: number | null; readonly interval?: Interval } | null {
  const accuracy = facts.summary?.val?.accuracy ?? bestEpoch(facts)?.val_accuracy ?? null;
  if (accuracy === null) return null;
  const documents = facts.sources.history?.val_documents ?? facts.splits?.val.length ?? null;
  if (documents === null) return { accuracy, documents };
  const confidence = facts.config?.evaluate.confidence ?? 0.95;
  return {
    accuracy,
    documents,
    interval: wilsonInterval(Math.round(accuracy * documents), documents, confidence),
  };
}

/** Trained parameters; null where the model is not known. */
export function parameterCount({ summary, sources }: RunFacts): number | null {
  if (summary?.params !== undefined) return summary.params;
  if (!sources.model) return null;
  const { model, vocabulary_size: vocabularySize, classes, pretrained } = sources.model;
  return parametersOf(model, { vocabularySize, classes, ...(pretrained && { pretrained }) }).reduce(
    (sum, { count }) => sum + count,
    0,
  );
}

/** Seconds of training: the sum over the epochs. */
export function trainingSeconds({ summary, sources }: RunFacts): number | null {
  const { epochs = [] } = sources.history ?? {};
  if (summary?.seconds !== undefined) return summary.seconds;
  return epochs.length === 0 ? null : epochs.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
}

/** `48 s`, `12 min 5 s`, `2 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${formatNumber(seconds, seconds < 10 ? 2 : 3)} s`;
  const whole = Math.round(seconds);
  const parts = (...of: readonly (readonly [number, string])[]) =>
    of.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(' ');
  if (whole < 3600) return parts([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  return parts([Math.floor(whole / 3600), 'h'], [Math.floor((whole % 3600) / 60), 'min']);
}

/** The most frequent mistakes: `Politics as Business (5)`. */
export function errorPatterns({ confusion_matrix, labels }: Evaluation, limit = 3): string {
  const found = mostFrequentConfusions(confusion_matrix, labels, limit);
  if (found.length === 0) return 'none';
  return found
    .map(
      ({ truth, predicted, count }) =>
        `${classText(truth)} as ${classText(predicted)} (${formatCount(count)})`,
    )
    .join(', ');
}

/** A p-value: `0.034`, `below 0.001`. */
export function formatP(p: number): string {
  if (p < 0.001) return p < 1e-9 ? 'p below 1e-9' : `p = ${p.toExponential(0)}`;
  return `p = ${formatNumber(p, 2)}`;
}

/** A difference of proportions in percentage points with its sign: `+4.2`. */
export function points(difference: number): string {
  const text = (100 * difference).toFixed(1);
  if (Number(text) === 0) return '0.0';
  return difference > 0 ? `+${text}` : text.replace('-', '−');
}
