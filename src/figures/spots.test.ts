import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, usualHistory } from '../../test/figures/cases.ts';
import { parseSvg } from '../../test/figures/svg.ts';
import { figures, lossCurve } from './index.ts';

type Spot = [x: number, y: number, says: string];
const spotsOf = (svg: string) => {
  const { attributes } = parseSvg(svg);
  const [, , width, height] = attributes.viewBox.split(' ').map(Number);
  return { width, height, spots: JSON.parse(attributes['data-spots'] ?? '[]') as Spot[] };
};

test('each value of a curve is a spot, in words, where its mark stands', () => {
  const { spots } = spotsOf(lossCurve.draw(lossCurve.data(usualHistory), { spots: true }));
  const { epochs } = usualHistory;
  assert.equal(spots.length, 2 * epochs.length);
  const first = spots.find(([, , says]) => says.startsWith('epoch 1: training loss'));
  assert.equal(first?.[2], `epoch 1: training loss ${Number(epochs[0].train_loss?.toPrecision(4))}`);
  const heights = spots.filter(([, , says]) => says.includes('training')).map(([, y]) => y);
  const losses = epochs.map(({ train_loss }) => train_loss ?? NaN);
  const [low, high] = [losses.indexOf(Math.min(...losses)), losses.indexOf(Math.max(...losses))];
  assert.ok(heights[low] > heights[high], 'a lower loss stands lower');
  assert.doesNotMatch(lossCurve.draw(lossCurve.data(usualHistory)), /data-spots/, 'only where asked for');
});

test('spots lie within every figure, and most figures have them', () => {
  let [withSpots, drawn] = [0, 0];
  for (const sources of Object.values(cases))
    for (const figure of figures) {
      const bound = figure.of(sources);
      if (!bound) continue;
      drawn++;
      const { width, height, spots } = spotsOf(bound.draw({ spots: true }));
      if (spots.length > 0) withSpots++;
      for (const [x, y, says] of spots)
        assert.ok(
          x >= 0 && x <= width && y >= 0 && y <= height && says !== '',
          `${figure.type}: ${x}, ${y} ${says}`,
        );
    }
  assert.ok(withSpots > 0.5 * drawn, `${withSpots} of ${drawn} have spots`);
});
