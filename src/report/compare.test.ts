import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createRng } from '../core/rng.ts';
import { writeFakeRun } from '../../test/support/run-folder.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { compareRuns, comparisonTable } from './compare.ts';
import { readRuns } from './run-facts.ts';

const folder = temporaryFolder();
const labelNames = ['Business', 'Sport, "live"', 'score'];
const rng = createRng(5);
const labels = Int32Array.from({ length: 220 }, () => rng.int(3));

/** Right with the given probability, each document for itself. */
function guesses(accuracy: number, seed: number): Int32Array {
  const own = createRng(seed);
  return labels.map((label) => (own.float() < accuracy ? label : (label + 1 + own.int(2)) % 3));
}

const write = (name: string, predicted: Int32Array, more = {}) =>
  writeFakeRun(join(folder, name), { labelNames, labels, predicted, ...more });

describe('two runs', () => {
  const good = write('good', guesses(0.9, 1));
  const alike = write('alike', guesses(0.9, 2));
  const weak = write('weak', guesses(0.6, 3), { config: { model: { type: 'rnn', pooling: 'last' } } });

  test('that differ by noise are not distinguishable, and it says so with numbers', () => {
    const { pairs, verdict } = compareRuns(readRuns([good, alike]));
    assert.equal(pairs.length, 1);
    const [{ comparison, ...pair }] = pairs;
    assert.equal(pair.verdict, 'not distinguishable');
    assert.ok(comparison.mcnemar.p > 0.05);
    const [low, high] = comparison.accuracy.interval ?? [NaN, NaN];
    assert.ok(low <= 0 && 0 <= high, `${low} to ${high}`);
    assert.match(
      verdict[0],
      /^\w+ and \w+ are not distinguishable: accuracy \d+\.\d % against \d+\.\d % on 220 shared/,
    );
  });

  test('of which one is clearly better: says which, by how much, and how sure', () => {
    for (const order of [
      [good, weak],
      [weak, good],
    ]) {
      const { pairs, best, verdict } = compareRuns(readRuns(order));
      assert.equal(best, 'good');
      const [{ a, b, verdict: is, comparison }] = pairs;
      assert.deepEqual([a, b, is], ['good', 'weak', 'better']);
      assert.ok(comparison.mcnemar.p < 1e-6);
      const [low] = comparison.accuracy.interval ?? [NaN];
      assert.ok(low > 0.15);
      assert.match(verdict[0], /^good is better than weak: .*interval \+\d/);
    }
  });

  test('three: all pairs are tested, and p is corrected for their number', () => {
    const { pairs, verdict } = compareRuns(readRuns([weak, good, alike]));
    assert.equal(pairs.length, 3);
    assert.ok(pairs.every(({ p_corrected, comparison }) => p_corrected >= comparison.mcnemar.p));
    assert.match(
      verdict[0],
      /has the highest test accuracy\. It is better than weak\. It is not distinguishable from/,
    );
    assert.match(verdict[1], /Holm's correction for 3 tests/);
  });

  test('the same seed gives the same comparison, another seed other resamples', () => {
    const facts = readRuns([good, weak]);
    assert.deepEqual(compareRuns(facts, { seed: 1 }), compareRuns(facts, { seed: 1 }));
    const interval = (seed: number) => compareRuns(facts, { seed }).pairs[0].comparison.macro_f1.interval;
    assert.notDeepEqual(interval(1), interval(2));
  });

  test('the table is filled from the runs', () => {
    const { rows, head } = comparisonTable(compareRuns(readRuns([good, weak])));
    assert.deepEqual(head, ['', 'good', 'weak']);
    const cells = Object.fromEntries(rows.map(([name, ...values]) => [name, values]));
    assert.deepEqual(cells['Direction'], ['both directions', 'forward']);
    assert.deepEqual(cells['Pooling'], ['last + mean + max', 'last']);
    assert.match(cells['Sequence modelling'][1], /^RNN \(tanh\), 1 layer of 128/);
    assert.match(cells['Validation accuracy'][0], /^80\.0 % \(67\.0 to 88\.8\)$/); // Wilson, 40 of 50
    assert.match(cells['Most frequent errors'][1], / as .* \(\d+\), /);
    assert.deepEqual(cells['Steps'], ['30', '30']);
    assert.deepEqual(cells['Epochs (best)'], ['3 (2)', '3 (2)']);
    assert.deepEqual(cells['Training time'], ['4.5 s', '4.5 s']);
  });
});

describe('runs that do not fit together', () => {
  const rows = Int32Array.from(labels, (_, n) => n);
  const base = write('base', guesses(0.9, 1));

  test('other test documents: the tests use the shared ones, and say how many', () => {
    const other = write('shifted', guesses(0.9, 1), { rowIds: rows.map((row) => row + 100) });
    // what the rows of one hold under the other's numbers are other labels: only those that agree are shared
    const { pairs, warnings } = compareRuns(readRuns([base, other]));
    assert.ok(pairs[0].shared_documents < 120 && pairs[0].shared_documents > 0);
    assert.ok(
      warnings.some((text) =>
        text.includes(`${pairs[0].shared_documents} documents are in both (of 220 and 220)`),
      ),
    );
  });

  test('no shared document, other data, no predictions: no verdict, and why', () => {
    const apart = write('apart', guesses(0.9, 1), { rowIds: rows.map((row) => row + 1000) });
    const data = write('data', guesses(0.9, 1), { dataHash: 'b'.repeat(64) });
    const cases = [
      [apart, /they share no test document/],
      [data, /not of the same data/],
    ] as const;
    for (const [path, pattern] of cases) {
      const { pairs, verdict, warnings } = compareRuns(readRuns([base, path]));
      assert.deepEqual([pairs, verdict], [[], []]);
      assert.ok(warnings.some((text) => pattern.test(text)));
    }
  });

  test('a run that is not finished, and one that was split with leakage, are named', () => {
    const stopped = write('stopped', guesses(0.9, 4), {
      status: 'interrupted',
      config: { data: { allow_leakage: true } },
    });
    const { warnings } = compareRuns(readRuns([base, stopped]));
    assert.ok(warnings.some((text) => /stopped is not finished \(interrupted\)/.test(text)));
    assert.ok(warnings.some((text) => /stopped .*allow_leakage/.test(text)));
  });

  test('a folder stands for its runs; runs of the same name get the folder above', () => {
    write('deep/one/run', guesses(0.9, 1));
    write('deep/two/run', guesses(0.9, 1));
    const names = readRuns([join(folder, 'deep/one'), join(folder, 'deep/two')]).map(({ name }) => name);
    assert.deepEqual(names, ['one/run', 'two/run']);
  });
});
