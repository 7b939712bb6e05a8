import { integer } from '../../core/options.ts';
import type { Batch } from '../batch.ts';
import { equalParts, perDocument, poolingDefinition } from './pooling.ts';

/**
 * For long documents: the mean of each window of tokens, then the maximum over the windows, column by column ("hierarchical
 * pooling" of Shen et al. 2018). One passage that speaks clearly for a class is not lost in the mean of a long text, and no
 * single token decides. T tokens make K = ⌈T / size⌉ windows, as equal as possible, one after another:
 *
 *     m_kj = (1 / n_k) Σ_{t in window k} h_tj      y_j = max_k m_kj      window k: ⌊kT / K⌋ ≤ t < ⌊(k + 1) T / K⌋
 *
 *     dh_tj += dy_j / n_k  for the tokens of the first window k with m_kj = y_j
 */
export const windows = poolingDefinition({
  type: 'windows',
  summary: 'mean of each window of tokens, then the maximum over the windows; for long documents',
  method: {
    name: 'hierarchical pooling',
    works: {
      shen2018:
        'D. Shen, G. Wang, W. Wang, M. R. Min, Q. Su, Y. Zhang, C. Li, R. Henao and L. Carin. Baseline needs more love: on simple word-embedding-based models and associated pooling mechanisms. ACL, 2018.',
    },
  },
  options: {
    size: integer({ min: 1, max: 100_000, default: 50, doc: 'tokens of a window, at most' }),
  },
  describe: ({ size }) => ({
    title: `Windows of ${size}`,
    symbol: 'p_{win}',
    equations: () => [
      'm_k = \\frac{1}{n_k} \\sum_{t \\in \\mathrm{window } k} h_t',
      'p_{win} = \\max_{k=1}^{K} m_k',
    ],
  }),
  create: ({ size }) => ({
    workspace: ({ width }) => width,
    create({ h, dh, width, arena, capacity, name, workspace }) {
      /** int32 [rows × width]: window of the maximum. */
      const winners = arena.alloc(`${name}.winners`, capacity.rows * width);
      const { count, begin } = equalParts(size);
      const row = (batch: Batch, t: number, b: number) => (batch.start(t) + b) * width;
      return perDocument({
        forward({ engine: { f, i, k: kernels }, batch, thread }, b, to) {
          const T = batch.length(b);
          const winner = winners + b * width;
          const mean = workspace(thread);
          for (let k = 0; k < count(T); k++) {
            const [from, end] = [begin(k, T), begin(k + 1, T)];
            const m = k === 0 ? to : mean;
            f.fill(0, m, m + width);
            for (let t = from; t < end; t++) kernels.add(m, h + row(batch, t, b), width);
            kernels.scale(m, m, 1 / (end - from), width);
            if (k === 0) i.fill(0, winner, winner + width);
            else kernels.maxRow(to, winner, m, k, width);
          }
        },
        backward({ engine: { f, i }, batch }, b, from) {
          const T = batch.length(b);
          for (let j = 0; j < width; j++) {
            const k = i[winners + b * width + j];
            const [first, end] = [begin(k, T), begin(k + 1, T)];
            const part = f[from + j] / (end - first);
            for (let t = first; t < end; t++) f[dh + row(batch, t, b) + j] += part;
          }
        },
      });
    },
  }),
});
