/** Optimisers and clipping against PyTorch on the reference and the fast engine, and what every optimiser must keep. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRng } from '../../core/rng.ts';
import { chooseEngine, createEngine, createReferenceEngine, type Engine } from '../../engine/index.ts';
import { distance, loadTorch, values } from '../../../test/golden/load.ts';
import { clipFactor, type Optimizer, optimizers } from './index.ts';
import { integerPower } from './optimizer.ts';

const BASE = 16384;
const choices = (['wasm wide', 'wasm narrow'] as const).map((name) =>
  chooseEngine(() => performance.now(), name),
);
const fast = (words: number): Engine[] => choices.map((choice) => createEngine(choice, { words }));

/** Where parameters, gradients and up to two state arrays of `words` words lie. */
const layout = (words: number) => ({
  parameters: BASE,
  gradients: BASE + words,
  slots: [BASE + 2 * words, BASE + 3 * words],
  words,
  size: BASE + 4 * words,
});

/** Each optimiser with options that use all of its terms. */
const variants: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['sgd', {}],
  ['sgd', { momentum: 0.9, dampening: 0.2, weight_decay: 0.01 }],
  ['sgd', { momentum: 0.9, nesterov: true }],
  ['adam', { weight_decay: 0.01 }],
  ['adamw', { betas: [0.8, 0.99], weight_decay: 0.1 }],
];

describe('optimisers equal PyTorch', () => {
  for (const c of loadTorch('optim').cases) {
    const name = `${c.optimizer} ${JSON.stringify(c.options)}${c.max_norm === null ? '' : ', clipped'}`;
    const [steps, words] = c.gradients.shape;
    const at = layout(words);

    /** The parameters after each step. */
    const walk = (engine: Engine, optimizer: Optimizer, norms: readonly number[]): Float64Array => {
      const path = new Float64Array(steps * words);
      const gradients = values(c.gradients);
      engine.f.set(values(c.start), at.parameters);
      for (let t = 0; t < steps; t++) {
        engine.f.set(gradients.subarray(t * words, (t + 1) * words), at.gradients);
        let clip = 1;
        if (c.max_norm !== null) {
          const norm = Math.sqrt(engine.k.sumSquares(at.gradients, words));
          assert.ok(Math.abs(norm - norms[t]) <= 1e-6 * norm, 'norm');
          clip = clipFactor(norm, c.max_norm);
        }
        optimizer.update(engine.k, { ...at, lr: c.lrs[t], clip, step: t + 1 });
        path.set(engine.f.subarray(at.parameters, at.parameters + words), t * words);
      }
      return path;
    };

    test(`${name}: float64 within 1e-12`, () => {
      const engine = createReferenceEngine({ words: at.size, precision: 'float64' });
      const optimizer = optimizers.create({ type: c.optimizer, ...c.options });
      assert.ok(distance(walk(engine, optimizer, c.float64.norms), values(c.float64.path)) < 1e-12);
      for (const [n, slot] of optimizer.slots.entries()) {
        const got = engine.f.subarray(at.slots[n], at.slots[n] + words);
        const stored = c.float64.state[slot];
        const want = stored ? values(stored) : new Float64Array(words); // SGD without momentum has no state there
        assert.ok(distance(got, want) < 1e-12, slot);
      }
    });

    test(`${name}: float32 within 1e-5, wide and narrow the same bits`, () => {
      const optimizer = optimizers.create({ type: c.optimizer, ...c.options });
      const paths = fast(at.size).map((engine) => walk(engine, optimizer, c.float32.norms));
      assert.ok(distance(paths[0], values(c.float32.path)) < 1e-5);
      assert.ok(distance(paths[0], values(c.float64.path)) < 1e-5);
      assert.deepEqual(paths[0], paths[1]);
    });
  }
});

