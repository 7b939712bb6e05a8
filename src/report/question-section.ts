/** The first screen of a report of runs: the question, its answer as a table and a chart, then in sentences. */
import { describeDoubt, doubtOf } from '../classifier/doubt.ts';
import { headlineMetrics } from '../evaluate/index.ts';
import { capital, formatCount, formatNumber, formatPercent, plural } from '../figures/chart/format.ts';
import { classText } from '../figures/chart/text.ts';
import { modelsWithIntervals } from '../figures/index.ts';
import type { ComparedModel, ComparisonFacts } from '../figures/sources.ts';
import { describeModel } from '../models/family.ts';
import { differentData } from './compare.ts';
import type { Comparison } from './compare-types.ts';
import { isSeeded, runsTable, settingsTable } from './compare-tables.ts';
import { type Block, type Section, sentences, type Table } from './content.ts';
import type { ReportData } from './data-sections.ts';
import { accuracySentence, shareWithInterval, testMetric } from './describe.ts';
import { choiceSentences } from './choice.ts';
import { BASELINE_NAME, baselineSentence, testedBaseline } from './baseline.ts';
import type { RunFacts } from './run-facts.ts';

/** The section, and what it says in sentences. */
export interface Answer {
  /** Question, table, chart, sentences. */
  readonly section: Section;
  /** The question first. */
  readonly abstract: readonly string[];
}

/**
 * Most sentences of a verdict in the answer; of a longer one, the first and the last. The comparison has all of them.
 */
const FEW = 3;

/** The question, and the answer in numbers; `data` is that of the first run. */
export function questionSection(
  runs: readonly RunFacts[],
  comparison: Comparison,
  data: ReportData | undefined,
): Answer {
  const [first] = runs;
  const question = questionOf(runs);
  const baseline = baselineOf(first, data);
  const { verdict } = comparison;
  const answers =
    runs.length === 1
      ? [
          first.sources.evaluation
            ? accuracySentence(first.sources.evaluation)
            : 'The run has no test results.',
          doubtSentence(first, data) ??
            (baseline &&
              `Always predicting ${classText(baseline.label)} would be correct in ${formatPercent(baseline.accuracy)}.`),
          ...(first.choice ? choiceSentences(first.choice).map((text) => `${capital(text)}.`) : []),
          first.baseline && `${capital(baselineSentence(first.baseline))}.`,
        ]
      : verdict.length <= FEW
        ? verdict
        : [verdict.at(0), verdict.at(-1)];
  const said = answers.filter((sentence) => sentence !== undefined);
  const blocks: Block[] = [
    { kind: 'paragraph', text: [{ strong: question }] },
    ...(runs.length === 1 ? runTable(first, baseline) : [glanceTable(comparison)]),
    ...(differentData(runs) === undefined ? chart(runs, comparison, baseline) : []),
    ...(runs.length === 1 ? sentences(said) : said.map((text): Block => ({ kind: 'paragraph', text }))),
    ...notes(runs, comparison),
  ];
  return { section: { id: 'question', title: 'At a glance', blocks }, abstract: [question, ...said] };
}

function questionOf(runs: readonly RunFacts[]): string {
  const [first] = runs;
  const { evaluation, model } = first.sources;
  const classes = evaluation?.labels.length ?? model?.classes;
  const known = first.description?.data;
  const what = known ? `the ${formatCount(known.documents)} documents of ${known.name}` : 'the documents';
  const into = classes === undefined ? '' : ` into ${plural(classes, 'class')}`;
  const title = model ? `${article(describeModel(model.model).title)} classifier` : 'the classifier';
  if (differentData(runs) !== undefined)
    return `How well does each of ${formatCount(runs.length)} classifiers sort its own documents?`;
  return runs.length === 1
    ? `How well does ${title} sort documents like ${what}${into}?`
    : `Which of ${formatCount(runs.length)} classifiers sorts documents like ${what}${into} best, and is the difference more than chance?`;
}

/** `an RNN`, `a BiLSTM`. */
function article(title: string): string {
  return `${/^(?:[AEIOU]|RNN|LSTM)/.test(title) ? 'an' : 'a'} ${title}`;
}

interface Baseline {
  readonly label: string;
  /** On the test documents. */
  readonly accuracy: number;
}

/** Always answering the most frequent class, on the test documents. */
function baselineOf(
  { sources: { evaluation } }: RunFacts,
  data: ReportData | undefined,
): Baseline | undefined {
  if (!evaluation || evaluation.documents === 0) return undefined;
  const { per_class: classes, documents } = evaluation;
  const most = classes.reduce((a, b) => (b.support > a.support ? b : a));
  const found = classes.find(({ label }) => label === data?.audit.majority_baseline.label) ?? most;
  return { label: found.label, accuracy: found.support / documents };
}

