/** Optimiser updates in plain loops: the specification of `kernels/optim.ts`, whose comments state the equations. */
import type { Engine, Kernels } from '../contract.ts';

export function optimKernels({ f }: Pick<Engine, 'f'>): Pick<Kernels, 'adam' | 'sgd' | 'sumSquares'> {
  return {
    adam({ p, g, m, v, n, clip, l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, step, root, eps }) {
      for (let j = 0; j < n; j++) {
        const grad = clip * f[g + j] + l2 * f[p + j];
        f[m + j] += oneMinusBeta1 * (grad - f[m + j]);
        f[v + j] = beta2 * f[v + j] + oneMinusBeta2 * grad * grad;
        f[p + j] = decay * f[p + j] - (step * f[m + j]) / (Math.sqrt(f[v + j]) * root + eps);
      }
    },

    sgd({ p, g, u, n, clip, l2, momentum, damp, direct, follow, lr }) {
      for (let j = 0; j < n; j++) {
        const grad = clip * f[g + j] + l2 * f[p + j];
        f[u + j] = momentum * f[u + j] + damp * grad;
        f[p + j] -= lr * (direct * grad + follow * f[u + j]);
      }
    },

    sumSquares(g, n) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += f[g + j] * f[g + j];
      return sum;
    },
  };
}
