/** TF-IDF and the solvers beside scikit-learn, and what holds for any data. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/rng.ts';
import { LINEAR_LOSSES } from './dual-coordinate-descent.ts';
import { COSTS, type FitOptions, fitLinear, judgingFolds, type LinearChoice } from './fit.ts';
import { FoldFeatures, type InnerSplit, singleFold } from './fold-features.ts';
import { HashTable } from './hash-table.ts';
import {
  addRow,
  CountedBuilder,
  type DocumentRows,
  dotRow,
  SparseBuilder,
  type SparseRows,
  squaredNorms,
} from './sparse.ts';
import { weighRow } from './weighting.ts';
import { chooseCost, packWeights, scoreRows, solveClasses } from './linear-model.ts';
import { hashNgram, NgramReader } from './ngrams.ts';
import { fitTemperature } from '../../evaluate/temperature.ts';
import { fitTfidf, type Tfidf } from './tfidf.ts';

interface Solved {
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
}
type Problems = Readonly<Record<'three' | 'two' | 'strong' | 'weighted', Solved>>;
interface Rows {
  readonly features: number;
  readonly rows: readonly Readonly<Record<string, number>>[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/linear/linear.json', import.meta.url), 'utf8'),
) as {
  readonly texts: readonly string[];
  readonly labels: readonly number[];
  readonly words: Rows;
  readonly characters: Rows;
  readonly names: readonly string[];
  readonly squared_hinge: Problems;
  readonly logistic: Problems;
};
const texts = golden.texts.map((text) => ({ text, tokens: text.split(' ') }));
const labels = Int32Array.from(golden.labels);
const words = { words: [1, 2], characters: null, minDocuments: 2, maxFeatures: 1e6 } as const;

function rowOf(tfidf: Tfidf, text: (typeof texts)[number]): Record<string, number> {
  const size = tfidf.row(text);
  return Object.fromEntries(
    Array.from({ length: size }, (_, i) => [tfidf.state.features[tfidf.indices[i]].text, tfidf.values[i]]),
  );
}

/** The dense matrix, row by row: each unit vector has one of its values as its product with a row. */
function valuesOf(x: DocumentRows): number[][] {
  const unit = new Float64Array(x.columns);
  return Array.from({ length: x.rows }, (_, i) =>
    Array.from({ length: x.columns }, (_, column) => {
      unit[column] = 1;
      const value = dotRow(unit, x, i, 0);
      unit[column] = 0;
      return value;
    }),
  );
}

function assertRow(actual: Record<string, number>, expected: Readonly<Record<string, number>>): void {
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected))
    assert.ok(Math.abs(actual[name] - value) < 1e-12, name);
}

