/** The results of a run on its test part. */
import { excerpt } from '../data/audit.ts';
import { type Evaluation, intervalOf, mostFrequentConfusions } from '../evaluate/index.ts';
import { formatCount, formatNumber, formatPercent } from '../figures/chart/format.ts';
import { calibrationAnalysis, classAnalysis, confusionAnalysis } from './analysis.ts';
import { type Block, type Section, sentences } from './content.ts';
import { leakageBlocks, type ReportData } from './data-sections.ts';
import { accuracySentence, shareWithInterval } from './describe.ts';
import type { PlacedFigure } from './figure-blocks.ts';
import type { RunFacts } from './run-facts.ts';

/** The section on the results; undefined where the run was not evaluated. */
export function resultsSection(
  facts: RunFacts,
  data: ReportData | undefined,
  figure: PlacedFigure,
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
      ...misclassified(facts, evaluation, data),
      ...figure('confusion-matrix-normalised'),
      ...figure('per-class-accuracy'),
      ...sentences(classAnalysis(evaluation)),
      ...figure('per-class-scores'),
      ...figure('reliability'),
      ...sentences(calibrationAnalysis(evaluation, smoothingOf(facts))),
    ],
  };
}

/** Precision, recall and F1 of each class. */
export function classTable({ per_class, confidence }: Evaluation): Block {
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

/** Confusions, classes and calibration in brief. */
export function resultSentences(evaluation: Evaluation): string[] {
  return [...confusionAnalysis(evaluation), ...classAnalysis(evaluation)];
}

/** For each of the most frequent confusions, the document with the highest probability. */
function misclassified(
  { predictions }: RunFacts,
  evaluation: Evaluation,
  data: ReportData | undefined,
): Block[] {
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
        [
          `row ${found.row}`,
          `${truth} as ${predicted} (${formatPercent(found.score, 0)})`,
          excerpt(text, 160),
        ],
      ];
    },
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      caption:
        'Misclassified documents: for each frequent confusion, the one with the highest probability. Rows are counted from 0.',
      head: ['Document', 'Classified', 'Begins'],
      words: true,
      rows,
    },
  ];
}

/** The label smoothing of the training; 0 for none. */
function smoothingOf({ config }: RunFacts): number {
  const value = (config?.train as Readonly<Record<string, unknown>> | undefined)?.['label_smoothing'];
  return typeof value === 'number' ? value : 0;
}
