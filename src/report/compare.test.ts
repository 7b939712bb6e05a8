import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createRng } from '../core/rng.ts';
import { BASELINE_NAME } from './baseline.ts';
import { type BaselineResults, openRunFolder, writeBaseline, writeSeeds } from '../run/index.ts';
import { writeFakeRun } from '../../test/support/run-folder.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { compareRuns, type Comparison, type PairedRuns, type PairedSettings } from './compare.ts';
import { pairSentence } from './compare-sentences.ts';
import { comparisonTable, comparisonTables, pairsTable } from './compare-tables.ts';
import { differencesOf, settingsOf } from './compare-settings.ts';
import { questionSection } from './question-section.ts';
import { readRuns } from './run-facts.ts';
import { modelSection } from './run-sections.ts';

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

/** The pairs, each of which compares two runs. */
function runPairs({ pairs }: Comparison): PairedRuns[] {
  return pairs.map((pair) => {
    assert.ok(pair.test === 'runs');
    return pair;
  });
}

test('an ensemble of seeds is a setting of its own, and says so in its name', () => {
  const seeded = (name: string, seed: number) =>
    write(name, guesses(0.8, seed), { config: { train: { seed } } });
  const paths = [seeded('net-1', 1), seeded('net-2', 2), seeded('net-seeds-1', 3)];
  const none = { runs: [], val: null, test: null, median: null };
  writeSeeds(paths[2], { status: 'finished', keep: 'ensemble', seeds: [3, 4], ...none });
  const facts = readRuns(paths);
  assert.deepEqual(
    settingsOf(facts).map(({ name, runs }) => [name, runs.length]),
    [
      ['net', 2],
      ['net-seeds-1 (ensemble of 2)', 1],
    ],
  );
  const model = modelSection(facts[2], () => []);
  assert.match(JSON.stringify(model), /an ensemble of 2 models that differ in their seed/);
});

test('settings that have no effect on a model that is fitted at once are none of its settings', () => {
  const linear = (name: string, train: object) =>
    write(name, guesses(0.8, 1), { config: { model: { type: 'linear' }, train } });
  const paths = [
    linear('linear-1', { seed: 1, epochs: 3, lr: 0.1 }),
    linear('linear-2', { seed: 2, epochs: 5 }),
    write('network', guesses(0.8, 2), { config: { train: { epochs: 7 } } }),
  ];
  const settings = settingsOf(readRuns(paths));
  assert.deepEqual(settings.map(({ runs }) => runs.length), [2, 1]); // prettier-ignore
  const differences = new Map(differencesOf(settings).map(({ key, values }) => [key, values]));
  assert.deepEqual(differences.get('train.epochs'), ['–', '7']);
  assert.equal(differences.get('text.max_length')?.[0], '–');
  assert.equal(differences.get('text.lowercase'), undefined);
});

