/** Integrated gradients against PyTorch's automatic differentiation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEngine } from '../src/engine/index.ts';
import { integrate } from '../src/explain/integrate.ts';
import { throughLoss, probabilitiesOf } from '../src/explain/slopes.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { createVectorPath } from '../src/models/recurrent/vector-path.ts';
import { distance, loadTorch, values } from './golden/load.ts';

const { models, classes, vocabulary, ...golden } = loadTorch('explanations');

for (const { type, num_layers, parameters, cases } of models) {
  test(`${type}: the weights of every token equal PyTorch's`, () => {
    const path = createVectorPath({
      shape: {
        ...{ classes, vocabularySize: vocabulary },
        model: recurrentOptions({
          ...{ type: `bi${type}`, num_layers, pooling: golden.pooling },
          ...{ embedding_dim: golden.embedding, hidden_size: golden.hidden },
        }),
      },
      engine: chooseEngine(() => performance.now(), 'reference float64'),
      capacity: { rows: 64, tokens: 640, steps: 10 },
      tensors: Object.fromEntries(
        Object.entries(parameters).map(([name, stored]) => [
          name,
          { shape: stored.shape, data: values(stored) },
        ]),
      ),
    });
    for (const { ids, label, baseline, weights } of cases) {
      const T = ids.length;
      const found = integrate(
        (alphas) => {
          const z = path.forward(Int32Array.from(ids), baseline, alphas);
          const p = probabilitiesOf(path.loss, z, classes);
          const dp = p.map((_, k) => Number(k % classes === label));
          const terms = path.backward(throughLoss(path.loss, z, p, dp, classes));
          return Array.from(alphas, (_, m) => ({
            value: p[m * classes + label],
            terms: terms.slice(m * T, (m + 1) * T),
          }));
        },
        { maxGap: 1e-9, maxSteps: 60 },
      );
      const d = distance(found.weights, values(weights));
      assert.ok(d < 1e-7, `${baseline}, ${T} tokens: ${d}`);
    }
  });
}
