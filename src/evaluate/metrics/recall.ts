import { macroMean, recall, weightedMean } from './class-counts.ts';
import { labelMetric } from './metric.ts';

/** Mean recall of the classes, each counted once. */
export const macroRecall = labelMetric({
  type: 'macro_recall',
  title: 'macro recall',
  summary: 'Mean recall of the classes, each counted once; also called balanced accuracy.',
  better: 'higher',
  range: [0, 1],
  rank: 'detail',
  compute: (counts) => macroMean(counts, recall),
});

/** Mean recall of the classes, weighted by their documents. */
export const weightedRecall = labelMetric({
  type: 'weighted_recall',
  title: 'weighted recall',
  summary: 'Mean recall of the classes, weighted by their documents: the same as the accuracy.',
  better: 'higher',
  range: [0, 1],
  rank: 'detail',
  compute: (counts) => weightedMean(counts, recall),
});
