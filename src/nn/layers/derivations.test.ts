/** The worked examples of `docs/derivations`: every number of their tables, by the layers themselves and by the page's lines. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { layers } from './index.ts';
import { createStack, readMatrix, writeMatrix } from '../../../test/support/network.ts';

const x = [1, -1];
const weights = { ih: [0.5, 0.3, 0.8, 0.6], hh: [0.1, 0.2, -0.4, 0.5], bias: [0, 1, 0, 0] };

/** Rows of all tables of a page: the first cell, and the numbers behind it. */
function tablesOf(page: string): (readonly [string, number[]])[] {
  const text = readFileSync(new URL(`../../../docs/derivations/${page}.md`, import.meta.url), 'utf8');
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('| ')) return [];
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const numbers = cells.slice(1).map(Number);
    return numbers.every(Number.isFinite) ? [[cells[0], numbers] as const] : [];
  });
}

/** What the layer gives: h, dx and the gradients of its weights, each by gate. */
function runLayer(type: string, gates: number) {
  const cell = layers.create({ type });
  const shape = {
    inputSize: 1,
    hiddenSize: 1,
    numLayers: 1,
    bidirectional: false,
    dropout: 0,
    variational: false,
  };
  const stack = createStack('reference float64', { cell, name: 'rnn', ...shape }, [2]);
  const { f } = stack.engine;
  const parameter = (name: string) => stack.parameters.get(`rnn.${name}_l0`);
  parameter('weight_ih').write(f, weights.ih.slice(0, gates));
  parameter('weight_hh').write(f, weights.hh.slice(0, gates));
  parameter('bias_ih').write(f, weights.bias.slice(0, gates));
  parameter('bias_hh').write(f, new Float64Array(gates));
  writeMatrix(f, stack.x, x);
  const h = stack.forward();
  stack.backward([0, 1]);
  const gradient = (name: string) => [...parameter(name).read(f, parameter(name).grad)];
  return { h, dx: readMatrix(f, stack.dx), dWih: gradient('weight_ih'), dWhh: gradient('weight_hh'), db: gradient('bias_ih') }; // prettier-ignore
}

const near = (what: string, told: readonly number[], found: readonly number[]) => {
  assert.equal(told.length, found.length, what);
  for (const [k, number] of told.entries())
    assert.ok(Math.abs(number - found[k]) < 5.1e-5, `${what}: the page says ${number}, it is ${found[k]}`);
};

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));

test('LSTM: the page says what the layer computes', () => {
  const { h, dx, dWih, dWhh, db } = runLayer('lstm', 4);
  const [ih, hh, bias, one, two, back2, back1, toldIh, toldHh, toldB] = tablesOf('lstm');
  for (const [table, own] of [[ih, weights.ih], [hh, weights.hh], [bias, weights.bias]] as const) near(table[0], table[1], own); // prettier-ignore
  near('h', [one[1][5], two[1][5]], [...h]);
  near('dx', [back1[1][6], back2[1][6]], [...dx]);
  near('dW_ih', toldIh[1], dWih);
  near('dW_hh', toldHh[1], dWhh);
  near('db', toldB[1], db);
  let [hPrev, c] = [0, 0];
  const steps = x.map((xt) => {
    const G = weights.ih.map((w, k) => w * xt + weights.hh[k] * hPrev + weights.bias[k]);
    const [i, f, g, o] = [sigmoid(G[0]), sigmoid(G[1]), Math.tanh(G[2]), sigmoid(G[3])];
    const before = c;
    c = f * c + i * g;
    hPrev = o * Math.tanh(c);
    return { i, f, g, o, before, c, h: hPrev };
  });
  for (const [t, row] of [one, two].entries()) {
    const { i, f, g, o, c: cell, h: state } = steps[t];
    near(`step ${t + 1}`, row[1], [i, f, g, o, cell, state]);
  }
  let [dh, dc] = [1, 0];
  for (const [row, t] of [
    [back2, 1],
    [back1, 0],
  ] as const) {
    const { i, f, g, o, before, c: cell } = steps[t];
    const tc = Math.tanh(cell);
    dc += dh * o * (1 - tc ** 2);
    const dG = [
      dc * g * i * (1 - i),
      dc * before * f * (1 - f),
      dc * i * (1 - g ** 2),
      dh * tc * o * (1 - o),
    ];
    near(`back ${t + 1}`, row[1].slice(0, 6), [dh, dc, ...dG]);
    dh = dG.reduce((sum, d, k) => sum + d * weights.hh[k], 0);
    dc *= f;
  }
});

test('GRU: the page says what the layer computes', () => {
  const { h, dx, dWih, dWhh, db } = runLayer('gru', 3);
  const [, , , one, two, back2, back1, toldIh, toldHh, toldB] = tablesOf('gru');
  near('h', [one[1][4], two[1][4]], [...h]);
  near('dx', [back1[1][5], back2[1][5]], [...dx]);
  near('dW_ih', toldIh[1], dWih);
  near('dW_hh', toldHh[1], dWhh);
  near('db', toldB[1], db);
  let hPrev = 0;
  const steps = x.map((xt) => {
    const sum = (k: number) => weights.ih[k] * xt + weights.hh[k] * hPrev + weights.bias[k];
    const [r, z, u] = [sigmoid(sum(0)), sigmoid(sum(1)), weights.hh[2] * hPrev];
    const n = Math.tanh(weights.ih[2] * xt + r * u);
    const before = hPrev;
    hPrev = n + z * (hPrev - n);
    return { r, z, u, n, h: hPrev, before };
  });
  for (const [t, row] of [one, two].entries()) {
    const { r, z, u, n, h: state } = steps[t];
    near(`step ${t + 1}`, row[1], [r, z, u, n, state]);
  }
  let dh = 1;
  for (const [row, t] of [
    [back2, 1],
    [back1, 0],
  ] as const) {
    const { r, z, u, n, before } = steps[t];
    const dGn = dh * (1 - z) * (1 - n ** 2);
    const dGz = dh * (before - n) * z * (1 - z);
    const dGr = dGn * u * r * (1 - r);
    near(`back ${t + 1}`, row[1].slice(0, 5), [dh, dGr, dGz, dGn, dGn * r]);
    dh = dh * z + weights.hh[0] * dGr + weights.hh[1] * dGz + weights.hh[2] * dGn * r;
  }
});