describe('TF-IDF', () => {
  test('n-grams of words have the values of scikit-learn within 1e-12', async () => {
    const tfidf = await fitTfidf(texts, words);
    assert.equal(tfidf.state.features.length, golden.words.features);
    for (const [i, expected] of golden.words.rows.entries()) assertRow(rowOf(tfidf, texts[i]), expected);
  });

  test('n-grams of characters have the values of scikit-learn (char_wb) within 1e-12', async () => {
    const tfidf = await fitTfidf(texts, {
      words: null,
      characters: [2, 4],
      minDocuments: 3,
      maxFeatures: 1e6,
    });
    assert.equal(tfidf.state.features.length, golden.characters.features);
    for (const [i, expected] of golden.characters.rows.entries()) assertRow(rowOf(tfidf, texts[i]), expected);
  });

  test('the features of a row ascend, of short and of long texts', async () => {
    const tfidf = await fitTfidf(texts, { ...words, minDocuments: 1 });
    const tokens = texts.flatMap((text) => text.tokens).reverse();
    for (const length of [1, 5, 20, 60, 400]) {
      const size = tfidf.row({ text: '', tokens: tokens.slice(0, length) });
      const row = Array.from(tfidf.indices.subarray(0, size));
      assert.deepEqual(
        row,
        [...new Set(row)].sort((a, b) => a - b),
      );
      if (length === 60) assert.ok(size > 10);
      if (length === 400) assert.ok(size > 64);
    }
  });

  test('both kinds together make vectors of length 1, half of its square each', async () => {
    const tfidf = await fitTfidf(texts, { ...words, characters: [2, 4] });
    const size = tfidf.row(texts[0]);
    let [ofWords, ofCharacters] = [0, 0];
    for (let i = 0; i < size; i++) {
      if (tfidf.indices[i] < tfidf.words) ofWords += tfidf.values[i] ** 2;
      else ofCharacters += tfidf.values[i] ** 2;
    }
    assert.ok(Math.abs(ofWords - 0.5) < 1e-12 && Math.abs(ofCharacters - 0.5) < 1e-12);
  });

  test('the most frequent features are kept, and a text without any has an empty row', async () => {
    const all = await fitTfidf(texts, { ...words, minDocuments: 1 });
    const few = await fitTfidf(texts, { ...words, minDocuments: 1, maxFeatures: 5 });
    const counts = (of: Tfidf) => of.state.features.map(({ documents }) => documents).sort((a, b) => b - a);
    assert.deepEqual(counts(few), counts(all).slice(0, 5));
    assert.equal(few.row({ text: 'zzz', tokens: ['zzz'] }), 0);
    assert.equal(few.row({ text: '', tokens: [] }), 0);
  });

  test('within a fold it is that of the documents fitted alone, as for new documents', async () => {
    const all = Array.from(texts.keys());
    const split = {
      fit: Int32Array.from(all.filter((i) => i % 3 !== 0)),
      judge: Int32Array.from(all.filter((i) => i % 3 === 0)),
    };
    const both = { ...words, characters: [2, 4] as const, minDocuments: 1 };
    const { state } = await fitTfidf(
      Array.from(split.fit, (i) => texts[i]),
      { ...both, words: null },
    );
    const ofFit = state.features.map(({ documents }) => documents);
    // as many as no tie is cut by: which of equally frequent n-grams stay is not the same
    const few = ofFit.filter((documents) => documents >= 8).length;
    assert.ok(few > 20 && few < ofFit.length);
    for (const options of [words, both, { ...both, words: null, maxFeatures: few }]) {
      const own = await fitTfidf(
        Array.from(split.fit, (i) => texts[i]),
        options,
      );
      const found = (await FoldFeatures.read(texts, options)).of(split);
      const single = await singleFold(texts, options, split);
      for (const part of ['fit', 'judge'] as const) {
        const expected = await own.matrix(Array.from(split[part], (i) => texts[i]));
        assert.deepEqual(single[part].starts, expected.starts);
        assert.deepEqual(valuesOf(single[part]), valuesOf(expected));
        assert.deepEqual(found[part].starts, expected.starts);
        for (let i = 0; i < expected.rows; i++) {
          const values = (of: typeof expected) => of.values.slice(of.starts[i], of.starts[i + 1]).sort();
          assert.deepEqual(values(found[part]), values(expected));
        }
      }
    }
  });

  test('the matrices of training texts and folds take no more memory than their entries', async () => {
    const all = Int32Array.from(texts.keys());
    const split = { fit: all.filter((i) => i % 3 !== 0), judge: all.filter((i) => i % 3 === 0) };
    const folds = (await FoldFeatures.read(texts, words)).of(split);
    for (const { indices, values, starts, rows } of [
      await (await fitTfidf(texts, words)).matrix(texts),
      folds.fit,
      folds.judge,
    ]) {
      assert.equal(indices.buffer.byteLength, 4 * starts[rows]);
      assert.equal(values.buffer.byteLength, 4 * starts[rows]);
    }
  });

  test('an n-gram has the hash of its own text, blanks included', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-zé😀]{1,6}$/u), { maxLength: 6 }), (tokens) => {
        const text = tokens.join(' ');
        const reader = new NgramReader({ words: [1, 3], characters: [1, 4] });
        reader.read({ text, tokens });
        for (let at = 0; at < reader.size; at++) {
          const told = reader.textOf(at, { text, tokens });
          const [high, low] = hashNgram(at < reader.words ? 0 : 1, told);
          assert.deepEqual([reader.high[at], reader.low[at]], [high, low], told);
        }
      }),
    );
  });

  test('a table finds what was added, in the order of adding, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.integer(), fc.integer()), { selector: String, maxLength: 500 }),
        (keys) => {
          const table = new HashTable(4);
          const half = keys.slice(0, keys.length >> 1);
          for (const [n, [high, low]] of half.entries()) assert.equal(table.add(high, low), n);
          for (const [n, [high, low]] of half.entries()) assert.equal(table.add(high, low), n);
          for (const [n, [high, low]] of keys.entries())
            assert.equal(table.get(high, low), n < half.length ? n : -1);
          const [high, low] = [0, 1].map((lane) => Int32Array.from(keys, (key) => key[lane]));
          const found = new Int32Array(keys.length + 1).fill(-2);
          table.getAll(high, low, keys.length, found);
          assert.deepEqual([...found], [...keys.map((_, n) => (n < half.length ? n : -1)), -2]);
        },
      ),
    );
  });
});

