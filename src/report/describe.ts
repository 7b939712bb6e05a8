/** Settings and figures of a run in words, as tables and sentences of reports say them. */
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
import { formatCount, formatNumber, formatPercent, plural } from '../figures/chart/format.ts';
import { classText } from '../figures/chart/text.ts';
import { modelTitle, parametersOf } from '../figures/model-flowchart.ts';
import { optimizerName } from '../figures/setting-names.ts';
import type { EpochRecord, ModelFacts } from '../figures/sources.ts';
import type { RunFacts } from './run-facts.ts';

/** `2-layer LSTM, hidden size 128, embedding 128`. */
export function sequenceModelling({ model }: Config, { from_scratch }: Partial<ModelFacts> = {}): string {
  const layers = model.num_layers === 1 ? '1 layer' : `${model.num_layers} layers`;
  const cell = modelTitle({ ...model, bidirectional: false });
  const activation = model.type === 'rnn' ? ` (${model.nonlinearity})` : '';
  if (from_scratch) return `${cell} of plain arrays${activation}, ${layers} of ${model.hidden_size}`;
  return `${cell}${activation}, ${layers} of ${model.hidden_size}, embedding ${model.embedding_dim}`;
}

/** `both directions`, or `forward`. */
export function direction({ model }: Config): string {
  return model.bidirectional ? 'both directions' : 'forward';
}

/** All that holds the network back from learning by heart. */
export function regularisation({ model, train }: Config): string {
  const options = train as unknown as Readonly<Record<string, unknown>>;
  const number = (value: unknown, name: string) =>
    typeof value === 'number' && value > 0 ? [`${name} ${formatNumber(value)}`] : [];
  const named = [
    ...number(model.dropout, model.variational_dropout ? 'variational dropout' : 'dropout'),
    ...number(model.embedding_dropout, 'embedding dropout'),
    ...number(model.word_dropout, 'word dropout'),
    ...number(options['label_smoothing'], 'label smoothing'),
    ...number(options['weight_decay'], 'weight decay'),
    ...number(train.clip_norm, 'gradient norm at most'),
    ...(train.patience === null ? [] : [`early stopping (patience ${train.patience})`]),
  ];
  return named.length === 0 ? 'none' : named.join(', ');
}

/** The learning-rate schedule with the options that are not 0. */
export function scheduleOf({ train }: Config): string {
  const { type, ...options } = train.schedule;
  const named = Object.entries(options)
    .filter(([key, value]) => typeof value === 'number' && value !== 0 && key !== 'eps')
    .map(([key, value]) => `${key.replaceAll('_', ' ')} ${formatNumber(value as number)}`);
  return `${type.replaceAll('_', ' ')}${named.length === 0 ? '' : ` (${named.join(', ')})`}`;
}

/** Optimiser, learning rate, batch size. */
export function optimisation({ train }: Config): string {
  return `${optimizerName(train.optimizer)}, learning rate ${formatNumber(train.lr)}, ${train.batch_size} texts a step`;
}

/** A share with its interval: `92.4 % (88.8 to 95.5)`. */
export function shareWithInterval(share: number, interval: Interval | undefined): string {
  if (!interval) return formatPercent(share);
  return `${formatPercent(share)} (${(100 * interval[0]).toFixed(1)} to ${(100 * interval[1]).toFixed(1)})`;
}

/** A metric's value with its interval: a share in percent, any other as a number. */
export function metricWithInterval(
  { range: [low, high] }: Pick<Metric, 'range'>,
  value: number,
  interval: Interval | undefined,
): string {
  if (low === 0 && high === 1) return shareWithInterval(value, interval);
  const text = formatNumber(value);
  return interval ? `${text} (${interval.map((end) => formatNumber(end)).join(' to ')})` : text;
}

/** A metric of an evaluation, with the interval that stands beside it. */
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
  return `Of ${plural(evaluation.documents, 'test document')} it got ${formatPercent(evaluation.accuracy)} right${range}${others.join('')}.`;
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
  const documents = facts.sources.history?.val_documents ?? null;
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
  return sources.model ? parametersOf(sources.model).reduce((sum, { count }) => sum + count, 0) : null;
}

/** Seconds of training, from the epochs' own clocks. */
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

/** A difference of shares in percentage points with its sign: `+4.2`. */
export function points(difference: number): string {
  const text = (100 * difference).toFixed(1);
  if (Number(text) === 0) return '0.0';
  return difference > 0 ? `+${text}` : text.replace('-', '−');
}
