/** Arithmetic of the work, multiplications and additions of the matrix products alone. */
import type { LstmSpec } from '../support/protocol.ts';

/** Operations of the products of an LSTM stack; `passes` 1 = forward, 3 = forward and backward. */
export function lstmFlop(spec: Omit<LstmSpec, 'kind'>, passes: 1 | 3): number {
  const { input, hidden: H, layers, bidirectional, lengths } = spec;
  const directions = bidirectional ? 2 : 1;
  const tokens = lengths.reduce((sum, n) => sum + n, 0);
  const withState = tokens - lengths.length; // no product with the state before the first token
  let sum = 0;
  for (let l = 0; l < layers; l++) {
    const I = l === 0 ? input : directions * H;
    sum += directions * 2 * 4 * H * (tokens * I + withState * H);
  }
  return passes * sum;
}
