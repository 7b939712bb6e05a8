/** What each pruner must do in known situations, and the tables that Optuna 5.0.0 gave (`test/golden/pruners`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../core/errors.ts';
import { makeTrial, makeView } from '../testing/trials.ts';
import type { Attributes, Direction, FrozenTrial } from '../trial/frozen-trial.ts';
import { crc32 } from './crc32.ts';
import { bracketOf } from './hyperband.ts';
import { type Pruner, pruners } from './index.ts';
import { percentileOf } from './percentile.ts';
import { signedRankP } from './signed-rank.ts';

type Stored = number | string;
const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/pruners/pruners.json', import.meta.url), 'utf8'),
) as {
  readonly signed_rank: readonly { readonly d: readonly number[]; readonly p: number }[];
  readonly tables: {
    readonly median_intervals: readonly (readonly [number, number, number, readonly number[]])[];
    readonly patient: readonly (readonly [number, number, Direction, readonly Stored[], readonly number[]])[];
    readonly wilcoxon: readonly (readonly [readonly number[], readonly number[], readonly number[]])[];
  };
};

/** COMPLETE trials with reports at steps 0, 1, …; the value is the last report. */
function complete(...curves: (readonly number[])[]): FrozenTrial[] {
  return curves.map((reports, number) => makeTrial({ number, reports, values: [reports.at(-1) ?? 0] }));
}

/** Makes the reports one by one, never giving up: the steps at which it would be pruned, and the trial at the end. */
function follow(
  pruner: Pruner,
  others: readonly FrozenTrial[],
  reports: readonly (readonly [number, number])[],
  { direction = 'minimize', name = 'study' }: { direction?: Direction; name?: string } = {},
) {
  let trial = makeTrial({ number: others.length });
  const pruned: number[] = [];
  for (const [step, value] of reports) {
    trial = { ...trial, intermediateValues: new Map([...trial.intermediateValues, [step, value]]) };
    const decision = pruner.decide(makeView([...others, trial], { name, directions: [direction] }), trial);
    trial = { ...trial, systemAttrs: { ...trial.systemAttrs, ...decision.systemAttrs } };
    if (decision.prune) pruned.push(step);
  }
  return { pruned, trial };
}

const at = (values: readonly number[]) => values.map((value, step) => [step, value] as const);
const rungs = (attrs: Attributes) => Object.keys(attrs).filter((key) => key.startsWith('completed_rung_'));

const variants = [
  { type: 'median' },
  { type: 'percentile', percentile: 25 },
  { type: 'successive_halving', min_resource: 1 },
  { type: 'hyperband', max_resource: 9 },
  { type: 'patient', patience: 2 },
  { type: 'threshold', lower: 0 },
  { type: 'wilcoxon' },
  { type: 'none' },
];

test('every pruner of the family has a variant here', () => {
  assert.deepEqual(new Set(variants.map(({ type }) => type)), new Set(pruners.names));
});

for (const options of variants) {
  describe(`every pruner: ${options.type}`, () => {
    const pruner = pruners.create(options);

    test('keeps a trial without reports, and asks twice without a change', () => {
      const trial = makeTrial({ number: 2 });
      const view = makeView([...complete([1, 2], [2, 3]), trial]);
      assert.equal(pruner.decide(view, trial).prune, false);
      const late = makeTrial({ number: 2, reports: [5, 6, 7] });
      const again = makeView([...complete([1, 2, 1], [2, 3, 2]), late]);
      assert.deepEqual(pruner.decide(again, late), pruner.decide(again, late));
      assert.equal(late.intermediateValues.size, 3);
    });

    test('does not prune the first trial of a study', () => {
      if (['threshold', 'patient'].includes(options.type)) return; // these look at the trial alone
      assert.deepEqual(follow(pruner, [], at([3, 2, 5, 1, 9, 9, 9, 9, 9, 9])).pruned, []);
    });
  });
}

