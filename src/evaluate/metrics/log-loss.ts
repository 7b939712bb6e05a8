import { log } from '../../core/math.ts';
import { probabilityMetric } from './metric.ts';

/** Mean of -ln p(true class), p clipped to [ε, 1 - ε] with the ε of the probabilities' float type; in nats. */
export const logLoss = probabilityMetric({
  type: 'log_loss',
  title: 'log loss',
  summary: 'Mean of -ln p(true class), in nats: the cross-entropy, without smoothing or class weights.',
  better: 'lower',
  range: [0, Infinity],
  rank: 'table',
  score({ probabilities, row, label }) {
    const epsilon = probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52;
    return -log(Math.min(Math.max(probabilities[row + label], epsilon), 1 - epsilon));
  },
});
