/** The numbers behind the figures of a study, and what captions say of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { studyCases } from '../../../test/figures/study-cases.ts';
import {
  categoricalDistribution,
  type Direction,
  floatDistribution,
  intDistribution,
} from '../../tune/index.ts';
import { makeTrial } from '../../tune/testing/trials.ts';
import {
  contour,
  edf,
  figures,
  getFigure,
  intermediateValues,
  optimizationHistory,
  parallelCoordinate,
  paramImportances,
  paretoFront,
  slice,
  type StudyFacts,
  timeline,
} from '../index.ts';
import { rankCorrelation, ranksOf } from './rank-correlation.ts';
import { valueAxis } from './value-axis.ts';
import { paramScale, paramsOf } from './params.ts';

const usual = studyCases.study.study!;
const x = floatDistribution(0, 1);
const kind = categoricalDistribution(['a', 'b', 'c']);

/** A study of trials with one value each, in turn. */
const valued = (values: readonly number[], direction: Direction = 'minimize'): StudyFacts => ({
  name: 'study',
  directions: [direction],
  trials: values.map((value, number) =>
    makeTrial({ number, values: [value], params: { x: [number / 100, x] } }),
  ),
});

describe('the optimisation history', () => {
  test('has a record for each trial that was better than all before it', () => {
    const data = optimizationHistory.data(valued([5, 7, 4, 4, 6, 1], 'minimize'));
    assert.deepEqual(
      data.objectives[0].records.map(({ trial, value }) => [trial, value]),
      [
        [0, 5],
        [2, 4],
        [5, 1],
      ],
    );
    const high = optimizationHistory.data(valued([5, 7, 4, 7, 9], 'maximize'));
    assert.deepEqual(high.objectives[0].best, { trial: 4, value: 9, feasible: true });
    assert.match(optimizationHistory.csv(data), /\r\n4,value,6,true,4\r\n/);
  });

  test('says what the trials after the first ten gained', () => {
    const values = [9, 8, 7, 6, 5, 5, 6, 7, 8, 9, 4.5, 4, 6];
    assert.equal(
      optimizationHistory.caption(optimizationHistory.data(valued(values))),
      '13 trials, all complete. The lowest value is 4, of trial 11; the best of the first 10 trials was 5, 1 worse.',
    );
    const early = [1, ...values.slice(1)];
    assert.match(
      optimizationHistory.caption(optimizationHistory.data(valued(early))),
      /is 1, of trial 0: none of the 3 trials after the first 10 was better\.$/,
    );
  });

  test('counts states, and leaves infeasible trials out of the best', () => {
    const facts = studyCases['study-infeasible'].study!;
    const data = optimizationHistory.data(facts);
    assert.equal(data.counts.infeasible, 14);
    assert.ok(data.objectives[0].records.every(({ trial }) => trial % 3 !== 0));
    const { counts } = optimizationHistory.data(usual);
    const { trials, complete, pruned, failed, running, waiting } = counts;
    assert.equal(complete + pruned + failed + running + waiting, trials);
    assert.deepEqual([trials, failed, running, waiting], [60, 2, 1, 1]);
  });

  test('an infinite value is no value, and is spoken of', () => {
    const data = optimizationHistory.data(valued([3, Infinity, 2, -Infinity]));
    assert.deepEqual(data.objectives[0].infinite, [1, 3]);
    assert.equal(data.objectives[0].best?.value, 2);
    assert.match(optimizationHistory.draw(data), /2 complete trials with an infinite value/);
  });
});

