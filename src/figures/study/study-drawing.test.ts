/** What the figures of a study say and where their marks stand, for small studies worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studyCases } from '../../../test/figures/study-cases.ts';
import { elements, parseSvg } from '../../../test/figures/svg.ts';
import { categoricalDistribution, floatDistribution } from '../../tune/index.ts';
import { makeTrial } from '../../tune/testing/trials.ts';
import {
  contour,
  edf,
  parallelCoordinate,
  paramImportances,
  paretoFront,
  slice,
  type StudyFacts,
  themes,
} from '../index.ts';
import { rankCorrelation } from './rank-correlation.ts';

const x = floatDistribution(0, 1);
const usual = studyCases.study.study!;

/** A study of trials with parameters `a` and `b` in [0, 1]. */
const plane = (points: readonly (readonly [a: number, b: number, value: number])[]): StudyFacts => ({
  name: 'study',
  directions: ['minimize'],
  trials: points.map(([a, b, value], number) =>
    makeTrial({ number, values: [value], params: { a: [a, x], b: [b, x] } }),
  ),
});

test('the rank correlation of ranks that are tied on one side', () => {
  assert.ok(Math.abs((rankCorrelation([1, 1, 2, 3], [1, 2, 3, 4]) ?? 0) - 4.5 / Math.sqrt(22.5)) < 1e-12);
});

test('the distribution reaches 1 at the highest value', () => {
  const data = edf.data(plane([3, 1, 4, 2].map((value) => [0.5, 0.5, value])));
  assert.equal(
    edf.csv(data),
    [
      'objective,trials,value,proportion',
      'value,all,1,0.25',
      'value,all,2,0.5',
      'value,all,3,0.75',
      'value,all,4,1',
      '',
    ].join('\r\n'),
  );
});

test('the strongest correlation is named first, though it is negative', () => {
  const points = Array.from({ length: 12 }, (_, i) => [((i * 5) % 12) / 12, 1 - i / 12, i] as const);
  assert.match(
    slice.caption(slice.data(plane(points))),
    /^Value correlates most with b: rank correlation −1 over 12 trials, then with a \(0?-?−?[\d.]+\)\.$/,
  );
});

test('the interval of an importance reaches far beyond it where the trials are few', () => {
  const [objective] = paramImportances.data(usual).objectives;
  const lr = objective.importances?.find(({ name }) => name === 'lr');
  assert.ok(lr?.high && lr.low !== null);
  assert.ok(lr.low < lr.importance && lr.high > 0.7, JSON.stringify(lr));
});

test('an order of importances is more than chance where the intervals are apart', () => {
  const data = paramImportances.data(usual);
  const said = (first: number) =>
    paramImportances.caption({
      ...data,
      objectives: [
        {
          name: 'value',
          trials: 40,
          importances: [
            { name: 'a', importance: 0.7, low: first, high: 0.9, trials: 40 },
            { name: 'b', importance: 0.3, low: 0.1, high: 0.5, trials: 40 },
          ],
        },
      ],
    });
  assert.match(said(0.6), /That is more than chance: its interval lies above that of the next\.$/);
  assert.match(said(0.4), /overlaps with that of b: which of the two matters more is uncertain\.$/);
});

test('four trials that share one of two even choices agree by chance', () => {
  const kind = categoricalDistribution(['p', 'q']);
  const study: StudyFacts = {
    name: 'study',
    directions: ['minimize'],
    trials: Array.from({ length: 40 }, (_, number) =>
      makeTrial({ number, values: [number], params: { kind: [number < 4 || number % 2 ? 0 : 1, kind] } }),
    ),
  };
  assert.match(
    parallelCoordinate.caption(parallelCoordinate.data(study)),
    /agree on no parameter more closely than by chance\.$/,
  );
});

test('the map is darkest where the value is lowest, when it is to be low', () => {
  const grid = Array.from({ length: 49 }, (_, i) => [(i % 7) / 6, Math.floor(i / 7) / 6] as const);
  const facts = { ...plane(grid.map(([a, b]) => [a, b, a])), params: ['a', 'b'] };
  const root = parseSvg(contour.draw(contour.data(facts)));
  const best = elements(root, 'path').filter(({ attributes }) => attributes['fill'] === themes.light.heat[1]);
  const plain = elements(root, 'rect').find(
    ({ attributes }) => Number(attributes['width']) > 200 && attributes['fill'] === themes.light.panel,
  );
  assert.ok(plain && best.length === 1);
  const first = Number(/^M([\d.]+)/.exec(best[0].attributes['d'])?.[1]);
  assert.ok(Math.abs(first - Number(plain.attributes['x'])) < 1, 'it begins at the left edge');
});

test('the first objective is the horizontal axis of the front', () => {
  const facts = studyCases['study-two-objectives'].study!;
  const data = paretoFront.data(facts);
  const [a, b] = data.objectives.map(({ name }) => name);
  const texts = elements(parseSvg(paretoFront.draw(data)), 'text');
  const y = (name: string) => Number(texts.find(({ text }) => text === name)?.attributes['y']);
  assert.ok(y(a) > y(b) + 100, 'its title stands below the plot');
});
