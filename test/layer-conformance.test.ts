/** What every recurrent layer of the family must keep; a new member is tested unasked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRng } from '../src/core/rng.ts';
import { layers } from '../src/nn/layers/index.ts';
import type { RecurrentOptions } from '../src/nn/layers/recurrent.ts';
import { distance } from './golden/load.ts';
import {
  createStack,
  type EngineName,
  normals,
  paddingIsZero,
  pick,
  readMatrix,
  rowsOf as packedRows,
  type Stack,
  writeMatrix,
} from './support/network.ts';

const LENGTHS = [9, 9, 7, 4, 4, 3, 1, 1];
const TOKENS = LENGTHS.reduce((sum, n) => sum + n, 0);
const rowsOf = (b: number) => packedRows(b, LENGTHS);
const FAST: readonly EngineName[] = ['wasm wide', 'wasm narrow'];

const options = (type: string, more: Partial<RecurrentOptions> = {}): RecurrentOptions => ({
  cell: layers.create({ type }),
  name: 'rnn',
  inputSize: 21,
  hiddenSize: 19,
  numLayers: 2,
  bidirectional: true,
  dropout: 0,
  variational: false,
  ...more,
});

/** Output and all gradients of one pass over seeded numbers. */
function pass(stack: Stack): { out: Float64Array; dx: Float64Array; gradients: Float64Array[] } {
  const { f } = stack.engine;
  const rng = createRng(71);
  writeMatrix(f, stack.x, normals(rng, stack.x.rows * stack.x.size));
  const out = stack.forward();
  stack.backward(normals(rng, out.length));
  const gradients = stack.parameters.list.map((p) => Float64Array.from(p.read(f, p.grad)));
  return { out, dx: readMatrix(f, stack.dx), gradients };
}

for (const type of layers.names) {
  describe(`every layer: ${type}`, () => {
    test('wide and narrow give the same bits, and those of the reference within 1e-5', () => {
      for (const more of [{}, { dropout: 0.4 }, { dropout: 0.4, variational: true }]) {
        const [wide, narrow] = FAST.map((name) => pass(createStack(name, options(type, more), LENGTHS)));
        const want = pass(createStack('reference float32', options(type, more), LENGTHS));
        assert.deepEqual(wide, narrow);
        assert.ok(distance(wide.out, want.out) < 1e-5 && distance(wide.dx, want.dx) < 1e-5);
        for (const [n, gradient] of wide.gradients.entries())
          assert.ok(distance(gradient, want.gradients[n]) < 1e-5);
      }
    });

    test('parameter gradients add up, activation gradients are written', () => {
      const stack = createStack('wasm narrow', options(type), LENGTHS);
      const { f } = stack.engine;
      const once = pass(stack);
      assert.deepEqual(pass(stack), once);
      stack.recurrent.forward(stack.ctx);
      stack.recurrent.backward(stack.ctx); // without clearing
      assert.deepEqual(readMatrix(f, stack.dx), once.dx);
      for (const [n, p] of stack.parameters.list.entries()) {
        const double = once.gradients[n].map((g) => 2 * g);
        assert.ok(distance(p.read(f, p.grad), double) < 1e-5, p.name);
      }
    });

    test('a sequence gives the same bits alone as in a batch', () => {
      for (const name of FAST) {
        const stack = createStack(name, options(type), LENGTHS);
        const x = normals(createRng(72), TOKENS * 21);
        writeMatrix(stack.engine.f, stack.x, x);
        const out = stack.forward();
        for (const b of LENGTHS.keys()) {
          const alone = createStack(name, options(type), [LENGTHS[b]]);
          writeMatrix(alone.engine.f, alone.x, pick(x, rowsOf(b), 21));
          assert.deepEqual(alone.forward(), pick(out, rowsOf(b), 2 * 19), `sequence ${b}`);
        }
      }
    });

    test('what other sequences say changes nothing', () => {
      const stack = createStack('wasm narrow', options(type), LENGTHS);
      const x = normals(createRng(73), TOKENS * 21);
      writeMatrix(stack.engine.f, stack.x, x);
      const before = pick(stack.forward(), rowsOf(3), 2 * 19);
      const mine = new Set(rowsOf(3));
      writeMatrix(stack.engine.f, stack.x, x.map((v, j) => (mine.has(Math.floor(j / 21)) ? v : 50 - v))); // prettier-ignore
      assert.deepEqual(pick(stack.forward(), rowsOf(3), 2 * 19), before);
    });

    test('without dropout a model for prediction gives the same bits as one for training', () => {
      const x = normals(createRng(74), TOKENS * 21);
      const [a, b] = [true, false].map((training) => {
        const stack = createStack('wasm narrow', options(type), LENGTHS, training);
        writeMatrix(stack.engine.f, stack.x, x);
        return stack.forward();
      });
      assert.deepEqual(a, b);
    });

    test('a NaN in one sequence stays there and is not hidden', () => {
      const stack = createStack('wasm narrow', options(type), LENGTHS);
      const x = normals(createRng(75), TOKENS * 21);
      x[rowsOf(2)[3] * 21] = NaN;
      writeMatrix(stack.engine.f, stack.x, x);
      const out = stack.forward();
      assert.ok(pick(out, rowsOf(2), 2 * 19).some(Number.isNaN));
      for (const b of LENGTHS.keys())
        if (b !== 2) assert.ok(!pick(out, rowsOf(b), 2 * 19).some(Number.isNaN), `sequence ${b}`);
    });

    test('padding of rows stays zero, forward and backward', () => {
      const stack = createStack('wasm narrow', options(type), LENGTHS);
      pass(stack);
      for (const matrix of [stack.out, stack.dx]) assert.ok(paddingIsZero(stack.engine.f, matrix));
      const { f } = stack.engine;
      const real = new Set(stack.parameters.list.flatMap((p) => Array.from(p.read(Float64Array.from({ length: p.grad + p.words }, (_, w) => w), p.grad)))); // prettier-ignore
      for (let w = stack.parameters.grad; w < stack.parameters.grad + stack.parameters.words; w++) {
        if (!real.has(w)) assert.equal(f[w], 0);
      }
    });
  });
}