describe('the distribution', () => {
  test('has the halves of the trials in their order, each sorted', () => {
    const values = Array.from({ length: 20 }, (_, i) => 20 - i);
    const [all, first, second] = edf.data(valued(values)).objectives[0].parts;
    assert.deepEqual(first.values, [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    assert.deepEqual(second.values, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.equal(all.values.length, 20);
    assert.match(
      edf.caption(edf.data(valued(values))),
      /^Half of the 20 complete trials reach 10\.5 or less in value, the best tenth 2\.9\. The median of the second half, 5\.5, is better than that of the first, 15\.5\.$/,
    );
    assert.match(
      edf.caption(edf.data(valued(values, 'maximize'))),
      /10\.5 or more .* best tenth 18\.1\..*worse/,
    );
    assert.equal(edf.data(valued(values.slice(1))).objectives[0].parts.length, 1);
  });
});

describe('the learning curves', () => {
  const reports = (lengths: readonly number[], states: readonly ('COMPLETE' | 'PRUNED')[]): StudyFacts => ({
    name: 's',
    directions: ['minimize'],
    trials: lengths.map((length, number) =>
      makeTrial({
        number,
        state: states[number],
        values: [10 - number],
        reports: Array.from({ length }, (_, t) => 20 - t),
      }),
    ),
  });

  test('count the steps that pruning saved, against the median length of complete trials', () => {
    const data = intermediateValues.data(
      reports([10, 20, 30, 4, 6], ['COMPLETE', 'COMPLETE', 'COMPLETE', 'PRUNED', 'PRUNED']),
    );
    assert.deepEqual(data.pruning, { pruned: 2, steps: 40, taken: 10 });
    assert.equal(data.best, 2);
    assert.match(
      intermediateValues.caption(data),
      /2 trials were pruned, after a median of 5 steps instead of the 20 of a complete one: about 30 steps saved, 75 % of those trials' work/,
    );
  });

  test('show the loss itself where pruners were told its negative', () => {
    const data = intermediateValues.data({
      ...reports([2], ['COMPLETE']),
      directions: ['maximize'],
      reports: { name: 'loss', negated: true },
    });
    assert.equal(data.direction, 'minimize');
    assert.deepEqual(data.trials[0].reports, [
      { step: 0, value: -20 },
      { step: 1, value: -19 },
    ]);
    assert.match(intermediateValues.caption(data), /reported its loss at 2 steps/);
  });

  test('are not for several objectives, and the reason is given', () => {
    const both = studyCases['study-two-objectives'];
    assert.equal(intermediateValues.of(both), undefined);
    assert.match(intermediateValues.lacks(both) ?? '', /several objectives/);
    assert.match(paretoFront.lacks(studyCases.study) ?? '', /one objective/);
    assert.equal(paretoFront.lacks(both), undefined);
    assert.equal(timeline.lacks({}), 'it shows a study');
    assert.equal(getFigure('loss-curve').lacks(studyCases.study), 'the run has no history');
  });

  test('a thousand of them stay a small file', () => {
    for (const figure of figures.filter(({ needs }) => needs === 'study')) {
      const svg = figure.of(studyCases['study-thousand'])?.draw() ?? '';
      assert.ok(svg.length < 120_000, `${figure.type}: ${svg.length}`);
    }
  });
});

describe('the Pareto front', () => {
  const facts = (
    points: readonly (readonly [number, number])[],
    infeasible: readonly number[] = [],
  ): StudyFacts => ({
    name: 's',
    directions: ['maximize', 'minimize'],
    metric_names: ['score', 'size'],
    trials: points.map((values, number) =>
      makeTrial({
        number,
        values,
        systemAttrs: infeasible.includes(number) ? { constraints: [1] } : {},
      }),
    ),
  });
  const points = [
    [1, 1],
    [2, 2],
    [1.5, 3],
    [3, 9],
    [4, 4],
  ] as const;

  test('is what no feasible trial beats in both', () => {
    const front = (study: StudyFacts) =>
      paretoFront
        .data(study)
        .trials.filter((one) => one.on_front)
        .map(({ trial }) => trial);
    assert.deepEqual(front(facts(points)), [0, 1, 4]);
    assert.deepEqual(front(facts(points, [4, 1])), [0, 2, 3]);
    assert.match(
      paretoFront.caption(paretoFront.data(facts(points))),
      /^3 of 5 complete trials are on the front\. The highest score is 4 \(trial 4, size 4\) and the lowest size is 1 \(trial 0, score 1\)\.$/,
    );
  });

  test('every other feasible trial is beaten by one of it', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 20 }), (values) => {
        const { trials } = paretoFront.data(facts(values));
        const beats = (a: readonly number[], b: readonly number[]) =>
          a[0] >= b[0] && a[1] <= b[1] && (a[0] > b[0] || a[1] < b[1]);
        for (const one of trials) {
          assert.equal(one.on_front, !trials.some((other) => beats(other.values, one.values)));
        }
      }),
    );
  });
});