describe('dual coordinate descent', async () => {
  const tfidf = await fitTfidf(texts, words);
  const x = await tfidf.matrix(texts);
  const column = new Map(tfidf.state.features.map(({ text }, f) => [text, f]));
  const solver = () => ({ tolerance: 1e-8, maxPasses: 20_000, rng: createRng(0) });
  const two = labels.map((label) => (label === 0 ? 1 : 0));
  const cases = {
    three: { labels, classes: 3, cost: 1 },
    two: { labels: two, classes: 2, cost: 1 },
    strong: { labels, classes: 3, cost: 0.05 },
    weighted: { labels, classes: 3, cost: 1, classWeights: [3, 1, 0.5] },
  } as const;
  for (const loss of LINEAR_LOSSES) {
    for (const name of ['three', 'two', 'strong', 'weighted'] as const) {
      test(`${loss}, ${name}: the weights of scikit-learn within 1e-5`, async () => {
        const { cost, ...problem } = cases[name];
        const solved = await solveClasses({ x, ...problem }, { loss, cost }, solver());
        const { coef, intercept } = golden[loss][name];
        for (const [row, weights] of coef.entries()) {
          const w = solved[problem.classes === 2 ? 1 : row];
          assert.ok(
            Math.abs(w[x.columns] - intercept[row]) < 1e-5,
            `intercept ${w[x.columns]} ${intercept[row]}`,
          );
          for (const [j, value] of weights.entries()) {
            const got = w[column.get(golden.names[j]) ?? -1];
            assert.ok(Math.abs(got - value) < 1e-5, `${golden.names[j]}: ${got}, not ${value}`);
          }
        }
      });
    }
    test(`${loss}: a larger cost from a smaller one's solution gives the same weights`, async () => {
      const problem = { x, labels, classes: 3 };
      const warm: Parameters<typeof solveClasses>[3] = [];
      await solveClasses(problem, { loss, cost: 0.1 }, solver(), warm);
      const from = packWeights(await solveClasses(problem, { loss, cost: 2 }, solver(), warm));
      const cold = packWeights(await solveClasses(problem, { loss, cost: 2 }, solver()));
      for (const [k, value] of cold.weights.entries()) assert.ok(Math.abs(value - from.weights[k]) < 1e-5);
    });
  }

  test('the same seed gives the same bits', async () => {
    const once = await solveClasses(
      { x, labels, classes: 3 },
      { loss: 'squared_hinge', cost: 1 },
      { ...solver(), tolerance: 0.1 },
    );
    const again = await solveClasses(
      { x, labels, classes: 3 },
      { loss: 'squared_hinge', cost: 1 },
      { ...solver(), tolerance: 0.1 },
    );
    assert.deepEqual(once, again);
  });

  test('a matrix of counts gives the bits of the matrix of values', async () => {
    const both = await fitTfidf(texts, { ...words, characters: [2, 3] });
    const [values, counts] = [await both.matrix(texts), await both.counted(texts)];
    assert.ok(
      counts.entries.some((entry) => entry >= 1 << 14),
      'some n-grams stand twice in a text',
    );
    for (const loss of LINEAR_LOSSES) {
      const options = { ...solver(), tolerance: 0.1 };
      const [expected, found] = await Promise.all(
        [values, counts].map((x) =>
          solveClasses({ x, labels, classes: 3 }, { loss, cost: 1 }, { ...options, rng: createRng(3) }),
        ),
      );
      assert.deepEqual(found, expected);
      assert.deepEqual(scoreRows(found, counts), scoreRows(expected, values));
    }
  });

  test('the bits are the same for more than one block of 16,384 features, and for small and large counts', () => {
    const columns = 3 * 16_384 + 7;
    const rng = createRng(8);
    const weighting = {
      idf: Float64Array.from({ length: columns }, () => 1 + rng.float()),
      words: 20_000,
      options: { words: [1, 2], characters: [2, 5] },
    } as const;
    const rows = [
      [0, 16_383, 16_384, columns - 1],
      [32_768],
      [],
      [16_382, 19_999, 20_000, 32_767, 49_152],
      Array.from({ length: 3000 }, (_, n) => 15 * n),
    ];
    const small = [1, 2, 3, 4, 5, 255];
    const [sparse, counted] = [new SparseBuilder(columns), new CountedBuilder(weighting, rows.length, 1)];
    for (const row of rows) {
      const indices = Int32Array.from(row);
      const counts = Float64Array.from(row, () => small[rng.int(small.length)]);
      const values = counts.slice();
      weighRow(indices, values, row.length, weighting);
      sparse.add(indices, values, row.length);
      counted.add(indices, counts, row.length);
    }
    const [expected, found] = [sparse.finish(), counted.finish()];
    assert.deepEqual(squaredNorms(found), squaredNorms(expected));
    const start = Float64Array.from({ length: columns + 1 }, () => rng.float() - 0.5);
    const added = [expected, found].map((x) => {
      const w = start.slice();
      for (const i of rows.keys()) addRow(w, x, i, dotRow(w, x, i, 0.25));
      return w;
    });
    assert.deepEqual(added[1], added[0]);
    assert.notDeepEqual(added[0], start);
  });

  test('the cost of the best accuracy on held-out documents is chosen, of equal ones the smallest', async () => {
    const all = Int32Array.from(labels, (_, i) => i);
    const splits = [0, 1].map((s) => ({
      fit: all.filter((i) => i % 2 !== s),
      judge: all.filter((i) => i % 2 === s),
    }));
    const folds = await FoldFeatures.read(texts, words);
    const given: SparseRows[] = [];
    const features = (split: InnerSplit) => {
      const rows = folds.of(split);
      given.push(rows.fit, rows.judge);
      return rows;
    };
    const problem = { features, labels, classes: 3 };
    const choice = await chooseCost(problem, 'squared_hinge', { costs: [1e-6, 0.1, 1] }, splits, {
      ...solver(),
      tolerance: 1e-3,
    });
    const best = Math.max(...choice.tried.map(({ accuracy }) => accuracy));
    assert.equal(choice.cost, choice.tried.find(({ accuracy }) => accuracy === best)?.C);
    assert.deepEqual(choice.tried.map(({ C }) => C), [1e-6, 0.1, 1]); // prettier-ignore
    assert.ok(best > 0.6, `${best}`);
    assert.equal(choice.heldOut.scores.length, labels.length * 3);
    // their memory is given back at once
    assert.deepEqual(
      given.map(({ indices, values }) => indices.length + values.length),
      [0, 0, 0, 0],
    );
  });

  test('larger costs are tried while on the first split the largest so far is better than all others by half a point', async () => {
    // one document in five is of the rare class; one word of 24 in a document tells its class
    const rng = createRng(5);
    const classes = Int32Array.from({ length: 300 }, (_, i) => Number(i % 5 === 0));
    const marked = Array.from(classes, (label) => {
      const noise = Array.from({ length: 23 }, () => `noise${rng.int(400)}`);
      const tokens = [...noise, `${['common', 'rare'][label]}${rng.int(40)}`];
      return { text: tokens.join(' '), tokens };
    });
    const order = Int32Array.from(marked.keys());
    const splits = [0, 1, 2].map((s) => ({ fit: order.filter((i) => i % 3 !== s), judge: order.filter((i) => i % 3 === s) })); // prettier-ignore
    const folds = await FoldFeatures.read(marked, words);
    const problem = { features: (split: InnerSplit) => folds.of(split), labels: classes, classes: 2 };
    const tried = async (costs: number[], larger: number[]) => {
      const seen: number[] = [];
      const choice = await chooseCost(problem, 'squared_hinge', { costs, larger }, splits, solver(), (done) => void seen.push(done)); // prettier-ignore
      assert.deepEqual(seen, seen.toSorted((a, b) => a - b)); // prettier-ignore
      return choice.tried.map(({ C }) => C);
    };
    const grid = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
    const all = await chooseCost(problem, 'squared_hinge', { costs: grid }, splits.slice(0, 1), solver());
    const accuracies = all.tried.map(({ accuracy }) => accuracy);
    for (let given = 1; given <= grid.length; given++) {
      // what the rule says of the accuracies on the first split
      let expected = given;
      const better = (n: number) => accuracies[n - 1] >= Math.max(-1, ...accuracies.slice(0, n - 1)) + 0.005;
      while (expected < grid.length && better(expected)) expected++;
      assert.deepEqual(await tried(grid.slice(0, given), grid.slice(given)), grid.slice(0, expected));
    }
    assert.ok(new Set(accuracies).size > 2, accuracies.join());
  });
});

