/** How much each observation counts in a Parzen estimator: the oldest ones count less (Bergstra et al., 2013). */

/** How many of the newest observations have full weight. */
const FULL = 25;

/**
 * Weights of n observations from the oldest to the newest, then that of the prior; their sum is 1. Before the division by
 * the sum: 1 for the prior and the newest 25, and a ramp from 1/n to 1 for the others.
 */
export function ageWeights(n: number): Float64Array {
  const weights = new Float64Array(n + 1).fill(1);
  const ramp = n - FULL;
  for (let i = 0; i < ramp; i++) weights[i] = ramp === 1 ? 1 / n : 1 / n + (i * (1 - 1 / n)) / (ramp - 1);
  return normalised(weights);
}

/** The same weight for n observations and the prior. */
export function equalWeights(n: number): Float64Array {
  return new Float64Array(n + 1).fill(1 / (n + 1));
}

function normalised(weights: Float64Array): Float64Array {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return weights.map((weight) => weight / sum);
}
