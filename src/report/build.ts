/** Builds a report of runs: the same sections for every format. */
import { shellWord } from '../core/shell-word.ts';
import { renderConfig } from '../config/render.ts';
import { excerpt } from '../data/audit.ts';
import { type Evaluation, intervalOf, mostFrequentConfusions } from '../evaluate/index.ts';
import { figures as family } from '../figures/index.ts';
import { formatCount, formatNumber, formatPercent, plural } from '../figures/chart/format.ts';
import { modelTitle } from '../figures/model-flowchart.ts';
import type { Sources } from '../figures/sources.ts';
import {
  accuracyAnalysis,
  calibrationAnalysis,
  classAnalysis,
  confusionAnalysis,
  lossAnalysis,
  scheduleAnalysis,
} from './analysis.ts';
import {
  type CompareOptions,
  type Comparison,
  compareRuns,
  comparisonBlocks,
  comparisonTable,
} from './compare.ts';
import { type Block, type Report, type Section, sentences } from './content.ts';
import {
  dataSection,
  factsOfData,
  leakageBlocks,
  preprocessingSection,
  type ReportData,
} from './data-sections.ts';
import {
  formatDuration,
  optimisation,
  parameterCount,
  regularisation,
  scheduleOf,
  sequenceModelling,
  shareWithInterval,
  testShare,
  trainingSeconds,
} from './describe.ts';
import { equationBlocks } from './equations.ts';
import type { RunFacts } from './run-facts.ts';

/** What a report is made of beside the runs. */
export interface ReportOptions extends CompareOptions {
  /** The data of the run at this place, where it can be read; runs of the same data may share it. */
  readonly dataOf?: (facts: RunFacts) => ReportData | undefined;
}

/** Builds the report of one run or more; the runs must be one at least. */
export function buildReport(runs: readonly RunFacts[], options: ReportOptions = {}): Report {
  const [first] = runs;
  const comparison = compareRuns(runs, options);
  const { dataOf = () => undefined } = options;
  const shared = runs.length > 1 && runs.every((facts) => sameDocuments(first, facts));
  const parts = runs.map((facts, i) =>
    runParts(facts, dataOf(facts), { prefix: runs.length > 1 ? `run-${i + 1}-` : '', shared }),
  );
  const name = first.description?.data.name ?? first.name;
  const models = parts.map(({ model }) => model);
  const sections: Section[] = [
    questionSection(runs, comparison, options),
    ...(shared ? parts[0].documents : []),
    ...(runs.length === 1
      ? parts[0].sections
      : parts.map(({ sections: own }, i) => ({
          id: `run-${i + 1}`,
          title: `Run ${runs[i].name}`,
          blocks: [],
          sections: own,
        }))),
    {
      id: 'comparison',
      title: runs.length === 1 ? 'The run in one table' : 'Comparison',
      blocks: runs.length === 1 ? [comparisonTable(comparison)] : comparisonBlocks(comparison),
    },
    environmentSection(runs),
    reproduceSection(runs),
  ];
  return {
    title:
      runs.length === 1
        ? `${name}: ${models[0]} text classifier`
        : `${name}: ${plural(runs.length, 'text classifier')} compared`,
    subtitle: subtitleOf(runs),
    sections,
  };
}

function subtitleOf(runs: readonly RunFacts[]): string {
  const dates = runs.flatMap(({ description }) => description?.finished ?? description?.started ?? []).sort();
  const when = dates.at(-1)?.slice(0, 10);
  return `Report of ${runs.map(({ name }) => name).join(', ')}${when === undefined ? '' : `, trained ${when}`}`;
}

