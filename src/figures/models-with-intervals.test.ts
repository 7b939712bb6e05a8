/** Several models on one metric: what the data holds, what the caption says, where the marks stand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonCases } from '../../test/figures/comparison-cases.ts';
import { elements, parseSvg } from '../../test/figures/svg.ts';
import { modelsWithIntervals } from './index.ts';
import type { ComparisonFacts } from './sources.ts';

const usual = comparisonCases.comparison.comparison;
const dataOf = (facts: ComparisonFacts) => modelsWithIntervals.data(facts);
const captionOf = (facts: ComparisonFacts) => modelsWithIntervals.caption(dataOf(facts));

test('the caption names the best, whose interval it overlaps with, and the baseline', () => {
  assert.equal(
    captionOf(usual),
    'Of 3 models the best by accuracy is bilstm-1, 93.5 % (90.5 % to 96.5 %). Its interval overlaps with 1 of the 2 others. The trivial baseline, majority class, has 30.0 % (24.0 % to 36.0 %).',
  );
  assert.match(
    captionOf({ ...usual, rows: usual.rows.filter(({ name }) => name !== 'bigru-1') }),
    /Their intervals do not overlap\. The trivial baseline/,
  );
  const far = { name: 'far', value: 0.5, low: 0.4, high: 0.6 };
  const apart = usual.rows.map((row) => (row.name === 'bigru-1' ? { ...row, ...far } : row));
  assert.match(
    captionOf({ ...usual, rows: apart }),
    /Its interval overlaps with no other\. The trivial baseline/,
  );
  assert.match(
    captionOf(comparisonCases['comparison-bare'].comparison),
    /^Of 2 models the best by accuracy is a, 90\.0 %\.$/,
  );
});

test('of a loss the lowest is the best, in its own unit', () => {
  assert.equal(
    captionOf(comparisonCases['comparison-loss'].comparison),
    'Of 2 models the best by log loss is a, 0.21 (0.19 to 0.23). Their intervals do not overlap. The trivial baseline, always the prior, has 1.6.',
  );
});

test('intervals that touch overlap', () => {
  const touching = [
    { name: 'a', value: 0.5, low: 0.4, high: 0.6 },
    { name: 'b', value: 0.7, low: 0.6, high: 0.8 },
  ];
  assert.match(captionOf({ ...usual, rows: touching }), /is b, .* overlaps with that of the other\.$/);
});

test('rows of a group stand together below one heading; what was not measured is said', () => {
  const rows = [
    { name: 'a', value: 0.5, low: null, high: null, group: 'x' },
    { name: 'b', value: NaN, low: 0, high: 1, group: 'y' },
    { name: 'c', value: 0.6, low: NaN, high: 0.7, group: 'x' },
  ];
  const data = dataOf({ ...usual, rows });
  assert.deepEqual(
    data.rows.map(({ name, value, low, high }) => [name, value, low, high]),
    [
      ['a', 0.5, null, null],
      ['c', 0.6, null, 0.7],
      ['b', null, null, null],
    ],
  );
  assert.deepEqual(data.warnings, ['1 model without a value: not drawn.']);
  const texts = elements(parseSvg(modelsWithIntervals.draw(data)), 'text').map(({ text }) => text);
  assert.deepEqual(
    texts.filter((text) => /^[a-cxy]$/.test(text)),
    ['x', 'a', 'c', 'y', 'b'],
  );
});

test('whiskers reach from the low to the high end, and the baseline runs through all rows', () => {
  const svg = parseSvg(modelsWithIntervals.draw(dataOf(usual), { width: 640 }));
  const lines = elements(svg, 'line').map(({ attributes }) => attributes);
  const ticks = new Map(
    elements(svg, 'text')
      .filter(({ text }) => /^\d+ %$/.test(text))
      .map(({ text, attributes }) => [Number(text.slice(0, -2)) / 100, Number(attributes.x)]),
  );
  const [[a, xa], [b, xb]] = [...ticks].slice(1, 3);
  const at = (value: number) => xa + ((value - a) / (b - a)) * (xb - xa);
  const whisker = lines.find(({ stroke, y1, y2 }) => stroke === '#0067a8' && y1 === y2);
  assert.ok(whisker);
  assert.ok(Math.abs(Number(whisker.x1) - at(0.905)) < 0.6, `${whisker.x1} for ${at(0.905)}`);
  assert.ok(Math.abs(Number(whisker.x2) - at(0.965)) < 0.6);
  const [base] = lines.filter(
    (line) => line['stroke-dasharray'] === '4 2' && Number(line.y2) - Number(line.y1) > 50,
  );
  assert.ok(Math.abs(Number(base.x1) - at(0.3)) < 0.6);
  assert.ok(Number(base.y2) - Number(base.y1) >= 4 * 24);
});

test('the table has the metric by its name', () => {
  assert.match(
    modelsWithIntervals.csv(dataOf(usual)),
    /^name,group,accuracy,low,high,baseline\r\nbilstm-1,,0\.935,0\.905,0\.965,false\r\n/,
  );
});
