import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, UnsupportedError } from '../core/errors.ts';
import { classifierOf, ensembleFiles, fittedFiles, networkFiles } from '../../test/support/classifiers.ts';
import { networkOf } from './network-of.ts';
import type { LayerTrace, PlainCell } from './plain-cells.ts';
import { runPlainly } from './plain-network.ts';
import { gradientThroughTime, normsThrough } from './through-time.ts';
import { unitOverText } from './unit.ts';

const TEXT = 'The team said a NEW goal, unseen today';

const networks: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  LSTM: { type: 'lstm' },
  'bidirectional LSTM of 2 layers': { type: 'bilstm', num_layers: 2 },
  GRU: { type: 'gru' },
  'bidirectional GRU': { type: 'bigru' },
  'RNN with tanh': { type: 'rnn' },
  'RNN with ReLU': { type: 'rnn', nonlinearity: 'relu' },
  'LSTM with n-grams': { type: 'lstm', ngram_buckets: 50 },
};

for (const [name, model] of Object.entries(networks)) {
  test(`${name}: the plain loops end in the states that the classifier pools`, async () => {
    const files = await networkFiles({ model: { ...model, pooling: 'last' } });
    // zero at first, so that they would hide an error
    files.tensors['embedding.ngrams']?.data.forEach((_, n, all) => (all[n] = Math.sin(n)));
    const classifier = await classifierOf(files);
    const network = networkOf(classifier);
    const run = runPlainly(network, network.pipeline.encode(TEXT).ids);
    const top = run.layers[run.layers.length - 1];
    const pooled = top.flatMap(({ parts, H, T, reverse }) => {
      const t = reverse ? 0 : T - 1;
      return Array.from(parts['h'].subarray(t * H, (t + 1) * H));
    });
    const { data: W, shape } = run.tensors['classifier.weight'];
    const b = run.tensors['classifier.bias'].data;
    const z = Array.from(b, (bias, c) => pooled.reduce((sum, h, j) => sum + h * W[c * shape[1] + j], bias));
    const sum = z.reduce((all, one) => all + Math.exp(one), 0);
    for (const [c, p] of classifier.predictProba([TEXT]).entries())
      assert.ok(Math.abs(Math.exp(z[c]) / sum - p) < 1e-12, `${Math.exp(z[c]) / sum}, not ${p}`);
    await classifier.close();
  });
}

/** v · h at the end, with `h_t += change` before the steps after t are taken again. */
function endOf(
  cell: PlainCell,
  trace: LayerTrace,
  ahead: readonly { readonly x: Float64Array; readonly bias: ArrayLike<number> }[],
  { t, change, v }: { readonly t: number; readonly change: Float64Array; readonly v: Float64Array },
): number {
  const { H, T, whh } = trace;
  const parts = Object.fromEntries(Object.entries(trace.parts).map(([key, of]) => [key, of.slice()]));
  const copy = { ...trace, parts };
  for (let j = 0; j < H; j++) parts['h'][t * H + j] += change[j];
  for (let s = t + 1; s < T; s++) {
    const { x, bias } = ahead[s];
    const u = x.map((_, r) => {
      let sum = bias[r];
      for (let j = 0; j < H; j++) sum += whh[r * H + j] * parts['h'][(s - 1) * H + j];
      return sum;
    });
    cell.step(copy, s, s - 1, { x, u });
  }
  return v.reduce((sum, one, j) => sum + one * parts['h'][(T - 1) * H + j], 0);
}