describe('the timeline', () => {
  const at = (seconds: number) => new Date(1000 * seconds);
  const timed = (times: readonly (readonly [number, number | null])[]): StudyFacts => ({
    name: 's',
    directions: ['minimize'],
    trials: times.map(([from, to], number) =>
      makeTrial({
        number,
        state: to === null ? 'RUNNING' : 'COMPLETE',
        values: to === null ? null : [1],
        datetimeStart: at(from),
        datetimeComplete: to === null ? null : at(to),
      }),
    ),
  });

  test('counts how many ran at once, and how long', () => {
    const data = timeline.data(
      timed([
        [100, 110],
        [110, 130],
        [105, 120],
        [125, null],
      ]),
    );
    assert.deepEqual([data.seconds, data.parallel, data.busy], [30, 2, 50]);
    assert.deepEqual(data.trials[3], { trial: 3, kind: 'running', from: 25, to: 30 });
    assert.match(
      timeline.caption(data),
      /^4 trials in 30 s, up to 2 at a time; the workers were busy 83 % of the time\. The median complete trial took 15 s\.$/,
    );
    assert.match(timeline.caption(timeline.data(timed([[0, 60]]))), /^1 trial in 1 min 0 s, one at a time\./);
  });

  test('leaves trials without times out, and says so', () => {
    const data = timeline.data(studyCases['study-without-times'].study!);
    assert.equal(data.untimed, 10);
    assert.match(timeline.draw(data), /10 trials without times/);
  });
});

describe('parameters', () => {
  test('a trial that lacks one has no place on its axis', () => {
    const data = parallelCoordinate.data(usual);
    const column = data.params.findIndex(({ name }) => name === 'momentum');
    for (const trial of usual.trials.filter(({ state }) => state === 'COMPLETE')) {
      const value = data.values[trial.number][column];
      assert.equal(value === null, !trial.internalParams.has('momentum'));
    }
  });

  test('what the best trials have in common is reported where it is more than chance', () => {
    const trials = Array.from({ length: 60 }, (_, number) =>
      makeTrial({
        number,
        // low where kind is b and x is about 0.5
        values: [Math.abs((number % 20) / 20 - 0.5) + (number % 3 === 1 ? 0 : 10)],
        params: {
          x: [(number % 20) / 20, x],
          kind: [number % 3, kind],
          noise: [(number * 7) % 13, intDistribution(0, 12)],
        },
      }),
    );
    const caption = parallelCoordinate.caption(
      parallelCoordinate.data({ name: 's', directions: ['minimize'], trials }),
    );
    assert.match(caption, /^The best 6 of 60 complete trials \(value 0\.15 to 0\) agree on /);
    assert.match(caption, /kind \(b in 100 % of them, 33 % of all\)/);
    assert.match(caption, /x \(0\.35 to 0\.6, of 0 to 1\)/);
    assert.doesNotMatch(caption, /noise/);
    const none = trials.map((trial) => ({ ...trial, values: [(trial.number * 31) % 60] }));
    assert.match(
      parallelCoordinate.caption(
        parallelCoordinate.data({ name: 's', directions: ['minimize'], trials: none }),
      ),
      /agree on no parameter more closely than by chance\.$/,
    );
  });

  test('slices have the rank correlation of intervals and the medians of choices', () => {
    const trials = Array.from({ length: 12 }, (_, number) =>
      makeTrial({
        number,
        values: [number ** 2],
        params: { x: [1 - number / 20, x], kind: [Math.floor(number / 4), kind] },
      }),
    );
    const { slices } = slice.data({ name: 's', directions: ['minimize'], trials }).objectives[0];
    assert.equal(slices[0].correlation, -1);
    assert.deepEqual(slices[1].medians, [
      { choice: 'a', trials: 4, median: 2.5 },
      { choice: 'b', trials: 4, median: 30.5 },
      { choice: 'c', trials: 4, median: 90.5 },
    ]);
  });

  test('importances are proportions, the interval holds them, and few trials have none', () => {
    const { importances } = paramImportances.data(usual).objectives[0];
    assert.ok(importances);
    const sum = importances.reduce((total, { importance }) => total + importance, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12);
    for (const { low, high, importance } of importances)
      assert.ok(low !== null && high !== null && low <= importance && importance <= high);
    assert.deepEqual(
      importances.map(({ importance }) => importance),
      importances.map(({ importance }) => importance).sort((a, b) => b - a),
    );
    const caption = paramImportances.caption(paramImportances.data(usual));
    assert.ok(caption.includes(`${importances[0].name} has the most influence`));
    assert.ok(caption.includes(`${(100 * importances[0].importance).toFixed(0)} % of the importance`));
    const few = paramImportances.data({ ...usual, trials: usual.trials.slice(0, 12) });
    assert.ok(few.objectives[0].importances?.every(({ low }) => low === null));
    assert.equal(paramImportances.data(studyCases['study-constant'].study!).objectives[0].importances, null);
  });

  test('a parameter that decides alone has nearly all the importance', () => {
    const trials = Array.from({ length: 200 }, (_, number) =>
      makeTrial({
        number,
        values: [((number * 37) % 200) / 200],
        params: { decides: [((number * 37) % 200) / 200, x], idle: [((number * 83) % 200) / 200, x] },
      }),
    );
    const [first] = paramImportances.data({ name: 's', directions: ['minimize'], trials }).objectives[0]
      .importances!;
    assert.equal(first.name, 'decides');
    assert.ok(first.importance > 0.9 && first.low !== null && first.low > 0.7);
  });

  test('the map takes the two that matter most, and averages neighbours', () => {
    const trials = Array.from({ length: 225 }, (_, number) => {
      const [a, b] = [(number % 15) / 14, Math.floor(number / 15) / 14];
      return makeTrial({
        number,
        values: [(a - 0.5) ** 2 + (b - 0.5) ** 2],
        params: { idle: [((number * 83) % 225) / 225, x], a: [a, x], b: [b, x] },
      });
    });
    const { pair, map } = contour.data({ name: 's', directions: ['minimize'], trials }).objectives[0];
    assert.deepEqual(pair?.map(({ name }) => name).sort(), ['a', 'b']);
    assert.ok(map);
    const at = (row: number, column: number) => map.cells[row * 36 + column] ?? NaN;
    assert.ok(at(18, 18) < 0.03 && at(0, 0) > 0.35, `${at(18, 18)} ${at(0, 0)}`);
    // the map is as symmetric as the function
    assert.ok(Math.abs(at(5, 30) - at(30, 5)) < 1e-9);
  });

  test('the map does not average over choices', () => {
    const trials = Array.from({ length: 40 }, (_, number) =>
      makeTrial({
        number,
        values: [number % 2 === 0 ? 0 : 100],
        params: { kind: [number % 2, kind], x: [(number % 20) / 20, x] },
      }),
    );
    const { map, pair } = contour.data({ name: 's', directions: ['minimize'], trials }).objectives[0];
    assert.equal(pair?.length, 2);
    assert.deepEqual(
      new Set(map?.cells.flatMap((cell) => (cell === null ? [] : Math.round(1e6 * cell)))),
      new Set([0, 1e8]),
    );
  });
});

