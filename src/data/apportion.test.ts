import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apportion, apportionClasses, dealClasses } from './apportion.ts';

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

/** Fractions that add up to 1, from tenths. */
const fractions = fc
  .array(fc.integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 5 })
  .filter((weights) => sum(weights) > 0)
  .map((weights) => weights.map((w) => w / sum(weights)));

test("the workshop's split", () => {
  assert.deepEqual(apportion(2225, [0.8, 0.1, 0.1]), [1780, 222, 223]);
  assert.deepEqual(apportion(10, [0.8, 0.1, 0.1]), [8, 1, 1]);
  assert.deepEqual(apportion(3, [0.7, 0.2, 0.1]), [2, 1, 0]);
  assert.deepEqual(apportion(7, [0.5, 0, 0.5]), [3, 0, 4]);
});

test('sizes add up and are off by less than one; a part of fraction 0 gets nothing', () => {
  fc.assert(
    fc.property(fc.nat(5000), fractions, (total, shares) => {
      const sizes = apportion(total, shares);
      assert.equal(sum(sizes), total);
      for (const [p, size] of sizes.entries()) {
        assert.ok(Math.abs(size - total * shares[p]) < 1);
        if (shares[p] === 0) assert.equal(size, 0);
      }
    }),
  );
});

test('classes: rows and columns add up, and each cell is near its share', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(3), fc.nat(400)), { minLength: 1, maxLength: 8 }),
      fractions,
      (classes, shares) => {
        const targets = apportionClasses(classes, shares);
        const columns = shares.map((_, p) => sum(targets.map((row) => row[p])));
        assert.deepEqual(targets.map(sum), classes);
        assert.deepEqual(
          columns.map((n) => Math.abs(n)),
          columns,
          'none is negative',
        );
        // making sure that each class is present may move a document of it into every part but one
        const moved = classes.length * (shares.length - 1);
        const exact = apportion(sum(classes), shares);
        for (const [p, n] of columns.entries())
          assert.ok(Math.abs(n - exact[p]) <= moved, `${columns} ${exact}`);
        for (const [c, row] of targets.entries()) {
          if (shares[0] > 0 && classes[c] > 0) assert.ok(row[0] > 0, `class ${c} has no part in the first`);
          for (const [p, n] of row.entries()) {
            assert.ok(
              Math.abs(n - classes[c] * shares[p]) < 1 + moved,
              `${classes} ${shares}: ${JSON.stringify(targets)}`,
            );
            if (shares[p] === 0) assert.equal(n, 0);
            else if (classes[c] >= shares.length) assert.ok(n >= 1, `class ${c} is missing from part ${p}`);
          }
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('classes of real size are cut to the sizes of the whole', () => {
  const targets = apportionClasses([417, 511, 401, 386, 510], [0.8, 0.1, 0.1]);
  assert.deepEqual(
    [0, 1, 2].map((p) => sum(targets.map((row) => row[p]))),
    [1780, 222, 223],
  );
  for (const [c, size] of [417, 511, 401, 386, 510].entries())
    assert.ok(Math.abs(targets[c][2] - size / 10) < 1);
});

test('dealt classes: each part has its share of every class and of the whole, off by less than one', () => {
  const sizes = fc.array(fc.nat(60), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 2, max: 12 }), (classes, parts) => {
      const targets = dealClasses(classes, parts);
      assert.deepEqual(targets.map(sum), classes);
      for (let p = 0; p < parts; p++) {
        const column = targets.map((row) => row[p]);
        for (const [c, n] of column.entries()) assert.ok(Math.abs(n - classes[c] / parts) < 1);
        assert.ok(Math.abs(sum(column) - sum(classes) / parts) < 1);
      }
    }),
  );
  assert.deepEqual(dealClasses([3, 4], 2), [
    [2, 1],
    [2, 2],
  ]);
});
