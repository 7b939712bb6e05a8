/**
 * The problem of one class against the rest with soft labels q [N × C]: each document is in it twice, for the class c with the
 * weight q_c and against it with the rest,
 *
 *     Σ_i C (q_ic ℓ(w·x_i) + (1 - q_ic) ℓ(-w·x_i))
 *
 * With the logistic loss this is the cross-entropy between q_c and σ(w·x).
 */
/** Least weight of a loss, as a proportion of C: the solvers divide by it. */
const LEAST = 1e-6;

/**
 * [2N] signs and costs of the class c: the first N documents are for it.
 * @param targets [N × C] soft labels.
 */
export function softProblem(
  targets: Float64Array,
  c: number,
  {
    classes: C,
    cost,
    classWeights,
  }: {
    readonly classes: number;
    readonly cost: number;
    readonly classWeights?: readonly number[] | undefined;
  },
): { readonly y: Int8Array; readonly cost: Float64Array } {
  const N = targets.length / C;
  const y = new Int8Array(2 * N).fill(1, 0, N).fill(-1, N);
  const costs = new Float64Array(2 * N);
  for (let i = 0; i < N; i++) {
    let against = 0;
    for (let k = 0; k < C; k++) if (k !== c) against += (classWeights?.[k] ?? 1) * targets[i * C + k];
    costs[i] = cost * Math.max(LEAST, (classWeights?.[c] ?? 1) * targets[i * C + c]);
    costs[N + i] = cost * Math.max(LEAST, against);
  }
  return { y, cost: costs };
}
