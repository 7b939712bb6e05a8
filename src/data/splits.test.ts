import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DataError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import { apportion } from './apportion.ts';
import { createDataset } from './dataset.ts';
import { findDuplicates } from './duplicates.ts';
import { createFolds, requireFoldable } from './folds.ts';
import { requireClasses, splitDataset, splitIds } from './splits.ts';

/** Documents "doc 0", "doc 1", ... of the given class sizes, in a mixed order; some repeat others. */
function makeDataset(
  classSizes: readonly number[],
  copies: readonly (readonly [of: number, at: number])[] = [],
) {
  const labels = createRng(7).shuffle(
    classSizes.flatMap((size, c) => Array.from({ length: size }, () => `c${c}`)),
  );
  const texts = labels.map((_, i) => `document number ${i} word${i * 7919} and${i * 104729}`);
  for (const [of, at] of copies) {
    texts[at % texts.length] = texts[of % texts.length];
    labels[at % texts.length] = labels[of % texts.length];
  }
  return createDataset(labels.map((label, row) => ({ text: texts[row], label, row: row * 2 })));
}

const classSizes = fc.array(fc.integer({ min: 5, max: 60 }), { minLength: 2, maxLength: 5 });
const copies = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 15 });
const fractions = fc.constantFrom(
  [0.8, 0.1, 0.1],
  [0.6, 0.2, 0.2],
  [0.5, 0, 0.5],
  [0.34, 0.33, 0.33],
  [0.9, 0.1, 0],
);

