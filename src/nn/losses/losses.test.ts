/** Losses against PyTorch, against central differences, and what every loss must keep. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRng } from '../../core/rng.ts';
import { distance, loadTorch, values } from '../../../test/golden/load.ts';
import { type LossInput, losses } from './index.ts';

/** A batch in a memory of its own, with padded rows and marks around it. */
function memory(
  precision: 'float32' | 'float64',
  z: ArrayLike<number>,
  y: ArrayLike<number>,
  C: number,
): LossInput & { dLogits: number } {
  const B = y.length;
  const ld = Math.ceil((C + 1) / 16) * 16;
  const [logits, dLogits, labels] = [16, 32 + B * ld, 0];
  const f = precision === 'float32' ? new Float32Array(48 + 2 * B * ld) : new Float64Array(48 + 2 * B * ld);
  f.fill(777); // what must be left alone, and padding that must be overwritten
  for (let b = 0; b < B; b++) for (let c = 0; c < C; c++) f[logits + b * ld + c] = z[b * C + c];
  return { f, i: Int32Array.from(y), logits, ld, labels, B, dLogits };
}

/** The gradient without padding. */
function gradient({ f, dLogits, ld, B }: LossInput & { dLogits: number }, C: number): Float64Array {
  return Float64Array.from({ length: B * C }, (_, j) => f[dLogits + Math.floor(j / C) * ld + (j % C)]);
}

const context = (classes: number, weights: readonly number[] | null, priors?: readonly number[]) => ({
  classes,
  ...(weights && { weights }),
  ...(priors && { priors }),
});

describe('losses equal PyTorch', () => {
  const cases = [...loadTorch('losses').cases, ...loadTorch('imbalance').cases];
  for (const [n, c] of cases.entries()) {
    const [B, C] = c.logits.shape;
    const name = `${n}: ${c.loss} ${B}×${C} ${JSON.stringify(c.options)}${c.weights ? ' weighted' : ''}`;
    test(name, () => {
      const loss = losses.create({ type: c.loss, ...c.options }, context(C, c.weights, c.priors));
      for (const [precision, tolerance] of [
        ['float64', 1e-13],
        ['float32', 1e-5],
      ] as const) {
        const input = memory(precision, values(c.logits), values(c.labels), C);
        const got = loss.run(input);
        const want = c[precision];
        assert.ok(Math.abs(got.loss / want.loss - 1) < tolerance, `${got.loss} but ${want.loss}`);
        assert.ok(distance(gradient(input, C), values(want.gradient)) < tolerance, precision);
        const proba = new Float64Array(B * C);
        loss.probabilities(input, proba);
        assert.ok(distance(proba, values(c.probabilities)) < 1e-14);
      }
    });
  }
});