for (const [type, options] of [...optimizers.names.map((name) => [name, {}] as const), ...variants]) {
  describe(`every optimiser: ${type} ${JSON.stringify(options)}`, () => {
    const words = 96;
    const at = layout(words);
    const optimizer = optimizers.create({ type, ...options });

    /** Steps with gradients of random size; `ranges` cut the words. */
    const run = (engine: Engine, ranges: readonly (readonly [number, number])[]): Engine['f'] => {
      const rng = createRng(3);
      for (let j = 0; j < words; j++) engine.f[at.parameters + j] = rng.normal();
      for (let step = 1; step <= 20; step++) {
        for (let j = 0; j < words; j++) engine.f[at.gradients + j] = rng.normal() * 10 ** (j % 5);
        for (const [from, to] of ranges) {
          optimizer.update(engine.k, {
            parameters: at.parameters + from,
            gradients: at.gradients + from,
            slots: at.slots.map((slot) => slot + from),
            words: to - from,
            lr: 0.02,
            clip: 0.37,
            step,
          });
        }
      }
      return engine.f.slice(BASE, at.size);
    };

    test('sub-ranges give the same bits as the whole range', () => {
      for (const make of [
        () => createReferenceEngine({ words: at.size }),
        () => fast(at.size)[0],
        () => fast(at.size)[1],
      ]) {
        const whole = run(make(), [[0, words]]);
        const cut = run(make(), [[40, 96], [0, 8], [8, 40]]); // prettier-ignore
        assert.deepEqual(cut, whole);
      }
    });

    test('the fast engine equals the reference within 1e-5', () => {
      const want = run(createReferenceEngine({ words: at.size }), [[0, words]]);
      for (const engine of fast(at.size)) assert.ok(distance(run(engine, [[0, words]]), want) < 1e-5);
    });

    test('goes to the bottom of a quadratic', () => {
      const engine = createReferenceEngine({ words: at.size, precision: 'float64' });
      const { f, k } = engine;
      const height = () => {
        let sum = 0;
        for (let j = 0; j < words; j++) sum += ((1 + (j % 4)) * (f[at.parameters + j] - 0.1) ** 2) / 2;
        return sum;
      };
      for (let j = 0; j < words; j++) f[at.parameters + j] = j % 2 ? 1 : -1;
      const before = height();
      for (let step = 1; step <= 300; step++) {
        for (let j = 0; j < words; j++) f[at.gradients + j] = (1 + (j % 4)) * (f[at.parameters + j] - 0.1);
        optimizer.update(k, { ...at, lr: 0.02, clip: 1, step });
      }
      assert.ok(height() < 1e-3 * before, `${height()} of ${before}`);
    });

    test('a NaN or infinite gradient reaches the parameter', () => {
      for (const engine of fast(at.size)) {
        engine.f.fill(1, at.parameters, at.parameters + words);
        engine.f[at.gradients] = NaN;
        engine.f[at.gradients + 1] = Infinity;
        optimizer.update(engine.k, { ...at, lr: 0.02, clip: 1, step: 1 });
        assert.ok(!Number.isFinite(engine.f[at.parameters]) && !Number.isFinite(engine.f[at.parameters + 1]));
        assert.ok(Number.isFinite(engine.f[at.parameters + 2]));
      }
    });

    test('padding stays zero', () => {
      for (const engine of fast(at.size)) {
        for (let step = 1; step < 4; step++) optimizer.update(engine.k, { ...at, lr: 0.02, clip: 1, step });
        assert.ok(engine.f.subarray(at.parameters).every((x) => x === 0));
      }
    });
  });
}

test('clipFactor equals clip_grad_norm_', () => {
  for (const c of loadTorch('schedules').clip) {
    const engine = createReferenceEngine({ words: 64, precision: 'float64' });
    const gradients = values(c.gradients);
    engine.f.set(gradients);
    const norm = Math.sqrt(engine.k.sumSquares(0, gradients.length));
    assert.ok(Math.abs(norm - c.norm) <= 1e-14 * norm);
    const factor = clipFactor(norm, c.max_norm);
    assert.ok(distance(gradients.map((x) => x * factor), values(c.clipped)) < 1e-14); // prettier-ignore
  }
  assert.equal(clipFactor(0.5, 1), 1);
  assert.equal(clipFactor(0, 1), 1);
  assert.ok(Number.isNaN(clipFactor(NaN, 1)), 'a broken gradient must be seen');
  assert.equal(clipFactor(Infinity, 1), 0);
});

test('integerPower: exact for powers of two, relative error below n·2⁻⁵³ elsewhere', () => {
  assert.deepEqual([0, 1, 2, 13].map((n) => integerPower(0.5, n)), [1, 0.5, 0.25, 2 ** -13]); // prettier-ignore
  for (const x of [0.9, 0.99, 0.999]) {
    for (const n of [1, 2, 3, 7, 64, 1000, 5000]) {
      assert.ok(Math.abs(integerPower(x, n) / x ** n - 1) <= (n + 1) * 2 ** -52, `${x}^${n}`);
    }
  }
  assert.equal(integerPower(0.9, 10_000_000), 0);
});

test('Nesterov momentum without momentum is refused with what to do', () => {
  assert.throws(
    () => optimizers.create({ type: 'sgd', nesterov: true }),
    /momentum above 0.*got momentum 0.*Set momentum/s,
  );
  assert.throws(
    () => optimizers.create({ type: 'sgd', nesterov: true, momentum: 0.9, dampening: 0.1 }),
    /dampening 0\.1/,
  );
  assert.throws(() => optimizers.create({ type: 'adam', momentum: 0.9 }), /\[optimizer adam\].*momentum/);
  assert.throws(() => optimizers.create({ type: 'adam', betas: [0.9, 1] }), /\[optimizer adam\] betas/);
});
