/** The network from scratch: its gradients are right, it learns, and it is the same mathematics as the engine's layer. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkGradient, checkGradients } from '../src/scratch/gradient-check.ts';
import { measureGradientFlow } from '../src/scratch/gradient-flow.ts';
import { createLstm, lstmBackward, lstmForward } from '../src/scratch/lstm.ts';
import {
  accumulate,
  createRandom,
  createRnn,
  forward,
  lossOf,
  type Loss,
  predict,
  sgdStep,
  shuffled,
  weightNames,
  zeroGradient,
} from '../src/scratch/rnn.ts';
import { tasks, trainTask } from '../src/scratch/tasks.ts';
import { chooseEngine, type EngineRequest } from '../src/engine/index.ts';
import { createScratchClassifier, toTensors } from '../src/models/scratch/classifier.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { createSession } from '../src/models/session.ts';
import { distance } from './golden/load.ts';

describe('gradient check', () => {
  for (const seed of [0, 1, 2]) {
    test(`every weight of both networks, seed ${seed}: largest relative error at most 1e-6`, () => {
      const checks = checkGradients(seed);
      assert.deepEqual(
        checks.map(({ loss }) => loss),
        ['mse', 'cross_entropy'],
      );
      for (const { largestError, weights, sizes, loss } of checks) {
        assert.ok(largestError <= 1e-6, `${loss}: ${largestError}`);
        const { D, H, O } = sizes;
        assert.equal(
          weights.reduce((sum, { count }) => sum + count, 0),
          H * D + H * H + H + O * H + O,
        );
        assert.ok(weights.every(({ analytic }) => analytic !== 0));
      }
    });
  }

  test('a wrong gradient is found', () => {
    const net = createRnn({ D: 2, H: 3, O: 1 }, createRandom(1));
    // a loss whose slope is not the one that is claimed: the target of the last step is asked for as a class
    const wrong = { x: [[1, 2]], target: [0.5] };
    const honest = checkGradient(net, wrong, 'mse');
    assert.ok(honest.largestError <= 1e-6);
    const scaled = { ...net, Why: net.Why.map((w) => w * 2) };
    const grad = zeroGradient(net);
    accumulate(scaled, wrong, 'mse', grad);
    const byHand = honest.weights.find(({ name }) => name === 'Why');
    assert.ok(byHand && Math.abs(grad.Why[byHand.at] - byHand.numeric) > 1e-3);
  });
});

describe('learning', () => {
  for (const task of tasks) {
    test(`${task.name}: the mean squared error falls by at least 20 times`, async () => {
      const result = await trainTask(task, { seed: 0 });
      assert.ok(result.fall >= 20, `${result.fall} times`);
      assert.equal(result.curve.length, task.settings.epochs + 1);
      const again = await trainTask(task, { seed: 0, settings: { ...task.settings, epochs: 1 } });
      assert.deepEqual(again.curve[0], result.curve[0]);
      const [{ target, output }] = result.predictions;
      const errors = target.flatMap((wanted, t) =>
        wanted === null ? [] : [(wanted - (output[t] ?? NaN)) ** 2],
      );
      assert.ok(errors.reduce((sum, e) => sum + e, 0) / errors.length < result.curve[0].loss / 5);
    });
  }

  test('SGD holds every number within ±clip, divides by the examples and forgets the gradient', () => {
    const net = createRnn({ D: 2, H: 2, O: 1 }, createRandom(3));
    const before = structuredClone(net);
    const grad = zeroGradient(net);
    grad.bh.set([8, -0.4]);
    const norm = sgdStep(net, grad, { lr: 0.5, clip: 1, examples: 4 });
    assert.ok(Math.abs(norm - Math.hypot(2, 0.1)) < 1e-12);
    assert.ok(Math.abs(net.bh[0] - (before.bh[0] - 0.5)) < 1e-12);
    assert.ok(Math.abs(net.bh[1] - (before.bh[1] + 0.05)) < 1e-12);
    assert.deepEqual(net.Whh, before.Whh);
    assert.deepEqual([...grad.bh], [0, 0]);
  });

  test('a gradient that is not finite changes nothing', () => {
    const net = createRnn({ D: 2, H: 2, O: 1 }, createRandom(3));
    const before = structuredClone(net);
    const grad = zeroGradient(net);
    grad.by[0] = Number.NaN;
    assert.ok(Number.isNaN(sgdStep(net, grad, { lr: 1, clip: 1, examples: 1 })));
    assert.deepEqual(net, before);
  });

  test('a word is the same as a vector with a 1 at its place', () => {
    const net = createRnn({ D: 4, H: 3, O: 2 }, createRandom(5));
    const words = [2, 0, 3, 3];
    const vectors = words.map((word) => [0, 1, 2, 3].map((d) => (d === word ? 1 : 0)));
    assert.deepEqual(predict(net, words), predict(net, vectors));
    const [a, b] = [zeroGradient(net), zeroGradient(net)];
    const target = [null, 1, null, 0];
    accumulate(net, { x: words, target }, 'cross_entropy', a);
    accumulate(net, { x: vectors, target }, 'cross_entropy', b);
    for (const name of weightNames) assert.deepEqual(a[name], b[name]);
  });

  test('shuffling is a permutation, and another one for another seed', () => {
    const [a, b] = [0, 1].map((seed) => [...shuffled(50, createRandom(seed))]);
    assert.deepEqual(a.toSorted((x, y) => x - y), Array.from({ length: 50 }, (_, i) => i)); // prettier-ignore
    assert.notDeepEqual(a, b);
  });
});

test('the gradient through an LSTM is that of central differences', () => {
  const random = createRandom(9);
  const [D, H, T] = [3, 4, 6];
  const lstm = createLstm({ D, H }, random, { forgetBias: 1 });
  const xs = Array.from({ length: T }, () => Array.from({ length: D }, () => random.normal()));
  const weights = Array.from({ length: H }, () => random.normal());
  const value = () => {
    const { h } = lstmForward(lstm, xs);
    return weights.reduce((sum, w, j) => sum + w * h[T * H + j], 0);
  };
  const { dx } = lstmBackward(lstm, lstmForward(lstm, xs), weights);
  const numeric = xs.flatMap((x) =>
    x.map((before, d) => {
      x[d] = before + 1e-5;
      const up = value();
      x[d] = before - 1e-5;
      const down = value();
      x[d] = before;
      return (up - down) / 2e-5;
    }),
  );
  assert.ok(distance(dx, numeric) <= 1e-8, String(distance(dx, numeric)));
});

test('the gradient vanishes in the RNN, faster the longer the sequence, and lives on in the LSTM', () => {
  const { curves } = measureGradientFlow(0, [10, 50, 100]);
  const arrives = (network: string) =>
    curves.filter((curve) => curve.network === network).map((curve) => curve.arrives);
  const [r10, r50, r100] = arrives('rnn');
  assert.ok(r10 < 0.05 && r50 < r10 * 1e-6 && r100 < r50 * 1e-6, arrives('rnn').join());
  assert.ok(arrives('lstm-open').every((share) => share > 0.01), arrives('lstm-open').join()); // prettier-ignore
  assert.ok(arrives('lstm')[1] > 1000 * r50);
  for (const { norms, length } of curves) {
    assert.equal(norms.length, length);
    assert.ok(Math.abs(norms[length - 1] - 1) < 1e-12);
  }
});

describe("the same mathematics as the engine's RNN", () => {
  const [D, H, O] = [9, 5, 3];
  const sequences = [Int32Array.of(2, 3, 4, 2, 8), Int32Array.of(5, 6, 7), Int32Array.of(3)];
  const labels = [2, 0, 1];
  const model = recurrentOptions({
    type: 'rnn',
    embedding_dim: H,
    hidden_size: H,
    dropout: 0,
    pooling: ['last'],
  });
  const plan = {
    shape: { model, vocabularySize: D, classes: O },
    capacity: { rows: 3, tokens: 9, steps: 5 },
    threads: 1,
    training: {
      loss: { type: 'cross_entropy' },
      optimizer: { type: 'sgd' },
      clipNorm: null,
      seed: 0,
    },
  };
  const engines: readonly (readonly [EngineRequest, number])[] = [
    ['reference float64', 1e-12],
    ['wasm wide', 1e-5],
    ['wasm narrow', 1e-5],
  ];
  const net = createRnn({ D, H, O }, createRandom(4), { recurrent: 0.9, input: 0.7, output: 0.8 });
  const random = createRandom(5);
  for (let n = 0; n < H * H; n++) net.Whh[n] += 0.3 * random.normal();
  for (const array of [net.bh, net.by]) array.set(Array.from(array, () => random.normal()));

  for (const [name, bound] of engines) {
    test(`${name}: loss, every gradient and predictions within ${bound}`, async () => {
      const session = await createSession({ engine: chooseEngine(() => performance.now(), name), ...plan });
      session.load(toTensors(net));
      const grad = zeroGradient(net);
      const kind: Loss = 'cross_entropy';
      const losses = sequences.map((x, b) => {
        const target = Array.from(x, (_, t) => (t === x.length - 1 ? labels[b] : null));
        assert.equal(lossOf(net, forward(net, x), target, kind).loss, accumulate(net, { x, target }, kind, zeroGradient(net)).loss); // prettier-ignore
        return accumulate(net, { x, target }, kind, grad).loss;
      });
      const { loss } = session.gradients(sequences, labels);
      assert.ok(Math.abs(loss - (losses[0] + losses[1] + losses[2]) / 3) <= bound, `loss ${loss}`);
      const engineGradients = new Map(
        session.parameters.list.map((p) => [p.name, p.read(session.engine.f, p.grad)]),
      );
      const same = [
        ['embedding.weight', grad.Wxh],
        ['rnn.weight_hh_l0', grad.Whh],
        ['rnn.bias_ih_l0', grad.bh],
        ['rnn.bias_hh_l0', grad.bh],
        ['classifier.weight', grad.Why],
        ['classifier.bias', grad.by],
      ] as const;
      for (const [tensor, ours] of same) {
        const theirs = engineGradients.get(tensor) ?? [];
        const mean = ours.map((g) => g / sequences.length);
        assert.ok(distance(theirs, mean) <= bound, `${tensor}: ${distance(theirs, mean)}`);
        assert.ok(mean.some((g) => Math.abs(g) > 1e-3));
      }
      const ours = sequences.flatMap((x) => [...predict(net, x)]);
      assert.ok(distance(session.predict(sequences), ours) <= bound);
      await session.close();
    });
  }

  test('as a classifier: the batch step is the same SGD as by hand, and weights survive being saved', () => {
    const classifier = createScratchClassifier(
      { hidden_size: H, clip_value: 0.01, ask: 'last' },
      { vocabularySize: D, classes: O, capacity: plan.capacity, training: plan.training },
    );
    classifier.load(toTensors(net));
    assert.deepEqual(classifier.tensors(), toTensors(net));
    const byHand = structuredClone(net);
    const grad = zeroGradient(byHand);
    for (const [b, x] of sequences.entries()) {
      const target = Array.from(x, (_, t) => (t === x.length - 1 ? labels[b] : null));
      accumulate(byHand, { x, target }, 'cross_entropy', grad);
    }
    sgdStep(byHand, grad, { lr: 0.7, clip: 0.01, examples: 3 });
    classifier.step(sequences, labels, { step: 0, lr: 0.7 });
    assert.deepEqual(classifier.tensors(), toTensors(byHand));
    assert.notDeepEqual(classifier.tensors(), toTensors(net));
  });
});