/** The question, and the answer in numbers. */
function questionSection(
  runs: readonly RunFacts[],
  comparison: Comparison,
  { dataOf }: ReportOptions,
): Section {
  const [first] = runs;
  const { evaluation, model } = first.sources;
  const classes = evaluation?.labels.length ?? model?.classes;
  const data = first.description?.data;
  const what = data ? `the ${formatCount(data.documents)} documents of ${data.name}` : 'the documents';
  const into = classes === undefined ? '' : ` into ${plural(classes, 'class')}`;
  const title = model ? `a ${modelTitle(model.model)} classifier` : 'the classifier';
  const question =
    runs.length === 1
      ? `How well does ${title} sort documents like ${what}${into}?`
      : `Which of ${formatCount(runs.length)} classifiers sorts documents like ${what}${into} best, and is the difference more than chance?`;
  const baseline = dataOf?.(first)?.audit.majority_baseline;
  const answers =
    runs.length === 1
      ? [
          evaluation ? accuracySentence(evaluation) : 'The run has no test results.',
          baseline
            ? `Always answering ${baseline.label} would be right in ${formatPercent(baseline.accuracy)}.`
            : undefined,
        ]
      : comparison.verdict;
  const blocks: Block[] = [{ kind: 'paragraph', text: [{ strong: question }] }, ...sentences(answers)];
  if (runs.length > 1 && comparison.verdict.length === 0) {
    blocks.push({
      kind: 'note',
      text: 'No two of the runs could be tested against each other; the comparison says why.',
    });
  }
  for (const { name, description } of runs) {
    if (description && description.status !== 'finished') {
      blocks.push({
        kind: 'note',
        text: `${name} is not finished (${description.status}): its figures are those so far.`,
      });
    }
  }
  return { id: 'question', title: 'Question and answer', blocks };
}

function accuracySentence(evaluation: Evaluation): string {
  const level = `${formatNumber(100 * evaluation.confidence)} %`;
  const interval = intervalOf(evaluation, 'accuracy', evaluation.confidence);
  const range = interval
    ? `, ${level} interval ${shareWithInterval(evaluation.accuracy, interval).replace(/^[^(]*\(|\)$/g, '')}`
    : '';
  return `Of ${plural(evaluation.documents, 'test document')} it got ${formatPercent(evaluation.accuracy)} right${range}; macro F1 ${testShare(evaluation, 'macro_f1')}.`;
}

/** Whether two runs read the same data in the same way into the same parts. */
function sameDocuments(a: RunFacts, b: RunFacts): boolean {
  const key = ({ description, config, splits }: RunFacts) =>
    JSON.stringify([
      description?.data.hash ?? null,
      config?.data,
      config?.text,
      splits && [...splits.train, -1, ...splits.val, -1, ...splits.test],
    ]);
  return a.description !== undefined && key(a) === key(b);
}

interface RunParts {
  /** On the data and how it is read. */
  readonly documents: Section[];
  readonly model: string;
  readonly sections: Section[];
}

/** The sections on one run; `prefix` keeps the ids of several runs apart. */
function runParts(
  facts: RunFacts,
  data: ReportData | undefined,
  { prefix, shared }: { readonly prefix: string; readonly shared: boolean },
): RunParts {
  const audit = data && factsOfData(data, facts);
  const size = facts.config?.text.vocabulary_size;
  const sources: Sources = {
    ...facts.sources,
    ...(audit ? { audit: { ...(size === undefined ? {} : { vocabulary_size: size }), ...audit } } : {}),
  };
  const figure = (type: string): Block[] => {
    const bound = family.find((one) => one.type === type)?.of(sources);
    return bound ? [{ kind: 'figure', id: prefix + type, figure: bound }] : [];
  };
  const documents = [dataSection(facts, data, figure), preprocessingSection(facts)];
  const sections = [
    ...(shared ? [] : documents),
    modelSection(facts, figure),
    trainingSection(facts, figure),
    resultsSection(facts, data, figure),
  ].filter((section) => section !== undefined);
  return {
    documents: documents.filter((section) => section !== undefined),
    model: facts.sources.model ? modelTitle(facts.sources.model.model) : 'a',
    sections: sections.map((section) => ({ ...section, id: prefix + section.id })),
  };
}

