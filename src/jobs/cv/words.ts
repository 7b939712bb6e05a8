/** A cross-validation in words: its table and its sentences, the same on a terminal and in `summary.md`. */
import { describeDoubt } from '../../classifier/doubt.ts';
import { count, percent } from '../../core/words.ts';
import { metrics, tableMetrics } from '../../evaluate/metrics/index.ts';
import type { Text } from '../../report/content.ts';
import { formatP, points } from '../../report/describe.ts';
import { markdownBlock } from '../../report/markdown.ts';
import { doubtsOf } from './doubts.ts';
import type { CvComparison, CvState, MetricResult } from './state.ts';

/** A row per metric, a column per configuration: mean ± sd and interval. */
export function cvTable({ configurations, confidence }: CvState): {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const rows = tableMetrics.map(({ type, title }) => [
    title,
    ...configurations.map(({ results }) => (results === null ? '-' : resultText(results.metrics[type]))),
  ]);
  return {
    head: [`mean ± sd (${percent(confidence, 0)} interval)`, ...configurations.map(titleOf)],
    rows,
  };
}

/** The name of a configuration; with `train.auto`, which may have chosen the linear model, both. */
function titleOf({ name, results }: CvState['configurations'][number]): string {
  return results?.chosen ? `${name} or linear` : name;
}

/** `0.931 ± 0.012 (0.915 to 0.947)`. */
function resultText({ mean, sd, interval: [low, high] }: MetricResult): string {
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** A sentence on what was done. */
export function cvSentence({ data, folds, repeats, seeds, grouped }: CvState): string {
  const times = repeats > 1 ? `, ${repeats} times with new folds` : '';
  const each = seeds > 1 ? `; ${count(seeds, 'seed')} on each fold, averaged` : '';
  return (
    `${data.name}: ${count(data.documents, 'document')} in ${count(data.classes.length, 'class')}, ${folds} stratified folds${times}${each}` +
    `${grouped ? ', copies of a document in one fold' : ', copies of a document in any fold'}.`
  );
}

/** What the numbers mean, and the pairs. */
export function cvFindings(state: CvState): readonly string[] {
  const { configurations, folds, repeats, seeds, comparisons } = state;
  const said = [
    `sd is between the ${folds * repeats} folds; the interval is of the mean, with the correction of Nadeau and Bengio, since folds share training documents.`,
  ];
  if (seeds > 1) said.push(seedSentence(state));
  return [
    ...said,
    ...configurations.flatMap(chosenSentence),
    ...comparisons.map((pair) => pairSentence(pair, state)),
  ];
}

/** `In each training, the validation documents chose the model: linear 3 times, the average of bilstm and linear 2 times.` */
function chosenSentence({ name, results }: CvState['configurations'][number]): readonly string[] {
  if (!results?.chosen) return [];
  const { linear, average, network } = results.chosen;
  const times = [
    ['linear', linear],
    [`the average of ${name} and linear`, average],
    [`${name} alone`, network],
  ] as const;
  const found = times.flatMap(([what, n]) => (n > 0 ? [`${what} ${n === 1 ? 'once' : `${n} times`}`] : []));
  return [`The validation documents of each training chose its model: ${found.join(', ')}.`];
}

function seedSentence({ configurations, seeds }: CvState): string {
  const each = configurations.map(({ name, results }) => {
    const sd = results?.metrics.accuracy.seed_sd ?? NaN;
    return `${sd.toFixed(3)}${configurations.length > 1 ? ` for ${name}` : ''}`;
  });
  return `Between ${seeds} seeds on the same fold the accuracy has a standard deviation of ${each.join(', ')}.`;
}

/** `accuracy: b is better than a by 2.1 points (95 % interval +0.4 to +3.8; p = 0.02 after Holm's correction for 3 pairs).` */
function pairSentence(pair: CvComparison, { comparisons, confidence }: CvState): string {
  const { metric, verdict } = pair;
  const { title = metric } = metrics.find(({ type }) => type === metric) ?? {};
  const pairs = comparisons.filter((other) => other.metric === metric).length;
  // described from the better one's side
  const swap = verdict === 'not distinguishable' ? pair.difference < 0 : verdict === 'worse';
  const [a, b] = swap ? [pair.b, pair.a] : [pair.a, pair.b];
  const sign = swap ? -1 : 1;
  const ends = [sign * pair.interval[0], sign * pair.interval[1]].sort((x, y) => x - y);
  const numbers =
    `${points(sign * pair.difference)} points, ${percent(confidence, 0)} interval ${points(ends[0])} to ${points(ends[1])}; ` +
    `${formatP(pair.p_corrected)}${pairs > 1 ? ` after Holm's correction for ${pairs} pairs` : ''}`;
  return verdict === 'not distinguishable'
    ? `In ${title}, ${a} and ${b} are not distinguishable (${numbers}).`
    : `In ${title}, ${a} is better than ${b} (${numbers}).`;
}

/** `summary.md`. */
export function cvSummary(state: CvState): string {
  const { head, rows } = cvTable(state);
  const text = (one: string): Text => one;
  const blocks = [
    markdownBlock({ kind: 'paragraph', text: text(cvSentence(state)) }),
    markdownBlock({
      kind: 'table',
      caption: 'Metrics over folds.',
      head: [...head],
      rows: rows.map((row) => [...row]),
    }),
    markdownBlock({
      kind: 'list',
      items: [
        ...doubtsOf(state).map((doubt) => `Warning: ${describeDoubt(doubt)}.`),
        ...cvFindings(state),
      ].map(text),
    }),
  ];
  return `# Cross-validation of ${state.data.name}\n\n${blocks.join('\n\n')}\n`;
}