test('ranks of equals are the mean of theirs, and the correlation is that of ranks', () => {
  assert.deepEqual(ranksOf([10, 20, 10, 5]), [2.5, 4, 2.5, 1]);
  assert.equal(rankCorrelation([1, 2, 3, 4], [1, 8, 27, 64]), 1);
  assert.equal(rankCorrelation([1, 2, 3], [5, 5, 5]), null);
  // by hand: ranks 1 2 3 4 5 and 2 1 4 3 5, 1 - 6 · 4 / (5 · 24)
  assert.equal(rankCorrelation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])?.toFixed(10), '0.8000000000');
});

test('the axis of values is logarithmic or cut where a few would flatten the others', () => {
  const usualAxis = valueAxis([1, 2, 3, 4], 'minimize');
  assert.deepEqual([usualAxis.log, usualAxis.beyond], [false, 0]);
  assert.equal(valueAxis([0.001, 0.002, 5], 'minimize').log, true);
  const spread = Array.from({ length: 20 }, (_, i) => i - 10);
  const cut = valueAxis([...spread, 1000, 2000], 'minimize');
  assert.deepEqual([cut.log, cut.beyond], [false, 2]);
  assert.equal(cut.clamp(2000), 9);
  assert.equal(valueAxis([...spread, -1000], 'minimize').beyond, 0, 'the good end is never cut');
  assert.equal(valueAxis([...spread, -1000], 'maximize').beyond, 1);
});

test('parameters take the widest range of all trials, and choices keep a label that tells them apart', () => {
  const wide = floatDistribution(0.5, 3);
  const [found] = paramsOf([
    makeTrial({ params: { x: [0.2, x] } }),
    makeTrial({ number: 1, params: { x: [2, wide] } }),
  ]);
  assert.deepEqual([found.low, found.high], [0, 3]);
  const names = categoricalDistribution(['the same beginning, one', 'the same beginning, two', 'else']);
  const [param] = paramsOf([makeTrial({ params: { names: [0, names] } })]);
  const labels = paramScale(param, [0, 200]).ticks.map(({ label }) => label);
  assert.equal(new Set(labels).size, 3);
  assert.ok(labels[0].endsWith('one') && labels[1].endsWith('two') && labels[2] === 'else', labels.join());
});