/** The warning that `train` gives where the model is of no use. */
function doubtSentence(
  { config, splits, sources: { evaluation } }: RunFacts,
  data: ReportData | undefined,
): string | undefined {
  if (!evaluation) return undefined;
  const trained = new Map<string, number>();
  if (data && splits) {
    const { rowIds, labels, labelNames } = data.dataset;
    const rows = new Set(splits.train);
    for (const [i, row] of rowIds.entries())
      if (rows.has(row)) trained.set(labelNames[labels[i]], (trained.get(labelNames[labels[i]]) ?? 0) + 1);
  }
  // without the data, the test part stands for the training part: the split is stratified
  const counts = evaluation.per_class.map(({ label, support }) =>
    trained.size > 0 ? (trained.get(label) ?? 0) : support,
  );
  const doubt = doubtOf(config?.model.type, evaluation, counts);
  return doubt && `${capital(describeDoubt(doubt))}.`;
}

function runTable(facts: RunFacts, baseline: Baseline | undefined): Table[] {
  const { name, sources } = facts;
  const { evaluation } = sources;
  const linear = testedBaseline(facts);
  if (!evaluation) return [];
  return [
    {
      kind: 'table',
      caption: `Results on ${plural(evaluation.documents, 'test document')}, ${formatNumber(100 * evaluation.confidence)} % intervals in brackets.`,
      head: ['', ...headlineMetrics.map(({ title }) => `Test ${title}`)],
      rows: [
        [name, ...headlineMetrics.map((metric) => testMetric(evaluation, metric))],
        ...(linear
          ? [
              [
                BASELINE_NAME,
                ...headlineMetrics.map(({ type }) =>
                  type === 'accuracy' || type === 'macro_f1'
                    ? shareWithInterval(linear.baseline[type], linear.intervals[type] ?? undefined)
                    : '–',
                ),
              ],
            ]
          : []),
        ...(baseline
          ? [
              [
                `always ${baseline.label}`,
                ...headlineMetrics.map(({ type }) =>
                  type === 'accuracy' ? formatPercent(baseline.accuracy) : '–',
                ),
              ],
            ]
          : []),
      ],
    },
  ];
}

/** The results alone, of settings or of runs. */
function glanceTable(comparison: Comparison): Table {
  const whole = isSeeded(comparison) ? settingsTable(comparison) : runsTable(comparison);
  const shown = whole.head.flatMap((head, c) =>
    c === 0 || head === 'Seeds' || head.startsWith('Test ') ? [c] : [],
  );
  const pick = (row: readonly string[]) => shown.map((c) => row[c]);
  return { kind: 'table', caption: whole.caption, head: pick(whole.head), rows: whole.rows.map(pick) };
}

/** The accuracy of each setting with its interval, beside the baseline. */
function chart(runs: readonly RunFacts[], comparison: Comparison, baseline: Baseline | undefined): Block[] {
  const facts = chartFacts(runs, comparison, baseline);
  const figure = facts && modelsWithIntervals.of({ comparison: facts });
  if (!figure) return [];
  return [{ kind: 'figure', id: 'at-a-glance', figure, ...(runs.length === 1 ? { unnumbered: true } : {}) }];
}

/** What the chart is drawn from; undefined where no run was evaluated. */
export function chartFacts(
  runs: readonly RunFacts[],
  comparison: Comparison,
  baseline: Baseline | undefined,
): ComparisonFacts | undefined {
  const evaluations = runs.flatMap(({ sources: { evaluation } }) => evaluation ?? []);
  if (evaluations.length === 0) return undefined;
  const [{ documents, confidence }] = evaluations;
  const same = evaluations.every((one) => one.documents === documents);
  const rows = comparison.settings.map(
    ({ name, metrics, test_accuracy_interval: interval }): ComparedModel => {
      const [low, high] = interval ?? [null, null];
      return { name, value: metrics.accuracy?.mean ?? null, low, high };
    },
  );
  const { baseline: linear } = comparison;
  const [low, high] = linear?.test_accuracy_interval ?? [null, null];
  const level = `${formatNumber(100 * confidence)} % intervals`;
  return {
    metric: { title: 'accuracy', better: 'higher', range: [0, 1] },
    ...(same ? { measured_on: plural(documents, 'test document') } : {}),
    intervals: isSeeded(comparison) ? `${level} of the mean over the seeds` : level,
    rows: [
      ...rows,
      ...(linear ? [{ name: BASELINE_NAME, value: linear.metrics.accuracy?.mean ?? null, low, high }] : []),
      ...(baseline
        ? [
            {
              name: `always ${baseline.label}`,
              value: baseline.accuracy,
              low: null,
              high: null,
              baseline: true,
            },
          ]
        : []),
    ],
  };
}

function notes(runs: readonly RunFacts[], { verdict }: Comparison): Block[] {
  const unfinished = runs.filter(({ description }) => description && description.status !== 'finished');
  return [
    ...(runs.length > 1 && verdict.length === 0
      ? [
          {
            kind: 'note',
            text: 'No two of the runs could be tested against each other; the comparison says why.',
          } satisfies Block,
        ]
      : []),
    ...unfinished.map(({ name, description }): Block => ({
      kind: 'note',
      text: `${name} is not finished (${description?.status ?? ''}): its results are those so far.`,
    })),
  ];
}
