import { macroMean, precision, weightedMean } from './class-counts.ts';
import { labelMetric } from './metric.ts';

/** Mean precision of the classes, each counted once. */
export const macroPrecision = labelMetric({
  type: 'macro_precision',
  title: 'macro precision',
  summary: 'Mean precision of the classes, each counted once.',
  better: 'higher',
  range: [0, 1],
  rank: 'detail',
  compute: (counts) => macroMean(counts, precision),
});

/** Mean precision of the classes, weighted by their documents. */
export const weightedPrecision = labelMetric({
  type: 'weighted_precision',
  title: 'weighted precision',
  summary: 'Mean precision of the classes, weighted by their documents.',
  better: 'higher',
  range: [0, 1],
  rank: 'detail',
  compute: (counts) => weightedMean(counts, precision),
});