function modelSection(facts: RunFacts, figure: (type: string) => Block[]): Section | undefined {
  const { config } = facts;
  if (!config) return undefined;
  const count = parameterCount(facts);
  return {
    id: 'model',
    title: 'Model',
    blocks: [
      ...sentences([
        `The network: ${sequenceModelling(config)}, ${config.model.bidirectional ? 'reading in both directions' : 'reading forward'}, pooling ${config.model.pooling.join(' + ')}${count === null ? '' : `, ${formatCount(count)} trained parameters`}.`,
      ]),
      ...equationBlocks(config),
      ...figure('model-flowchart'),
    ],
  };
}

function trainingSection(facts: RunFacts, figure: (type: string) => Block[]): Section | undefined {
  const { config, sources } = facts;
  const { history } = sources;
  if (!config || !history) return undefined;
  const seconds = trainingSeconds(facts);
  const last = history.epochs.at(-1);
  const { train } = config;
  return {
    id: 'training',
    title: 'Training',
    blocks: [
      {
        kind: 'table',
        caption: 'Settings of the training.',
        head: ['Setting', 'Value'],
        words: true,
        rows: [
          ['Optimisation', optimisation(config)],
          ['Loss', train.loss.replaceAll('_', ' ')],
          [
            'Class weights',
            typeof train.class_weights === 'string' ? train.class_weights : train.class_weights.join(', '),
          ],
          ['Regularisation', regularisation(config)],
          ['Schedule', scheduleOf(config)],
          ['Epochs at most', String(train.epochs)],
          [
            'Kept epoch',
            `lowest or highest ${train.monitor.replaceAll('_', ' ')}`
              .replace('lowest or highest val loss', 'lowest validation loss')
              .replace('lowest or highest val', 'highest validation'),
          ],
          ['Seed', String(train.seed)],
        ],
      },
      ...sentences([
        last
          ? `${plural(last.epoch, 'epoch')} of training, ${plural(last.step ?? 0, 'step')}${seconds === null ? '' : `, took ${formatDuration(seconds)}`}.`
          : 'No epoch has been recorded yet.',
      ]),
      ...figure('training-flowchart'),
      ...figure('loss-curve'),
      ...sentences(lossAnalysis(history)),
      ...figure('accuracy-curve'),
      ...sentences(accuracyAnalysis(facts)),
      ...figure('lr-schedule'),
      ...sentences(scheduleAnalysis(history)),
    ],
  };
}

function resultsSection(
  facts: RunFacts,
  data: ReportData | undefined,
  figure: (type: string) => Block[],
): Section | undefined {
  const { evaluation } = facts.sources;
  if (!evaluation) return undefined;
  return {
    id: 'results',
    title: 'Results on the test part',
    blocks: [
      ...sentences([accuracySentence(evaluation)]),
      ...(data ? leakageBlocks(facts, data) : []),
      classTable(evaluation),
      ...figure('confusion-matrix'),
      ...sentences(confusionAnalysis(evaluation)),
      ...misread(facts, evaluation, data),
      ...figure('confusion-matrix-normalised'),
      ...figure('per-class-accuracy'),
      ...sentences(classAnalysis(evaluation)),
      ...figure('per-class-scores'),
      ...figure('reliability'),
      ...sentences(calibrationAnalysis(evaluation, smoothingOf(facts))),
    ],
  };
}

function classTable({ per_class, confidence }: Evaluation): Block {
  return {
    kind: 'table',
    caption: `Per class, with ${formatNumber(100 * confidence)} % intervals; recall is the accuracy on the class.`,
    head: ['Class', 'Documents', 'Precision', 'Recall', 'F1'],
    rows: per_class.map((one) => [
      one.label,
      formatCount(one.support),
      ...(['precision', 'recall', 'f1'] as const).map((metric) =>
        shareWithInterval(one[metric], intervalOf(one, metric, confidence)),
      ),
    ]),
  };
}