describe('two runs', () => {
  const good = write('good', guesses(0.9, 1));
  const alike = write('alike', guesses(0.9, 2));
  const weak = write('weak', guesses(0.6, 3), { config: { model: { type: 'rnn', pooling: 'last' } } });

  test('that differ by noise are not distinguishable, and it says so with numbers', () => {
    const found = compareRuns(readRuns([good, alike]));
    const { verdict } = found;
    const pairs = runPairs(found);
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
      const found = compareRuns(readRuns(order));
      const { best, verdict } = found;
      assert.equal(best, 'good');
      const [{ a, b, verdict: is, comparison }] = runPairs(found);
      assert.deepEqual([a, b, is], ['good', 'weak', 'better']);
      assert.ok(comparison.mcnemar.p < 1e-6);
      const [low] = comparison.accuracy.interval ?? [NaN];
      assert.ok(low > 0.15);
      assert.match(verdict[0], /^good is better than weak: .*interval \+\d/);
    }
  });

  test('three: all pairs are tested, and p is corrected for their number', () => {
    const found = compareRuns(readRuns([weak, good, alike]));
    const { verdict } = found;
    const pairs = runPairs(found);
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
    const interval = (seed: number) => runPairs(compareRuns(facts, { seed }))[0].comparison.macro_f1.interval;
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

describe('runs with a linear baseline', () => {
  const beside = (name: string, accuracy: number, more = {}) => {
    const path = write(name, guesses(0.9, accuracy), more);
    const cost = { seconds: 2, parameters: 300 };
    const results: BaselineResults = {
      model: 'a linear SVM',
      decisions: [`C = ${accuracy}`],
      part: 'test',
      documents: 220,
      confidence: 0.95,
      baseline: { accuracy, macro_f1: accuracy, ...cost },
      intervals: { accuracy: [accuracy - 0.05, accuracy + 0.05], macro_f1: null },
      network: { accuracy: 0.9, macro_f1: 0.9, ...cost },
      mcnemar: { only_a: 3, only_b: 1, p: 0.6, method: 'exact' },
      verdict: 'not distinguishable',
      strongest: [],
    };
    writeBaseline(openRunFolder(path).paths.baseline, results);
    return path;
  };
  const runs = [0.5, 0.5, 0.75].map((accuracy, i) => beside(`beside-${i}`, accuracy));
  const last = ({ rows }: { rows: readonly (readonly string[])[] }) => rows.at(-1);

  test('side by side: a row with that of each run; one table row for all where runs are many', () => {
    const [side] = comparisonTables(compareRuns(readRuns([runs[0], runs[2]])));
    const row = side.rows.find(([name]) => name === 'Linear baseline');
    assert.deepEqual(row?.slice(1), [
      'accuracy 50.0 % (45.0 to 55.0); not distinguishable',
      'accuracy 75.0 % (70.0 to 80.0); not distinguishable',
    ]);
    const plain = write('plain', guesses(0.8, 1), { config: { model: { type: 'rnn' } } });
    const four = compareRuns(readRuns([runs[0], write('other', guesses(0.7, 1)), plain, runs[1]]));
    const table = comparisonTables(four).find(({ rows }) => rows.some(([name]) => name === BASELINE_NAME));
    assert.deepEqual(table && last(table)?.slice(1, 4), ['–', '50.0 % (45.0 to 55.0)', '50.0 %']);
  });

  test('of several splits it is the mean over the different baselines', () => {
    const { baseline } = compareRuns(readRuns(runs));
    assert.equal(baseline?.fits, 2);
    assert.equal(baseline.metrics.accuracy?.mean, 0.625);
    assert.equal(baseline.test_accuracy_interval, null);
  });

  test('a run that is the linear model stands in its place; where it is best, that is said', () => {
    const model = { config: { model: { type: 'linear' } } } as const;
    const linear = write('tfidf', guesses(0.97, 9), model);
    const [facts] = readRuns([linear]);
    const { accuracy = 0 } = facts.sources.evaluation ?? {};
    const found = compareRuns(readRuns([linear, runs[0]]));
    assert.equal(found.best, 'tfidf');
    assert.ok(found.baseline, 'another linear model than the baseline');
    assert.match(found.verdict.at(-1) ?? '', /^tfidf is not a network, and no network here has a higher/);
    const same = compareRuns([
      facts,
      ...readRuns([runs[0]]).map((run) => ({
        ...run,
        baseline: run.baseline && {
          ...run.baseline,
          baseline: { ...run.baseline.baseline, accuracy, macro_f1: facts.sources.evaluation?.macro_f1 ?? 0 },
        },
      })),
    ]);
    assert.equal(same.baseline, null);
    const only = compareRuns(readRuns([linear, write('tfidf-2', guesses(0.9, 9), model)]));
    assert.doesNotMatch(only.verdict.join(' '), /network/);
  });
});

describe('seeds of several settings', () => {
  /** Right on the easy documents, and by chance on the others. */
  const seeded = (
    name: string,
    accuracy: number,
    seed: number,
    more: Partial<Parameters<typeof writeFakeRun>[1]> = {},
  ) =>
    write(name, guesses(accuracy, seed + 100 * accuracy), {
      ...more,
      config: { data: { seed: 0 }, ...more.config, train: { seed } },
    });
  const rnn = { config: { model: { type: 'rnn' } } } as const;
  const runs = [0, 1, 2].flatMap((seed) => [
    seeded(`lstm-seed-${seed}`, [0.88, 0.9, 0.93][seed], seed),
    seeded(`rnn-seed-${seed}`, [0.8, 0.75, 0.7][seed], seed, rnn),
  ]);
  const found = compareRuns(readRuns(runs));
  const [lstm] = found.settings;

  test('runs that differ only in the seed are one setting: mean and standard deviation, no test within', () => {
    assert.deepEqual(
      found.settings.map(({ name, runs: own, seeds }) => [name, own.length, seeds]),
      [
        ['lstm', 3, [0, 1, 2]],
        ['rnn', 3, [0, 1, 2]],
      ],
    );
    assert.equal(found.pairs.length, 1);
    const accuracies = found.runs.flatMap((run) =>
      run.setting === 'lstm' ? [run.test_accuracy ?? NaN] : [],
    );
    const mean = accuracies.reduce((sum, one) => sum + one, 0) / 3;
    const sd = Math.sqrt(accuracies.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 2);
    const { accuracy } = lstm.metrics;
    assert.ok(accuracy && Math.abs(accuracy.mean - mean) < 1e-12);
    assert.ok(Math.abs((accuracy.sd ?? NaN) - sd) < 1e-12);
    assert.deepEqual([accuracy.low, accuracy.high], [Math.min(...accuracies), Math.max(...accuracies)]);
    const [low, high] = lstm.test_accuracy_interval ?? [NaN, NaN];
    assert.ok(low < mean && mean < high && high - low > 0.02);
  });

  test('the verdict is of the settings, not of the luckiest seed', () => {
    assert.equal(found.best, 'lstm');
    const [pair] = found.pairs as readonly PairedSettings[];
    assert.deepEqual([pair.test, pair.a, pair.b, pair.verdict], ['seeds', 'lstm', 'rnn', 'better']);
    assert.equal(pair.comparison.design, 'same documents');
    assert.equal(pair.shared_documents, 220);
    assert.match(
      found.verdict[0],
      /^lstm has the highest mean test accuracy, \d\d\.\d ± \d\.\d % \(mean ± sd, 3 seeds\)\. It is better than rnn\.$/,
    );
    assert.match(
      found.verdict[1],
      /^lstm is better than rnn: mean accuracy .* over 3 seeds each, on the same 220 test documents \(difference \+\d+\.\d points, 95 % interval \+\d+\.\d to \+\d+\.\d; t-test over seeds and documents, p = /,
    );
  });

  test('the tables: a row for each setting, a row for each run, what differs, what is shared', () => {
    const [settings, ofRuns, differ, shared] = comparisonTables(found);
    assert.deepEqual(settings.head.slice(0, 4), ['Setting', 'Seeds', 'Test accuracy', 'Test macro F1']);
    const { accuracy } = lstm.metrics;
    assert.ok(accuracy && accuracy.sd !== null);
    assert.deepEqual(settings.rows[0].slice(0, 3), [
      'lstm',
      '3',
      `${(100 * accuracy.mean).toFixed(1)} ± ${(100 * accuracy.sd).toFixed(1)} %`,
    ]);
    assert.match(
      settings.caption,
      /mean ± standard deviation over the seeds; lstm has the highest test accuracy\.$/,
    );
    assert.deepEqual(
      ofRuns.rows.map(([name, setting, seed]) => [name, setting, seed]),
      ['lstm', 'rnn'].flatMap((name) =>
        [0, 1, 2].map((seed) => [`${name}-seed-${seed}`, name, String(seed)]),
      ),
    );
    assert.deepEqual(ofRuns.head.slice(3), [
      'Validation accuracy',
      'Test accuracy',
      'Test macro F1',
      'Epochs (best)',
    ]);
    assert.deepEqual(ofRuns.rows[0].at(-1), '3 (2)');
    assert.deepEqual(
      [differ.head, differ.rows],
      [
        ['Key', 'lstm', 'rnn'],
        [
          ['model.type', 'lstm', 'rnn'],
          ['model.bidirectional', 'true', 'false'],
        ],
      ],
    );
    assert.deepEqual(
      shared.rows.find(([name]) => name === 'Pooling'),
      ['Pooling', 'last + mean + max'],
    );
    const pairs = pairsTable(found);
    assert.deepEqual(pairs?.head, ['Pair', 'Documents', 'Accuracy', 'p', 'First is']);
    assert.deepEqual(
      [pairs.rows[0][0], pairs.rows[0][1], pairs.rows[0].at(-1)],
      ['lstm against rnn', '220', 'better'],
    );
  });

  test('a split for each seed: paired by seed, with the correction for overlapping training parts', () => {
    const own = (seed: number) => ({ rowIds: Int32Array.from(labels, (_, n) => n + 1000 * seed) });
    const paths = [0, 1, 2].flatMap((seed) => [
      seeded(`deep-${seed}`, 0.93, seed, { ...own(seed), config: { data: { seed } } }),
      seeded(`shallow-${seed}`, 0.6, seed, {
        ...own(seed),
        config: { data: { seed }, model: { type: 'rnn' } },
      }),
    ]);
    const { pairs, settings, verdict } = compareRuns(readRuns(paths));
    assert.deepEqual(
      settings.map(({ name, test_accuracy_interval: interval }) => [name, interval]),
      [
        ['deep', null],
        ['shallow', null],
      ],
    );
    const [pair] = pairs as readonly PairedSettings[];
    assert.equal(pair.comparison.design, 'split by seed');
    assert.match(verdict[1], /on a split of its own for each seed .*corrected resampled t-test over seeds/);
  });

  test('one setting: its spread; two runs alone are tested although only the seed differs', () => {
    const three = compareRuns(readRuns(runs.filter((path) => path.includes('lstm'))));
    assert.deepEqual(three.pairs, []);
    assert.match(
      three.verdict[0],
      /^The runs differ only in the seed: test accuracy .* \(mean ± sd, 3 seeds\), from \d/,
    );
    const two = compareRuns(readRuns([runs[0], runs[2]]));
    assert.equal(two.pairs.length, 1);
    assert.equal(two.pairs[0].test, 'runs');
  });

  test('one run against several seeds: one t-test, and a seed that is there twice stands alone', () => {
    const alone = compareRuns(readRuns([runs[0], runs[2], runs[1]]));
    assert.deepEqual(
      alone.settings.map(({ name, runs: own }) => [name, own.length]),
      [
        ['lstm', 2],
        ['rnn-seed-0', 1],
      ],
    );
    assert.equal(alone.pairs[0].test, 'seeds');
    assert.match(alone.pairs[0].sentence, /over 2 and 1 seed, /);
    const twice = compareRuns(readRuns([runs[0], runs[2], seeded('again', 0.9, 0)]));
    assert.deepEqual(
      twice.settings.map(({ runs: own }) => own),
      [['lstm-seed-0', 'lstm-seed-1'], ['again']],
    );
  });
});

describe('a verdict that is not what the interval suggests explains why', () => {
  const pair = (
    interval: readonly [number, number],
    p: number,
    p_corrected: number,
    verdict: 'better' | 'not distinguishable',
  ) => ({
    test: 'runs' as const,
    a: 'a',
    b: 'b',
    shared_documents: 40,
    p_corrected,
    verdict,
    comparison: {
      documents: 40,
      both_right: 30,
      both_wrong: 4,
      confidence: 0.95,
      bootstrap_samples: 100,
      accuracy: { a: 0.9, b: 0.8, difference: 0.1, interval },
      macro_f1: { a: 0.9, b: 0.8, difference: 0.1 },
      mcnemar: { only_a: 5, only_b: 1, p, method: 'exact' as const },
    },
  });

  test('the correction for many tests', () => {
    const said = pairSentence(pair([0.01, 0.2], 0.02, 0.2, 'not distinguishable'), 10);
    assert.match(
      said,
      /p = 0\.2 after Holm's correction for 10 tests\)\. The interval does not contain 0, but it is for this pair only; .* all 10 tests .*before the correction, p = 0\.02\)\.$/,
    );
  });

  test('few documents that only one run got right', () => {
    const said = pairSentence(pair([0.01, 0.2], 0.22, 0.22, 'not distinguishable'), 1);
    assert.match(
      said,
      /The interval does not contain 0, but it comes from resampling .*exact test on the 6 documents that only one run got right\.$/,
    );
  });

  test('an interval that contains 0 beside a difference that was found', () => {
    assert.match(
      pairSentence(pair([-0.01, 0.2], 0.03, 0.03, 'better'), 1),
      /The interval contains 0 although the test finds a difference/,
    );
  });

  test('where both agree, nothing is added', () => {
    for (const agreeing of [
      pair([0.01, 0.2], 0.01, 0.01, 'better'),
      pair([-0.1, 0.2], 0.3, 0.3, 'not distinguishable'),
    ])
      assert.match(pairSentence(agreeing, 1), /\(McNemar, p = 0\.\d+\)\.$/);
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
        text.includes(`${pairs[0].shared_documents} documents are in all of them (of 220 and 220)`),
      ),
    );
  });

  test('no shared document, other data, no predictions: no verdict, and why', () => {
    const apart = write('apart', guesses(0.9, 1), { rowIds: rows.map((row) => row + 1000) });
    const data = write('data', guesses(0.9, 1), { dataHash: 'b'.repeat(64) });
    const different = /^the runs were trained on different data \(.+, with other texts or labels\): their results do not compare\.$/; // prettier-ignore
    const cases = [
      [apart, /they share no test document/, /^$/],
      [data, /their data is not the same/, different],
    ] as const;
    for (const [path, pattern, said] of cases) {
      const runs = readRuns([base, path]);
      const { pairs, verdict, warnings, best } = compareRuns(runs);
      assert.deepEqual(pairs, []);
      assert.match(verdict.join(' '), said);
      assert.equal(best === null, path === data, 'none is the best where each has data of its own');
      const { section, abstract } = questionSection(runs, compareRuns(runs), undefined);
      const figures = section.blocks.filter(({ kind }) => kind === 'figure');
      if (path === data)
        assert.deepEqual([figures.length, abstract[0]], [0, 'How well does each of 2 classifiers sort its own documents?']); // prettier-ignore
      else assert.match(abstract[0], /^Which of 2 classifiers sorts/);
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