describe('median and percentile', () => {
  for (const [warmup, interval, spacing, want] of golden.tables.median_intervals) {
    test(`warm-up ${warmup}, interval ${interval}, a report every ${spacing}`, () => {
      const pruner = pruners.create({
        type: 'median',
        n_startup_trials: 1,
        n_warmup_steps: warmup,
        interval_steps: interval,
      });
      const good = complete(new Array<number>(28).fill(0));
      const reports = at(new Array<number>(28).fill(1)).filter(([step]) => step % spacing === 0);
      assert.deepEqual(follow(pruner, good, reports).pruned, want);
    });
  }

  test('percentile 25 of 0.1 to 0.9 is 0.3; of others as NumPy', () => {
    assert.equal(percentileOf([0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4, 0.5], 25), 0.3);
    assert.equal(percentileOf([1, 2], 50), 1.5);
    assert.equal(percentileOf([7], 13), 7);
    assert.ok(Number.isNaN(percentileOf([], 50)));
  });

  test('a percentile lies between its neighbours, grows with q, and does not mind the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (values, q) => {
          const sorted = Float64Array.from(values).sort();
          const place = ((values.length - 1) * q) / 100;
          const got = percentileOf(values, q);
          assert.equal(percentileOf([...values].reverse(), q), got);
          const slack = 1e-9 * (1 + Math.abs(got));
          assert.ok(got >= sorted[Math.floor(place + 1e-9)] - slack && got <= sorted[Math.ceil(place - 1e-9)] + slack); // prettier-ignore
          assert.ok(percentileOf(values, Math.min(100, q + 1)) >= got - slack);
        },
      ),
    );
  });

  test('NaN of others is left out; where all are NaN the trial goes on; all NaN of its own end it', () => {
    const pruner = pruners.create({ type: 'percentile', percentile: 50, n_startup_trials: 1 });
    assert.deepEqual(follow(pruner, complete([NaN], [1], [3]), at([2.1])).pruned, [0]);
    assert.deepEqual(follow(pruner, complete([NaN], [1], [3]), at([1.9])).pruned, []);
    assert.deepEqual(follow(pruner, complete([NaN], [NaN]), at([2])).pruned, []);
    assert.deepEqual(follow(pruner, complete([1]), at([NaN, 0.5])).pruned, [0]);
  });

  test('only COMPLETE trials count', () => {
    const pruner = pruners.create({ type: 'median', n_startup_trials: 1 });
    for (const state of ['PRUNED', 'FAIL', 'RUNNING', 'WAITING'] as const) {
      const others = complete([0]).map((trial) => ({ ...trial, state }));
      assert.deepEqual(follow(pruner, others, at([1])).pruned, [], state);
    }
  });
});

describe('successive halving', () => {
  const pruner = pruners.create({ type: 'successive_halving', min_resource: 1, reduction_factor: 2 });

  test('the rungs are at steps 1, 2, 4 and 8: a first trial has reached rung 3 after ten steps', () => {
    const attrs = [7, 8, 9, 10].map((n) =>
      rungs(follow(pruner, [], at(new Array<number>(n).fill(1))).trial.systemAttrs),
    );
    assert.deepEqual(attrs.map((keys) => keys.length), [3, 3, 4, 4]); // prettier-ignore
    assert.deepEqual(
      attrs[3],
      [0, 1, 2, 3].map((k) => `completed_rung_${k}`),
    );
  });

  test('with each trial that reaches them the rungs are harder to pass', () => {
    const reached: number[] = [];
    const trials: FrozenTrial[] = [];
    // seven trials, each worse than those before; then one among the worst, one among the best, and the best of all
    for (const value of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.25, 0.05]) {
      const { trial } = follow(pruner, trials, [[7, value]]);
      reached.push(rungs(trial.systemAttrs).length);
      trials.push(trial);
    }
    assert.deepEqual(reached.slice(7), [1, 2, 3]);
  });

  test('NaN ends a trial at a rung and nowhere else', () => {
    assert.deepEqual(follow(pruner, [], at([NaN, 1, NaN])).pruned, [2]);
    assert.deepEqual(follow(pruner, [], at([NaN, 1, 1, NaN, 1])).pruned, []);
  });

  test('several rungs are passed in one report', () => {
    const { trial } = follow(pruner, [], [[9, 0.5]]);
    assert.deepEqual(rungs(trial.systemAttrs).length, 4);
    assert.ok(Object.values(trial.systemAttrs).every((value) => value === 0.5));
  });

  test('the better half goes on, ties with it', () => {
    const others = [0.1, 0.2, 0.3].map((value, number) => makeTrial({ number, state: 'PRUNED', systemAttrs: { completed_rung_0: value } })); // prettier-ignore
    for (const [value, pruned] of [
      [0.15, false],
      [0.2, false],
      [0.25, true],
    ] as const) {
      assert.equal(follow(pruner, others, [[1, value]]).pruned.length > 0, pruned, String(value));
    }
  });

  test('auto takes the longest COMPLETE trial when it is first needed, and every worker keeps to it', () => {
    const auto = pruners.create({ type: 'successive_halving', reduction_factor: 2 });
    assert.deepEqual(follow(auto, [], [[700, 1]]).trial.systemAttrs, {});
    const long = makeTrial({ reports: new Map([[700, 1]]), values: [1] });
    const first = follow(auto, [long], [[6, 1], [7, 1]]).trial; // prettier-ignore
    assert.deepEqual(first.systemAttrs, { 'successive_halving:min_resource': 7, completed_rung_0: 1 });
    const longer = makeTrial({ number: 2, reports: new Map([[9000, 1]]), values: [1] });
    const later = follow(auto, [long, first, longer], [[7, 2]]);
    assert.deepEqual(later.trial.systemAttrs, { completed_rung_0: 2 });
  });
});