suite('splits', () => {
  test('every document is in one part, copies are in the same, ids come back, the seed decides', () => {
    fc.assert(
      fc.property(
        classSizes,
        copies,
        fractions,
        fc.constantFrom('stratified', 'random'),
        fc.nat(100),
        (sizes, pairs, shares, split, seed) => {
          const dataset = makeDataset(sizes, pairs);
          const counts = new Set(dataset.labels).size;
          fc.pre(
            counts >= 2 &&
              dataset.labelNames.every((_, c) => dataset.labels.filter((l) => l === c).length > 1),
          );
          const options = { split, fractions: shares, seed } as const;
          const splits = splitDataset(dataset, options);
          const { train, val, test: tested } = splits;
          const all = [...train, ...val, ...tested];
          assert.deepEqual(
            all.toSorted((a, b) => a - b),
            dataset.texts.map((_, i) => i),
          );
          for (const part of [train, val, tested])
            assert.deepEqual(
              [...part],
              [...part].toSorted((a, b) => a - b),
            );
          const partOf = new Map(
            [train, val, tested].flatMap((part, p) => Array.from(part, (i) => [dataset.texts[i], p])),
          );
          for (const [p, part] of [train, val, tested].entries()) {
            for (const i of part) assert.equal(partOf.get(dataset.texts[i]), p, 'a copy is on another side');
          }
          assert.equal(splits.duplicates.leakedVal + splits.duplicates.leakedTest, 0);
          assert.deepEqual(splitDataset(dataset, options), splits);
          const again = splitDataset(dataset, { ids: splitIds(dataset, splits) });
          assert.deepEqual([again.train, again.val, again.test], [train, val, tested]);
        },
      ),
    );
  });

  test('without copies the sizes are exact, and a stratified part has the shares of the whole', () => {
    fc.assert(
      fc.property(classSizes, fc.nat(100), (sizes, seed) => {
        const dataset = makeDataset(sizes);
        const total = dataset.texts.length;
        for (const split of ['stratified', 'random'] as const) {
          const { train, val, test: tested } = splitDataset(dataset, { split, seed });
          const small = split === 'stratified' ? sizes.length : 0; // small classes are made present
          const exact = apportion(total, [0.8, 0.1, 0.1]);
          for (const [p, part] of [train, val, tested].entries())
            assert.ok(Math.abs(part.length - exact[p]) <= small);
          if (split === 'random') continue;
          for (const [c, size] of sizes.entries()) {
            const inTest = tested.filter((i) => dataset.labels[i] === c).length;
            assert.ok(inTest >= 1 && Math.abs(inTest - size / 10) < 3);
          }
        }
      }),
    );
  });

  test("the workshop's sizes, with and without copies kept together", () => {
    const plain = makeDataset([417, 511, 401, 386, 510]);
    const copied = makeDataset(
      [417, 511, 401, 386, 510],
      Array.from({ length: 100 }, (_, k) => [k, 2224 - k]),
    );
    for (const dataset of [plain, copied]) {
      for (const split of ['stratified', 'random'] as const) {
        for (const allow_leakage of [true, false]) {
          const { train, val, test: tested } = splitDataset(dataset, { split, allow_leakage });
          assert.deepEqual([train.length, val.length, tested.length], [1780, 222, 223]);
        }
      }
    }
  });

  test('a plain split lets copies leak, and says how many', () => {
    const dataset = makeDataset(
      [100, 100],
      Array.from({ length: 60 }, (_, k) => [k, 199 - k]),
    );
    const { duplicates, notices } = splitDataset(dataset, { split: 'random', allow_leakage: true });
    assert.equal(duplicates.exact, 60);
    assert.ok(duplicates.leakedTest > 0);
    assert.match(
      notices[0],
      /60 documents repeat another .* of the test documents have a copy in an earlier part/,
    );
    assert.match(splitDataset(dataset).notices[0], /copies are kept in the same part/);
  });

  test('any document can land in any part', () => {
    const dataset = makeDataset(
      [10, 10],
      [
        [0, 1],
        [0, 2],
      ],
    );
    const seen = Array.from({ length: 20 }, () => new Set<number>());
    for (let seed = 0; seed < 120; seed++) {
      const { train, val, test: tested } = splitDataset(dataset, { seed, fractions: [0.5, 0.25, 0.25] });
      for (const [p, part] of [train, val, tested].entries()) for (const i of part) seen[i].add(p);
    }
    assert.ok(
      seen.every((parts) => parts.size === 3),
      seen.map((parts) => [...parts].join('')).join(' '),
    );
  });

  test('a class whose documents are all copies of one is learned, not tested', () => {
    const rows = ['same', 'same', ...Array.from({ length: 20 }, (_, i) => `other ${i}`)].map((text, row) => ({
      text,
      label: text === 'same' ? 'rare' : 'common',
      row,
    }));
    for (let seed = 0; seed < 10; seed++) {
      const { train, notices } = splitDataset(createDataset(rows), { seed });
      assert.ok(train.includes(0) && train.includes(1));
      assert.ok(notices.includes('no document of "rare" is in the test part'));
    }
  });

  test('one class, or a class with one document', () => {
    assert.throws(
      () => splitDataset(makeDataset([10])),
      (error) =>
        error instanceof DataError &&
        /at least two classes .* all 10 documents have the label "c0"/.test(error.message),
    );
    assert.throws(
      () => splitDataset(makeDataset([10, 1])),
      (error) =>
        error instanceof DataError && /at least two documents.* but "c1" has one\. add/i.test(error.message),
    );
    assert.throws(
      () => splitDataset(makeDataset([1, 1, 1])),
      /"c0", "c1", "c2" have one each: is this the right label column/,
    );
  });

  test('rows in no part are said aloud; so many labels are no classes', () => {
    const { notices } = splitDataset(makeDataset([5, 5]), { ids: { train: [0, 2], val: [4], test: [6] } });
    assert.equal(notices[0], '6 documents in no part of data.split_ids');
    const labels = Array.from({ length: 10_001 }, (_, i) => `label ${i}`);
    const rows = [...labels, ...labels].map((label, row) => ({ text: `text ${row}`, label, row }));
    assert.throws(() => splitDataset(createDataset(rows)), /at most 10,000 classes, but the data has 10,001/);
  });

  test('row ids of another file, or in two parts', () => {
    const dataset = makeDataset([5, 5]);
    assert.throws(
      () => splitDataset(dataset, { ids: { train: [0, 1], val: [], test: [] } }),
      /train has 1\. Is this the split of another file/,
    );
    assert.throws(
      () => splitDataset(dataset, { ids: { train: [0, 2], val: [2], test: [] } }),
      /row 2 is in train and val/,
    );
    assert.throws(
      () => splitDataset(dataset, { ids: { train: [], val: [0], test: [2] } }),
      /training must have at least one document/,
    );
  });
});

const disjoint = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].every((x) => !b.has(x));

const classSizesOf = ({ labels, labelNames }: ReturnType<typeof makeDataset>) =>
  labelNames.map((_, c) => labels.filter((label) => label === c).length);