describe('fitLinear', async () => {
  const documents = { texts, labels, classes: 3 };
  const options: FitOptions = {
    word_ngrams: [1, 2],
    char_ngrams: 'auto',
    min_documents: 2,
    max_features: 1000,
    linear_loss: 'squared_hinge',
    C: 'auto',
  };
  const { classifier, choice } = await fitLinear(documents, options, { rng: createRng(1) });

  test('takes the candidate of the highest accuracy on the inner folds', () => {
    const best = Math.max(...choice.candidates.map(({ accuracy }) => accuracy));
    const chosen = choice.candidates.find(
      ({ C, char_ngrams }) => C === choice.C && char_ngrams === choice.char_ngrams,
    );
    assert.equal(chosen?.accuracy, best);
    assert.equal(choice.candidates.length, 8);
  });

  test('classifies its themes, with rows that sum to 1', () => {
    const words = ['parcel courier delivery', 'invoice refund paid', 'password login reset'];
    for (const [n, text] of words.entries()) {
      const p = new Float64Array(3);
      assert.equal(classifier.probabilitiesOf({ text, tokens: text.split(' ') }, p, 0), 3);
      assert.equal(p.indexOf(Math.max(...p)), n);
      assert.ok(Math.abs(p.reduce((a, b) => a + b) - 1) < 1e-12);
    }
  });

  test('progress ascends while the n-grams are read too, where the fit can be stopped', async () => {
    const long = Array.from({ length: 60 }, (_, i) => {
      const tokens = Array.from({ length: 3_000 }, (_, k) => texts[(i + k) % texts.length].tokens).flat();
      return { text: tokens.join(' '), tokens };
    });
    const given = { texts: long, labels: Int32Array.from(long, (_, i) => i % 3), classes: 3 };
    const heard: number[] = [];
    const fit = (until: number) =>
      fitLinear(given, { ...options, char_ngrams: null }, {
        rng: createRng(1),
        progress(done) {
          heard.push(done);
          if (done >= until) throw new Error('stopped');
        },
      }); // prettier-ignore
    await fit(Infinity);
    const all = heard.splice(0);
    assert.deepEqual(
      all,
      all.toSorted((a, b) => a - b),
    );
    assert.equal(all.at(-1), 1);
    // before a cost is tried, before the last fit, and nowhere long without a word
    for (const [from, to] of [
      [0, 0.1],
      [0.1, 0.24],
      [0.8, 0.83],
      [0.83, 0.86],
    ])
      assert.ok(all.filter((done) => done > from && done < to).length >= 3, `from ${from} to ${to}`);
    await assert.rejects(fit(0.05), /stopped/);
    assert.ok(heard.every((done, n) => done < 0.05 || n === heard.length - 1));
    assert.ok(heard.length > 1 && heard[heard.length - 1] < 0.1);
  });

  test('documents that are all copies leave none to judge by: the usual cost, no candidates', async () => {
    const same = { ...documents, groups: new Int32Array(labels.length) };
    const found = await fitLinear(same, options, { rng: createRng(1) });
    assert.deepEqual(found.choice, { C: 1, word_ngrams: [1, 2], char_ngrams: null, candidates: [] });
    assert.equal(found.classifier.state.temperature, 1);
  });

  test('one document of each class tells nothing of the cost either: the usual one, which keeps every class', async () => {
    const single = Array.from({ length: 40 }, (_, i) => ({ text: `word${i} of all`, tokens: [`word${i}`, 'of', 'all'] })); // prettier-ignore
    const own = Int32Array.from(single.keys());
    const found = await fitLinear({ texts: single, labels: own, classes: 40 }, { ...options, min_documents: 1 }, { rng: createRng(1) }); // prettier-ignore
    assert.deepEqual(found.choice, { C: 1, word_ngrams: [1, 2], char_ngrams: null, candidates: [] });
    assert.equal(found.classifier.state.temperature, 1);
    for (const [i, text] of single.entries()) {
      const scores = new Float64Array(40);
      found.classifier.score(text, scores);
      assert.equal(scores.indexOf(Math.max(...scores)), i);
    }
  });

  test('of many documents a sample decides between the n-grams, and a fold of all chooses the cost', async () => {
    // every stem is new, so that only endings tell the classes apart; every tenth label is wrong
    const rng = createRng(3);
    const many = Array.from({ length: 40_400 }, (_, i) => {
      const text = `${rng.u32().toString(36)}${i % 2 ? 'ing' : 'ed'}`;
      return { text, tokens: [text] };
    });
    const labels = Int32Array.from(many, (_, i) => (i % 20 < 2 ? 1 - (i % 2) : i % 2));
    const found = await fitLinear(
      { texts: many, labels, classes: 2 },
      { ...options, min_documents: 1 },
      { rng },
    );
    const { char_ngrams, candidates } = found.choice;
    assert.deepEqual(char_ngrams, [2, 5]);
    assert.deepEqual(
      candidates.map((one) => [String(one.char_ngrams), one.C]),
      COSTS.squared_hinge.costs.slice(-candidates.length).map((C) => ['2,5', C]),
    );
    const whole = (documents: number) =>
      candidates.every(({ accuracy: a }) => Math.abs(a * documents - Math.round(a * documents)) < 1e-6);
    assert.ok(whole(8080) && !whole(4000), 'a fold of all, not of the sample');
  });

  test('many documents that are all copies leave none to judge by either', async () => {
    const many = Array.from({ length: 40_001 }, (_, i) => texts[i % texts.length]);
    const labels = Int32Array.from(many, (_, i) => i % 3);
    const same = { texts: many, labels, classes: 3, groups: new Int32Array(many.length) };
    const found = await fitLinear(same, { ...options, char_ngrams: 'auto' }, { rng: createRng(1) });
    assert.deepEqual([found.choice.C, found.choice.candidates], [1, []]);
  });

  test('of many classes or long documents fewer folds judge, one at least', () => {
    const folds = (documents: number, classes: number, words = 40) =>
      judgingFolds({ documents, classes, words, candidates: 8 });
    assert.equal(folds(1_800, 5), 5);
    assert.equal(folds(8_000, 77), 2);
    assert.equal(folds(2_400, 600), 1);
    assert.equal(folds(100_000, 2), 1);
    assert.equal(folds(1_800, 5, 400), 5);
    assert.equal(folds(11_500, 5, 400), 3);
    assert.equal(folds(11_500, 20, 280), 1);
  });

  test('for the temperature alone, a thousand held-out documents are enough', () => {
    const folds = (documents: number, classes: number) =>
      judgingFolds({ documents, classes, words: 40, candidates: 1 });
    assert.equal(folds(600, 5), 5);
    assert.equal(folds(1_800, 5), 3);
    assert.equal(folds(8_000, 77), 1);
  });

  test("what a text's n-grams add to the scores, and the bias, add up to them", () => {
    const scores = new Float64Array(3);
    classifier.score(texts[3], scores);
    const parts = classifier.occurrences(texts[3]);
    for (let c = 0; c < 3; c++) {
      const sum = parts.reduce((total, { values }) => total + values[c], classifier.state.bias[c]);
      assert.ok(Math.abs(sum - scores[c]) < 1e-12);
    }
    const theme = /parcel|courier|late|box|door|tracking|delivery|lost|van|street|^ ?[a-z]{2,5} ?$/;
    const top = classifier.topFeatures(0, 8);
    assert.ok(top.filter(({ feature }) => theme.test(feature)).length >= 6, JSON.stringify(top));
    assert.ok(top.every(({ weight }, n) => n === 0 || weight <= top[n - 1].weight));
  });

  test('copies of a document never judge a fit that has seen them', async () => {
    // each text twice under one group, labels at random: nothing can be learned but the copies
    const rng = createRng(3);
    const doubled = texts.flatMap((text) => [text, text]);
    const random = Int32Array.from(texts, () => rng.int(3));
    const input = {
      texts: doubled,
      labels: Int32Array.from(doubled, (_, i) => random[i >> 1]),
      classes: 3,
      groups: Int32Array.from(doubled, (_, i) => i >> 1),
    };
    const best = ({ candidates }: LinearChoice) => Math.max(...candidates.map(({ accuracy }) => accuracy));
    const apart = best((await fitLinear(input, options, { rng: createRng(1) })).choice);
    const { groups: _, ...mixed } = input;
    const leaked = best((await fitLinear(mixed, options, { rng: createRng(1) })).choice);
    assert.ok(apart < 0.6 && leaked > 0.7, `${apart} and ${leaked}`);
  });
});