for (const { type } of losses.members) {
  describe(`every loss: ${type}`, () => {
    const [B, C] = [6, 5];
    const rng = createRng(11);
    const z = Float64Array.from({ length: B * C }, () => rng.normal());
    const y = [4, 0, 1, 1, 3, 2];
    const weights = [0.5, 2, 1, 0.25, 3];
    const priors = [0.1, 0.4, 0.05, 0.15, 0.3];
    const own: Partial<Record<string, readonly object[]>> = {
      cross_entropy: [{}, { label_smoothing: 0.2 }, { logit_adjustment: 1.5, label_smoothing: 0.1 }],
      focal: [{}, { focal_gamma: 0 }, { focal_gamma: 0.5, logit_adjustment: 1 }],
    };
    const all = (own[type] ?? [{}]).flatMap((options) =>
      [context(C, null), context(C, weights, priors)].map((c) => losses.create({ type, ...options }, c)),
    );

    test('gradient equals central differences within 1e-6', () => {
      for (const loss of all) {
        const input = memory('float64', z, y, C);
        loss.run(input);
        const analytic = gradient(input, C);
        const numeric = Float64Array.from({ length: B * C }, (_, j) => {
          const at = input.logits + Math.floor(j / C) * input.ld + (j % C);
          const [value, h] = [input.f[at], 1e-6];
          const { dLogits: _gradient, ...without } = input;
          input.f[at] = value + h;
          const up = loss.run(without).loss;
          input.f[at] = value - h;
          const down = loss.run(without).loss;
          input.f[at] = value;
          return (up - down) / (2 * h);
        });
        assert.ok(distance(analytic, numeric) < 1e-6);
      }
    });

    test('batches combine by their weights to the loss of all documents', () => {
      for (const loss of all) {
        const whole = loss.run(memory('float64', z, y, C));
        const parts = [
          loss.run(memory('float64', z.subarray(0, 2 * C), y.slice(0, 2), C)),
          loss.run(memory('float64', z.subarray(2 * C), y.slice(2), C)),
        ];
        const weight = parts.reduce((sum, p) => sum + p.weight, 0);
        const mean = parts.reduce((sum, p) => sum + p.loss * p.weight, 0) / weight;
        assert.ok(Math.abs(weight - whole.weight) < 1e-12 && Math.abs(mean - whole.loss) < 1e-12);
      }
    });

    test('the gradient is written, not added; padded columns become zero; the rest of the memory stays', () => {
      for (const loss of all) {
        const input = memory('float32', z, y, C);
        loss.run(input);
        const once = input.f.slice();
        loss.run(input);
        assert.deepEqual(input.f, once);
        for (let j = 0; j < input.f.length; j++) {
          const column = (j - input.dLogits) % input.ld;
          const inside = j >= input.dLogits && j < input.dLogits + B * input.ld;
          if (inside && column >= C) assert.equal(input.f[j], 0);
          if (!inside && (j < input.logits || j >= input.logits + B * input.ld))
            assert.equal(input.f[j], 777);
        }
      }
    });

    test('without dLogits nothing is written', () => {
      const { dLogits: _gradient, ...input } = memory('float32', z, y, C);
      const before = input.f.slice();
      all[0].run(input);
      assert.deepEqual(input.f, before);
    });

    test('an output that is NaN or infinite shows in the loss, wherever it stands', () => {
      for (const loss of all) {
        for (const bad of [NaN, Infinity, -Infinity]) {
          for (let j = 0; j < B * C; j++) {
            const broken = z.slice();
            broken[j] = bad;
            const got = loss.run(memory('float32', broken, y, C)).loss;
            assert.ok(!Number.isFinite(got), `${bad} at ${j}: ${got}`);
          }
        }
      }
    });

    test('probabilities add up to 1 and keep the order of the outputs', () => {
      const big = z.map((x) => x * 400);
      const proba = new Float64Array(B * C);
      all[0].probabilities(memory('float64', big, y, C), proba);
      for (let b = 0; b < B; b++) {
        const row = proba.subarray(b * C, (b + 1) * C);
        assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-15);
        assert.equal(
          row.indexOf(Math.max(...row)),
          big.subarray(b * C, (b + 1) * C).indexOf(Math.max(...big.subarray(b * C, (b + 1) * C))),
        );
      }
    });
  });
}

test('options out of range are refused with the name of the loss', () => {
  assert.throws(
    () => losses.create({ type: 'cross_entropy', label_smoothing: 1 }, { classes: 3 }),
    /\[loss cross_entropy\] label_smoothing/,
  );
  assert.throws(() => losses.create({ type: 'mse', label_smoothing: 0.1 }, { classes: 3 }), /\[loss mse\]/);
  const unknown: string = 'hinge'; // written out, the compiler would refuse it
  assert.throws(
    () => losses.create({ type: unknown }, { classes: 3 }),
    /must be one of cross_entropy, mse, .*but got "hinge"/,
  );
});

