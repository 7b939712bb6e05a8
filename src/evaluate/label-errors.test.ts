/** Confident learning: against NumPy, and what it must do with planted errors. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../core/rng.ts';
import { findLabelErrors, labelScores, needsMargins } from './label-errors.ts';

interface Case extends Record<'self_confidence' | 'normalized_margin', number[]> {
  classes: number;
  labels: number[];
  probabilities: number[];
  thresholds: number[];
  joint: number[];
  suspects: number[];
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../test/golden/labels/labels.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

for (const [n, wanted] of cases.entries()) {
  test(`confident learning equals NumPy, case ${n}`, () => {
    const { classes, probabilities } = wanted;
    const labels = Int32Array.from(wanted.labels);
    for (const by of ['self_confidence', 'normalized_margin'] as const) {
      const found = findLabelErrors({ probabilities, labels, classes }, by);
      assert.deepEqual([...found.joint], wanted.joint);
      for (const [c, t] of found.thresholds.entries()) assert.ok(Math.abs(t - wanted.thresholds[c]) < 1e-12);
      assert.deepEqual(
        [...labels.keys()].filter((x) => found.suspect[x] === 1),
        wanted.suspects,
      );
      assert.deepEqual([...found.order], wanted[by]);
    }
  });
}

/** Probabilities of a classifier that is mostly right, and labels of which some are flipped. */
function planted(seed: number, documents: number, classes: number, flips: number) {
  const rng = createRng(seed);
  const labels = Int32Array.from({ length: documents }, () => rng.int(classes));
  const probabilities = new Float64Array(documents * classes);
  for (const [x, label] of labels.entries()) {
    const sure = rng.uniform(0.6, 0.99);
    for (let c = 0; c < classes; c++)
      probabilities[x * classes + c] = c === label ? sure : (1 - sure) / (classes - 1);
  }
  const flipped = rng.shuffle([...labels.keys()]).slice(0, flips);
  for (const x of flipped) labels[x] = (labels[x] + 1 + rng.int(classes - 1)) % classes;
  return { labels, probabilities, classes, flipped };
}

test('planted errors come first; those of which the classifier is sure are suspects, and nothing else is', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 0, max: 8 }),
      (seed, C, flips) => {
        const { flipped, ...documents } = planted(seed, 300, C, flips);
        for (const by of labelScores) {
          const { order, suspect, score, suggested, thresholds } = findLabelErrors(documents, by);
          assert.deepEqual([...order.subarray(0, flips)].sort(), flipped.toSorted());
          for (const x of documents.labels.keys()) {
            const sure = documents.probabilities[x * C + suggested[x]] >= thresholds[suggested[x]];
            const isFlipped = flipped.includes(x);
            assert.equal(suggested[x] !== documents.labels[x], isFlipped);
            if (isFlipped && sure) assert.equal(suspect[x], 1);
            if (!isFlipped) assert.equal(suspect[x], 0);
          }
          assert.ok(score.every((value) => value >= 0 && value <= 1));
          assert.deepEqual(
            [...order].sort((a, b) => a - b),
            [...documents.labels.keys()],
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('a suspect is never of the class that is most probable; without errors there is none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2), fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })), { minLength: 1, maxLength: 60 }), // prettier-ignore
      (rows) => {
        const probabilities = rows.flatMap(([, row]) => row.map((p) => p / (row[0] + row[1] + row[2])));
        const labels = Int32Array.from(rows, ([label]) => label);
        const { suspect, suggested, joint } = findLabelErrors({ probabilities, labels, classes: 3 });
        for (const [x, label] of labels.entries()) assert.ok(suspect[x] === 0 || suggested[x] !== label);
        assert.ok([0, 4, 8].every((at) => joint[at] >= 1));
      },
    ),
  );
  const { flipped: _none, ...right } = planted(1, 100, 3, 0);
  assert.equal(findLabelErrors(right).suspect.indexOf(1), -1);
});

test('margins rank by what the epochs say, alone or together with the probabilities', () => {
  // document 0: unsure but learned at once; 1: sure of the label, but against its neighbours in training; 2: as 0 without a margin
  const probabilities = Float64Array.of(0.4, 0.6, 0.9, 0.1, 0.4, 0.6);
  const documents = { probabilities, labels: Int32Array.of(0, 0, 0), classes: 2 };
  const margins = Float64Array.of(Math.log(4), -Math.log(9), Number.NaN);
  const near = (found: Float64Array, wanted: readonly number[]) => {
    for (const [x, value] of wanted.entries())
      assert.ok(Math.abs(found[x] - value) < 1e-12, `${found[x]} ${value}`);
  };
  const by = findLabelErrors({ ...documents, margins }, 'area_under_margin');
  near(by.score, [0.8, 0.1, 0.4]);
  assert.deepEqual([...by.order], [1, 2, 0]);
  near(findLabelErrors({ ...documents, margins }, 'combined').score, [Math.sqrt(0.32), 0.3, 0.4]);
  for (const score of labelScores.filter(needsMargins))
    near(findLabelErrors(documents, score).score, [0.4, 0.9, 0.4]);
});