for (const type of ['lstm', 'gru', 'rnn']) {
  test(`${type}: the norm of the gradient is that of central differences`, async () => {
    const classifier = await classifierOf(await networkFiles({ model: { type } }));
    const network = networkOf(classifier);
    const { ids } = network.pipeline.encode(TEXT);
    const { layers, cell, tensors } = runPlainly(network, ids);
    const [[trace]] = layers;
    const { H, T } = trace;
    const [wih, bih, bias] = ['weight_ih_l0', 'bias_ih_l0', 'bias_hh_l0'].map((key) => tensors[`rnn.${key}`].data); // prettier-ignore
    const vectors = tensors['embedding.weight'];
    const D = vectors.shape[1];
    const ahead = Array.from(ids, (id) => ({
      bias,
      x: Float64Array.from(bih, (b, r) => {
        let sum = b;
        for (let d = 0; d < D; d++) sum += wih[r * D + d] * vectors.data[id * D + d];
        return sum;
      }),
    }));
    const v = Float64Array.from({ length: H }, (_, j) => Math.cos(j));
    const norms = normsThrough(cell, trace, v);
    const h = 1e-6;
    for (let back = 1; back < T; back++) {
      const slopes = Array.from({ length: H }, (_, j) => {
        const at = (step: number) =>
          endOf(cell, trace, ahead, {
            ...{ t: T - 1 - back, v },
            change: Float64Array.from({ length: H }, (_one, k) => (k === j ? step : 0)),
          });
        return (at(h) - at(-h)) / (2 * h);
      });
      const expected = Math.hypot(...slopes) / Math.hypot(...v);
      assert.ok(Math.abs(norms[back] - expected) < 1e-7 * Math.max(1, expected), `${back}: ${norms[back]}, not ${expected}`); // prettier-ignore
    }
    await classifier.close();
  });
}

test('over texts of other lengths: the geometric mean of those that are that long', async () => {
  const classifier = await classifierOf(await networkFiles({ model: { type: 'bilstm' } }));
  const of = (...texts: string[]) => gradientThroughTime(classifier, texts).curves[1];
  const [both, long, short] = [of(TEXT, 'the goal'), of(TEXT), of('the goal')];
  assert.deepEqual(both.texts, long.texts.map((count, back) => count + Number(back < 2))); // prettier-ignore
  assert.equal(both.norms[0], 1);
  assert.ok(Math.abs(both.norms[1] - Math.sqrt(long.norms[1] * short.norms[1])) < 1e-12);
  assert.equal(both.norms[3], long.norms[3]);
  await classifier.close();
});

describe('one unit', () => {
  test('its cell follows from its gates, and its state from its cell', async () => {
    const classifier = await classifierOf(await networkFiles({ model: { type: 'lstm' } }));
    const { series, tokens, unit, label, probability } = unitOverText(classifier, TEXT, { unit: 4 });
    const [i, f, o, g, c, h] = series.map(({ values }) => values);
    assert.deepEqual(series.map(({ symbol }) => symbol).join(''), 'ifogch');
    assert.equal(unit, 4);
    assert.equal(classifier.predict([TEXT])[0].label, label);
    assert.ok(Math.abs(classifier.predict([TEXT])[0].score - probability) < 1e-12);
    for (const t of tokens.keys()) {
      assert.ok(Math.abs(c[t] - (f[t] * (t === 0 ? 0 : c[t - 1]) + i[t] * g[t])) < 1e-12);
      assert.ok(Math.abs(h[t] - o[t] * Math.tanh(c[t])) < 1e-12);
    }
    await classifier.close();
  });

  test('of an average, the network; a linear model alone, an unknown unit, layer or direction are refused', async () => {
    const linear = await fittedFiles({ type: 'linear' });
    const network = await networkFiles({ model: { type: 'gru' } });
    const both = await classifierOf(ensembleFiles([linear, network], [0.6, 0.4]));
    assert.equal(unitOverText(both, TEXT).network, 'GRU');
    const refused = (given: Parameters<typeof unitOverText>[2], message: RegExp) => {
      assert.throws(() => unitOverText(both, TEXT, given), (error: unknown) => error instanceof ConfigError && message.test(error.message)); // prettier-ignore
    };
    refused({ unit: 6 }, /unit must be a whole number from 1 to 5, but got 6/);
    refused({ layer: 2 }, /layer must be a whole number from 1 to 1, but got 2/);
    refused({ reverse: true }, /both directions/);
    await both.close();
    const alone = await classifierOf(linear);
    assert.throws(() => unitOverText(alone, TEXT), UnsupportedError);
    assert.throws(() => gradientThroughTime(alone, [TEXT]), UnsupportedError);
    await alone.close();
  });
});