test('focal loss: its probabilities are the class frequencies at its minimum; sure outputs stay finite', () => {
  // documents of the same outputs, of which 60, 30 and 10 % are of the three classes: the minimum by gradient descent
  const y = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];
  const loss = losses.create({ type: 'focal', focal_gamma: 2 }, { classes: 3 });
  const z = [0, 0, 0];
  for (let step = 0; step < 4000; step++) {
    const input = memory('float64', Array.from(y, () => z).flat(), y, 3);
    loss.run(input);
    const d = gradient(input, 3);
    for (let c = 0; c < 3; c++) for (let b = 0; b < y.length; b++) z[c] -= 2 * d[b * 3 + c];
  }
  const got = new Float64Array(3);
  loss.probabilities(memory('float64', z, [0], 3), got);
  assert.ok(distance(got, Float64Array.of(0.6, 0.3, 0.1)) < 1e-6, got.join());

  const sure = memory('float64', [2000, -2000, 0], [0], 3);
  assert.equal(loss.run(sure).loss, 0);
  assert.ok(gradient(sure, 3).every((x) => Math.abs(x) === 0));
  loss.probabilities(sure, got);
  assert.deepEqual([...got], [1, 0, 0]);
});

test('focal loss: the gradient of a document that the network is nearly sure of is exact within 1e-9', () => {
  const loss = losses.create({ type: 'focal', focal_gamma: 2 }, { classes: 2 });
  for (const margin of [4, 9.2, 9.3, 12]) {
    const input = memory('float64', [margin, 0], [0], 2);
    loss.run(input);
    const u = 1 / (1 + Math.exp(margin)); // 1e-4 lies between the second and the third
    const want = u ** 3 * ((2 * (1 - u) * Math.log1p(-u)) / u - 1);
    assert.ok(Math.abs(gradient(input, 2)[0] / want - 1) < 1e-9, `margin ${margin}`);
  }
});

test('logit adjustment changes the loss of training alone, not the probabilities', () => {
  const z = [0.3, -0.2, 0.1];
  const both = [0, 1].map((tau) => {
    const context = { classes: 3, priors: [0.8, 0.15, 0.05] };
    const loss = losses.create({ type: 'cross_entropy', logit_adjustment: tau }, context);
    const input = memory('float64', z, [2], 3);
    const to = new Float64Array(3);
    loss.probabilities(input, to);
    return { loss: loss.run(input).loss, to };
  });
  assert.deepEqual(both[0].to, both[1].to);
  assert.ok(both[1].loss > both[0].loss + 1); // the rare class costs more
});

test('the cross-entropy against soft labels is that of the classes, each by its probability; its gradient is the slope', () => {
  const [B, C] = [4, 3];
  const rng = createRng(5);
  const z = Float64Array.from({ length: B * C }, () => rng.normal());
  const q = [0.2, 0.5, 0.3, 0, 1, 0, 1 / 3, 1 / 3, 1 / 3, 0.9, 0.1, 0];
  for (const smoothing of [0, 0.1])
    for (const weights of [null, [0.5, 2, 1]]) {
      const loss = losses.create({ type: 'cross_entropy', label_smoothing: smoothing }, context(C, weights));
      const whole = memory('float64', z, [0, 0, 0, 0], C);
      // in the memory behind the outputs
      const f = Float64Array.from([...whole.f, ...q]);
      const input = { ...whole, f, targets: whole.f.length };
      const got = loss.run(input);
      let [sum, weight] = [0, 0];
      for (let b = 0; b < B; b++)
        for (let c = 0; c < C; c++) {
          const own = loss.run(memory('float64', z.subarray(b * C, (b + 1) * C), [c], C));
          sum += q[b * C + c] * own.loss * own.weight;
          weight += q[b * C + c] * own.weight;
        }
      // the target of smoothing has the weights of all classes, whatever the label
      assert.ok(Math.abs(got.weight - weight) < 1e-12);
      assert.ok(Math.abs(got.loss - sum / weight) < 1e-12, `${got.loss} but ${sum / weight}`);
      const analytic = gradient(input, C);
      for (let j = 0; j < B * C; j++) {
        const at = input.logits + Math.floor(j / C) * input.ld + (j % C);
        const [value, h] = [f[at], 1e-6];
        const { dLogits: _gradient, ...without } = input;
        const [up, down] = [value + h, value - h].map((moved) => {
          f[at] = moved;
          return loss.run(without).loss;
        });
        f[at] = value;
        assert.ok(Math.abs(analytic[j] - (up - down) / (2 * h)) < 1e-6);
      }
    }
});
