import { f1, macroMean, weightedMean } from './class-counts.ts';
import { labelMetric } from './metric.ts';

/** Mean F1 of the classes, each counted once. */
export const macroF1 = labelMetric({
  type: 'macro_f1',
  title: 'macro F1',
  summary: 'Mean F1 of the classes, each counted once.',
  better: 'higher',
  range: [0, 1],
  rank: 'headline',
  hub: { type: 'f1', args: { average: 'macro' } },
  compute: (counts) => macroMean(counts, f1),
});

/** Mean F1 of the classes, weighted by their documents. */
export const weightedF1 = labelMetric({
  type: 'weighted_f1',
  title: 'weighted F1',
  summary: 'Mean F1 of the classes, weighted by their documents.',
  better: 'higher',
  range: [0, 1],
  rank: 'table',
  hub: { type: 'f1', args: { average: 'weighted' } },
  compute: (counts) => weightedMean(counts, f1),
});
