import { labelMetric } from './metric.ts';

/**
 * Matthews correlation coefficient for C classes (Gorodkin 2004), of N documents with t_c of class c, p_c predicted as it:
 *
 *     (N Σ_c hits_c - Σ_c t_c p_c) / √((N² - Σ_c p_c²) (N² - Σ_c t_c²))
 *
 * 0 where it is not defined.
 */
export const mcc = labelMetric({
  type: 'mcc',
  title: 'MCC',
  inFull: 'Matthews correlation',
  summary: 'Matthews correlation coefficient of the labels with the truth; 0 is chance.',
  better: 'higher',
  range: [-1, 1],
  rank: 'table',
  hub: { type: 'matthews_correlation' },
  compute({ documents: N, hits, truth, predicted }) {
    let right = 0;
    let both = 0;
    let truthSquares = 0;
    let predictedSquares = 0;
    for (let c = 0; c < hits.length; c++) {
      right += hits[c];
      both += truth[c] * predicted[c];
      truthSquares += truth[c] * truth[c];
      predictedSquares += predicted[c] * predicted[c];
    }
    const spread = (N * N - predictedSquares) * (N * N - truthSquares);
    return spread === 0 ? 0 : (right * N - both) / Math.sqrt(spread);
  },
});
