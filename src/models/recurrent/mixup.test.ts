import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arena } from '../../core/arena.ts';
import { createRng } from '../../core/rng.ts';
import { createReferenceEngine } from '../../engine/index.ts';
import type { Context } from '../../nn/context.ts';
import { losses } from '../../nn/losses/index.ts';
import { drawMixture, layMixup, mixedLoss, mixRows, unmixRows } from './mixup.ts';

const draws = (alpha: number, count = 4000) =>
  Array.from({ length: count }, (_, step) => drawMixture({ seed: 7, step }, 5, alpha).lambda);

for (const alpha of [0.05, 0.2, 0.5, 1]) {
  test(`λ is drawn from Beta(${alpha}, ${alpha})`, () => {
    const lambdas = draws(alpha);
    assert.ok(lambdas.every((lambda) => lambda >= 0 && lambda <= 1));
    const mean = lambdas.reduce((sum, x) => sum + x, 0) / lambdas.length;
    const variance = lambdas.reduce((sum, x) => sum + (x - mean) ** 2, 0) / lambdas.length;
    const want = 1 / (4 * (2 * alpha + 1));
    assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(want / lambdas.length), String(mean));
    assert.ok(Math.abs(variance - want) < 0.01, `${variance}, not ${want}`);
  });
}

test('partners are a permutation; seed and step name the draw', () => {
  const draw = (seed: number, step: number) => drawMixture({ seed, step }, 50, 0.2);
  assert.deepEqual([...draw(1, 2).partners].sort((a, b) => a - b), Array.from({ length: 50 }, (_, b) => b)); // prettier-ignore
  assert.deepEqual(draw(1, 2), draw(1, 2));
  for (const other of [draw(1, 3), draw(2, 2)]) assert.notDeepEqual(other, draw(1, 2));
});

/** Four documents of 16 features and 16 outputs, in float64. */
function batch() {
  const arena = new Arena();
  const [rows, n] = [4, 16];
  const at = Object.fromEntries(
    ['v', 'dv', 'z', 'dz', 'dy', 'labels'].map((name) => [name, arena.alloc(name, rows * n)]),
  );
  const mixup = layMixup(arena, { alpha: 0.8, rows, features: n, ld: n });
  assert.ok(mixup);
  const engine = createReferenceEngine({ words: arena.words, precision: 'float64' });
  const { f, i } = engine;
  const rng = createRng(5);
  for (const name of ['v', 'z']) for (let j = 0; j < rows * n; j++) f[at[name] + j] = rng.normal();
  i.set([0, 2, 1, 2], at['labels']);
  const ctx = { engine, batch: { rows }, seed: 3, step: 6 } as Context;
  return { mixup, ctx, at, f, i, rows, n, ...drawMixture(ctx, rows, 0.8) };
}

test('a row is λ of its own and 1 - λ of its partner; the gradient goes back to both', () => {
  const { mixup, ctx, at, f, rows, n, lambda, partners } = batch();
  mixRows(mixup, ctx, at['v'], n);
  const row = (from: number, b: number) => Array.from(f.subarray(from + b * n, from + (b + 1) * n));
  for (let b = 0; b < rows; b++) {
    const [own, other] = [row(at['v'], b), row(at['v'], partners[b])];
    for (const [j, mixed] of row(mixup.mixed, b).entries())
      assert.ok(Math.abs(mixed - (lambda * own[j] + (1 - lambda) * other[j])) < 1e-12);
  }
  const g = Array.from({ length: rows * n }, (_, j) => Math.sin(j));
  f.set(g, mixup.dMixed);
  unmixRows(mixup, ctx, at['dv'], n);
  const dot = (x: number, y: (j: number) => number) => g.reduce((sum, _, j) => sum + f[x + j] * y(j), 0);
  const forward = dot(mixup.mixed, (j) => g[j]);
  assert.ok(Math.abs(forward - dot(at['v'], (j) => f[at['dv'] + j])) < 1e-9);
});

test('the loss and its gradient are λ of those for its own classes and 1 - λ of those for the partners', () => {
  const { mixup, ctx, at, f, i, rows: B, n: ld, lambda, partners } = batch();
  const loss = losses.create({ type: 'cross_entropy' }, { classes: 3, weights: [1, 2, 0.5] });
  const input = { f, i, logits: at['z'], ld, B };
  const run = (labels: readonly number[]) => {
    i.set(labels, at['dy']); // any room
    const { loss: value } = loss.run({ ...input, labels: at['dy'], dLogits: at['dz'] });
    return { value, gradient: Array.from(f.subarray(at['dz'], at['dz'] + B * ld)) };
  };
  const classes = Array.from(i.subarray(at['labels'], at['labels'] + B));
  const [own, others] = [run(classes), run(Array.from(partners, (b) => classes[b]))];
  const mixed = mixedLoss(mixup, ctx, loss, { ...input, labels: at['labels'], dLogits: at['dz'] });
  assert.ok(Math.abs(mixed.loss - (lambda * own.value + (1 - lambda) * others.value)) < 1e-12);
  for (let j = 0; j < B * ld; j++) {
    const want = lambda * own.gradient[j] + (1 - lambda) * others.gradient[j];
    assert.ok(Math.abs(f[at['dz'] + j] - want) < 1e-12);
  }
});