/** For each of the most frequent confusions, the document that the model was most sure of. */
function misread({ predictions }: RunFacts, evaluation: Evaluation, data: ReportData | undefined): Block[] {
  if (!data || !predictions) return [];
  const { dataset } = data;
  const textOf = new Map(Array.from(dataset.rowIds, (row, i) => [row, dataset.texts[i]]));
  const rows = mostFrequentConfusions(evaluation.confusion_matrix, evaluation.labels, 5).flatMap(
    ({ truth, predicted }) => {
      const found = predictions
        .filter((one) => one.label === truth && one.predicted === predicted)
        .reduce<(typeof predictions)[number] | undefined>(
          (surest, one) => (surest && surest.score >= one.score ? surest : one),
          undefined,
        );
      const text = found && textOf.get(found.row);
      if (!found || text === undefined) return [];
      return [
        [`row ${found.row}`, truth, `${predicted} (${formatPercent(found.score, 0)})`, excerpt(text, 160)],
      ];
    },
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      caption:
        'Misread documents: of each frequent confusion the one that the model was most sure of. Rows are counted from 0.',
      head: ['Document', 'Is', 'Read as', 'Begins'],
      words: true,
      rows,
    },
  ];
}

function environmentSection(runs: readonly RunFacts[]): Section {
  const row = (name: string, cell: (facts: RunFacts) => string | undefined) => [
    name,
    ...runs.map((facts) => cell(facts) ?? '–'),
  ];
  return {
    id: 'environment',
    title: 'Environment',
    blocks: [
      {
        kind: 'table',
        caption: 'Where the training ran.',
        head: ['', ...runs.map(({ name }) => name)],
        words: true,
        rows: [
          row(
            'Versions',
            ({ description }) =>
              description &&
              Object.entries(description.versions)
                .map(([name, version]) => `${name} ${version}`)
                .join(', '),
          ),
          row(
            'System',
            ({ description }) =>
              description &&
              `${description.machine.platform} ${description.machine.release}, ${description.machine.arch}`,
          ),
          row(
            'Processor',
            ({ description }) =>
              description && `${description.machine.cpu}, ${plural(description.machine.cores, 'core')}`,
          ),
          row('Memory', ({ description }) => description && `${description.machine.memory_gib} GiB`),
          row(
            'Kernels',
            ({ description }) =>
              description && `${description.kernel}, ${plural(description.threads, 'thread')}`,
          ),
          row('Started', ({ description }) => description?.started),
          row('Finished', ({ description }) => description?.finished),
        ],
      },
    ],
  };
}

function reproduceSection(runs: readonly RunFacts[]): Section {
  const own = (facts: RunFacts): Block[] => {
    const { description, config } = facts;
    if (!description)
      return [
        { kind: 'paragraph', text: 'The run folder holds no description, so that its command is not known.' },
      ];
    return [
      { kind: 'code', language: 'sh', text: `unroll ${description.command.map(shellWord).join(' ')}` },
      {
        kind: 'paragraph',
        text: [
          `Unroll ${description.versions['unroll'] ?? ''}, seed ${description.seed}, data with the hash `,
          { code: description.data.hash },
          '. The same version, configuration, seed and data give the same weights to the bit, on any machine and with any number of threads.',
        ],
      },
      ...(config
        ? ([
            { kind: 'paragraph', text: 'The complete configuration, with every default:' },
            { kind: 'code', language: 'yaml', text: renderConfig(config).trimEnd() },
          ] satisfies Block[])
        : []),
    ];
  };
  const section = { id: 'reproduce', title: 'How to reproduce it' };
  if (runs.length === 1) return { ...section, blocks: own(runs[0]) };
  return {
    ...section,
    blocks: [],
    sections: runs.map((facts, i) => ({ id: `reproduce-${i + 1}`, title: facts.name, blocks: own(facts) })),
  };
}

/** The label smoothing of the training; 0 for none. */
function smoothingOf({ config }: RunFacts): number {
  const value = (config?.train as Readonly<Record<string, unknown>> | undefined)?.['label_smoothing'];
  return typeof value === 'number' ? value : 0;
}