describe('fitTemperature', () => {
  test('finds the temperature of scores drawn from it, and does not move the least log loss', () => {
    const rng = createRng(5);
    const [N, C, T] = [4000, 3, 0.25];
    const scores = Float64Array.from({ length: N * C }, () => rng.normal() * 0.4);
    const labels = Int32Array.from({ length: N }, (_, i) => {
      const e = [0, 1, 2].map((c) => Math.exp(scores[i * C + c] / T));
      let u = rng.float() * (e[0] + e[1] + e[2]);
      let c = 0;
      while (c < 2 && u >= e[c]) u -= e[c++];
      return c;
    });
    const found = fitTemperature({ scores, labels, classes: C });
    assert.ok(Math.abs(found - T) < 0.02, `${found}`);
  });

  test('all right: as sure as the range allows; no documents: unchanged', async () => {
    assert.ok(fitTemperature({ scores: [1, 0, 0, 1], labels: Int32Array.of(0, 1), classes: 2 }) < 0.02);
    assert.equal(fitTemperature({ scores: [], labels: new Int32Array(), classes: 2 }), 1);
  });
});

test('soft labels weigh each document for and against a class: as copies of it with each label would', async () => {
  const rng = createRng(8);
  const [N, C, F] = [40, 3, 12];
  const documents = Array.from({ length: N }, () => Float64Array.from({ length: F }, () => rng.normal()));
  const rowsOf = (list: readonly Float64Array[]) => {
    const builder = new SparseBuilder(F);
    for (const row of list)
      builder.add(
        Int32Array.from({ length: F }, (_, f) => f),
        row,
        F,
      );
    return builder.finish();
  };
  const pairs = documents.map(() => rng.shuffle([0, 1, 2]).slice(0, 2));
  const targets = new Float64Array(N * C);
  for (const [i, pair] of pairs.entries()) for (const c of pair) targets[i * C + c] = 0.5;
  const exact = () => ({ tolerance: 1e-9, maxPasses: 20000, rng: createRng(1) });
  for (const loss of ['squared_hinge', 'logistic'] as const) {
    const soft = await solveClasses(
      { x: rowsOf(documents), labels: Int32Array.from(pairs, ([first]) => first), targets, classes: C },
      { loss, cost: 2 },
      exact(),
    );
    const copies = await solveClasses(
      {
        x: rowsOf([...documents, ...documents]),
        labels: Int32Array.from([0, 1].flatMap((k) => pairs.map((pair) => pair[k]))),
        classes: C,
      },
      { loss, cost: 1 },
      exact(),
    );
    for (let c = 0; c < C; c++)
      for (const [f, w] of soft[c].entries())
        assert.ok(Math.abs(w - copies[c][f]) < 1e-4, `${loss}: ${w} ${copies[c][f]}`);
  }
});
