import { labelMetric } from './metric.ts';

/** Share of the documents that were labelled right: Σ_c hits_c / N. */
export const accuracy = labelMetric({
  type: 'accuracy',
  title: 'accuracy',
  summary: 'Share of the documents that were labelled right.',
  better: 'higher',
  range: [0, 1],
  rank: 'headline',
  compute({ hits, documents }) {
    let right = 0;
    for (let c = 0; c < hits.length; c++) right += hits[c];
    return right / documents;
  },
});