suite('folds', () => {
  test('each document is tested once, copies together, parts disjoint, classes in proportion', () => {
    fc.assert(
      fc.property(classSizes, copies, fc.integer({ min: 2, max: 6 }), fc.nat(50), (sizes, pairs, k, seed) => {
        const dataset = makeDataset(sizes, pairs);
        fc.pre(
          dataset.labelNames.length > 1 &&
            dataset.labelNames.every((_, c) => dataset.labels.filter((l) => l === c).length > 1),
        );
        const folds = createFolds(dataset, { folds: k, seed });
        assert.equal(folds.length, k);
        const tested = folds.flatMap((fold) => [...fold.test]);
        assert.deepEqual(
          tested.toSorted((a, b) => a - b),
          dataset.texts.map((_, i) => i),
        );
        for (const { train, val, test: held } of folds) {
          assert.equal(train.length + val.length + held.length, dataset.texts.length);
          const textsOf = (part: Int32Array) => new Set(Array.from(part, (i) => dataset.texts[i]));
          assert.ok(disjoint(textsOf(train), textsOf(held)));
          assert.ok(disjoint(textsOf(train), textsOf(val)));
          assert.ok(disjoint(textsOf(val), textsOf(held)));
          if (pairs.length > 0) continue;
          for (const c of dataset.labelNames.keys()) {
            const size = dataset.labels.filter((label) => label === c).length;
            const tested = held.filter((i) => dataset.labels[i] === c).length;
            assert.ok(Math.abs(tested - size / k) < 1, `${tested} of ${size} in one of ${k} folds`);
          }
        }
      }),
    );
  });

  test('of classes of two documents, each fold trains on the one that it does not test', () => {
    const dataset = makeDataset([2, 2, 2, 2, 2, 2, 2, 2, 2]);
    for (const { train } of createFolds(dataset, { folds: 2 }))
      assert.equal(new Set(Array.from(train, (i) => dataset.labels[i])).size, 9);
  });

  test('repetitions have folds of their own; groups are never divided; the first one is that without repetitions', () => {
    fc.assert(
      fc.property(classSizes, copies, fc.integer({ min: 2, max: 5 }), fc.nat(50), (sizes, pairs, k, seed) => {
        const dataset = makeDataset(sizes, pairs);
        fc.pre([...classSizesOf(dataset)].every((size) => size > 1));
        const duplicates = findDuplicates(dataset.texts, { threshold: 0.9 });
        const foldsOf = [0, 1, 2].map((repeat) => {
          const foldOf = new Int32Array(dataset.texts.length).fill(-1);
          for (const [f, { test: held }] of createFolds(dataset, {
            folds: k,
            seed,
            repeat,
            duplicates,
          }).entries())
            for (const i of held) {
              assert.equal(foldOf[i], -1, 'tested twice');
              foldOf[i] = f;
            }
          assert.ok(!foldOf.includes(-1), 'never tested');
          for (const [i, group] of duplicates.groupOf.entries()) assert.equal(foldOf[i], foldOf[group]);
          return foldOf;
        });
        // a few documents may fall alike by chance
        if (dataset.texts.length > 30) {
          assert.notDeepEqual(foldsOf[0], foldsOf[1]);
          assert.notDeepEqual(foldsOf[1], foldsOf[2]);
        }
        const plain = createFolds(dataset, { folds: k, seed }).map(({ test: held }) => [...held]);
        assert.deepEqual(plain, createFolds(dataset, { folds: k, seed, repeat: 0, valFraction: 0.3 }).map(({ test: held }) => [...held])); // prettier-ignore
      }),
    );
  });

  test('more folds than a class has documents are refused by name', () => {
    const dataset = makeDataset([9, 3, 12]);
    requireFoldable(dataset, 3);
    assert.throws(
      () => requireFoldable(dataset, 5),
      /\[folds\] every class must have a document for each of the 5 folds, but "c1" \(3\) has fewer\. Use --folds 3 or fewer, or add documents, merge .*, or leave it out with --data\.min_class_size 5\.$/,
    );
    // no advice that leaves fewer than two classes, or fewer than two folds
    const refusal = (sizes: number[]) => {
      try {
        requireFoldable(makeDataset(sizes), 3);
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    assert.match(refusal([2, 2, 9]), /have fewer\. Use --folds 2, or add documents, or merge the class with another by data\.label_map\.$/); // prettier-ignore
    assert.match(
      refusal([2, 9, 9]),
      /has fewer\. Use --folds 2, or add documents, merge .*, or leave it out/,
    );
    assert.throws(() => requireClasses(makeDataset([1, 9])), /"c0" has one\. Add documents, or merge the class with another by data\.label_map\.$/); // prettier-ignore
    assert.throws(
      () => requireClasses(makeDataset([1, 9, 9])),
      /or leave it out with --data\.min_class_size 2\.$/,
    );
  });

  test('the number of folds must fit', () => {
    for (const folds of [1, 2.5, 11])
      assert.throws(
        () => createFolds(makeDataset([5, 5]), { folds }),
        /\[folds\] must be a whole number from 2 to the 10 documents/,
      );
  });
});

test('texts that are all the same are refused, and a part that copies leave empty is reported', () => {
  const dataset = (...texts: string[]) =>
    createDataset(
      texts.map((text, row) => ({ text, label: row % 2 ? 'a' : 'b', row })),
      { source: 'x.csv' },
    );
  assert.throws(
    () => splitDataset(dataset('n/a', 'n/a', 'n/a', 'n/a')),
    /\[x\.csv\] the texts must differ, but all 4 are "n\/a"\. Check the text column/,
  );
  const two = dataset('same text', 'same text', 'same text', 'same text', 'same text', 'another one');
  const { test: tested, notices } = splitDataset(two);
  assert.equal(tested.length, 0);
  assert.match(
    notices.join('; '),
    /no document is left for the test part.*nothing measures the model.*with --test/,
  );
  const asked = splitDataset(two, { fractions: [1, 0, 0] });
  assert.doesNotMatch(asked.notices.join('; '), /is left for/);
});
