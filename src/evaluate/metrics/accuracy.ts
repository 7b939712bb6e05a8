import { labelMetric } from './metric.ts';

/** Proportion of the documents that were labelled correctly: Σ_c hits_c / N. */
export const accuracy = labelMetric({
  type: 'accuracy',
  title: 'accuracy',
  summary: 'Proportion of the documents that were labelled correctly.',
  better: 'higher',
  range: [0, 1],
  rank: 'headline',
  proportion: true,
  compute({ hits, documents }) {
    let right = 0;
    for (let c = 0; c < hits.length; c++) right += hits[c];
    return right / documents;
  },
});
