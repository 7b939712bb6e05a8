import { probabilityMetric } from './metric.ts';

/** Mean over documents of Σ_c (p_c - [c is true])² (Brier 1950). */
export const brierScore = probabilityMetric({
  type: 'brier_score',
  title: 'Brier score',
  summary: 'Mean squared distance between the predicted probabilities and the one-hot truth.',
  better: 'lower',
  range: [0, 2],
  rank: 'table',
  score({ probabilities, row, classes, label }) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const error = probabilities[row + c] - (c === label ? 1 : 0);
      sum += error * error;
    }
    return sum;
  },
});