describe('Hyperband', () => {
  test('the brackets of the first twelve trials of the study hb', () => {
    const budgets = [16, 10, 7, 5, 5];
    const numbers = Array.from({ length: 12 }, (_, number) => bracketOf('hb', number, budgets));
    assert.deepEqual(numbers, [0, 1, 2, 0, 3, 1, 1, 2, 4, 1, 3, 4]);
  });

  test('crc32 is that of zip', () => {
    assert.equal(crc32('123456789'), 0xcbf43926);
    assert.equal(crc32(''), 0);
  });

  test('the sampler sees the trials of the bracket alone, in a study that is long enough', () => {
    const pruner = pruners.create({ type: 'hyperband', max_resource: 16, reduction_factor: 2 });
    const trials = Array.from({ length: 12 }, (_, number) => makeTrial({ number, values: [1] }));
    const seen = pruner.narrow?.(makeView(trials, { name: 'hb' }), trials[5]);
    assert.deepEqual(seen?.trials.map(({ number }) => number), [1, 5, 6, 9]); // prettier-ignore
    const auto = pruners.create({ type: 'hyperband' });
    assert.equal(auto.narrow?.(makeView(trials), trials[5]).trials.length, 12);
  });
});

describe('patient', () => {
  for (const [patience, minDelta, direction, values, want] of golden.tables.patient) {
    test(`patience ${patience}, min_delta ${minDelta}, ${direction}, ${values.join(' ')}`, () => {
      const pruner = pruners.create({ type: 'patient', patience, min_delta: minDelta });
      assert.deepEqual(follow(pruner, [], at(values.map(Number)), { direction }).pruned, want);
    });
  }

  test('the wrapped pruner decides, with its defaults, and may keep attributes', () => {
    const median = pruners.create({ type: 'patient', patience: 0, wrapped: { type: 'median' } });
    assert.deepEqual(follow(median, complete([9, 9]), at([1, 2])).pruned, []);
    const five = complete([0, 0], [0, 0], [0, 0], [0, 0], [0, 0]);
    assert.deepEqual(follow(median, five, at([1, 2])).pruned, [1]);
    const halving = pruners.create({
      type: 'patient',
      patience: 0,
      wrapped: { type: 'successive_halving', min_resource: 1 },
    });
    assert.deepEqual(follow(halving, [], at([1, 2])).trial.systemAttrs, { completed_rung_0: 2 });
    const band = pruners.create({ type: 'patient', patience: 0, wrapped: { type: 'hyperband' } });
    assert.equal(typeof band.narrow, 'function');
  });
});

describe('threshold', () => {
  test('a report outside, or NaN, ends the trial; the bounds themselves are inside', () => {
    const pruner = pruners.create({ type: 'threshold', lower: 0, upper: 1 });
    assert.deepEqual(follow(pruner, [], at([0, 1, -0.1, 1.1, NaN, 0.5])).pruned, [2, 3, 4]);
  });
});

describe('Wilcoxon', () => {
  golden.tables.wilcoxon.forEach(([best, own, want], i) => {
    test(`trace ${i} of eight steps`, () => {
      assert.deepEqual(follow(pruners.create({ type: 'wilcoxon' }), complete(best), at(own)).pruned, want);
    });
  });

  test('a trial whose mean is as good as the best goes on, however many cases it loses', () => {
    const pruner = pruners.create({ type: 'wilcoxon', p_threshold: 0.2 });
    const best = new Array<number>(8).fill(1);
    const own = [-5, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7];
    assert.deepEqual(follow(pruner, complete(best), at(own)).pruned, []);
    assert.notDeepEqual(follow(pruner, complete(best), at([0.8, ...own.slice(1)])).pruned, []);
  });

  test('p-values are those of SciPy: exact where they are counted, within 1e-12 where not', () => {
    for (const { d, p } of golden.signed_rank) {
      const found = signedRankP(d);
      assert.ok(Math.abs(found - p) <= 1e-12, `${d.length} pairs: ${found}, SciPy ${p}`);
    }
  });
});

test('options that cannot work are refused', () => {
  const refused: readonly (readonly [{ type: string; [key: string]: unknown }, RegExp])[] = [
    [{ type: 'median', n_startup_trials: -1 }, /\[pruner median\] n_startup_trials/],
    [{ type: 'median', interval_steps: 0 }, /interval_steps/],
    [{ type: 'percentile' }, /percentile/],
    [{ type: 'percentile', percentile: 101 }, /percentile/],
    [{ type: 'threshold' }, /lower or upper must be given/],
    [{ type: 'threshold', lower: 2, upper: 1 }, /lower must be at most upper/],
    [{ type: 'successive_halving', bootstrap_count: 1 }, /min_resource must be a number/],
    [{ type: 'successive_halving', min_resource: 'some' }, /min_resource/],
    [{ type: 'hyperband', bootstrap_count: 1 }, /max_resource must be a number/],
    [{ type: 'hyperband', min_resource: 5, max_resource: 4 }, /max_resource must be at least min_resource 5/],
    [{ type: 'patient' }, /patience/],
    [{ type: 'patient', patience: 1, wrapped: { type: 'medain' } }, /wrapped/],
    [{ type: 'wilcoxon', p_threshold: 1.5 }, /p_threshold/],
    [{ type: 'hyperbnd' }, /Did you mean "hyperband"/],
  ];
  for (const [options, message] of refused) {
    assert.throws(() => pruners.create(options), (e) => e instanceof ConfigError && message.test(e.message), JSON.stringify(options)); // prettier-ignore
  }
});
