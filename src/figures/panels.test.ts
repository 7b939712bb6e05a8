import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases } from '../../test/figures/cases.ts';
import type { BoundFigure } from './figure.ts';
import { getFigure } from './index.ts';
import { svgToPng } from './png.ts';
import { composePanels } from './panels.ts';

/** A figure of one colour. */
function plain(width: number, height: number, colour: string): BoundFigure {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${colour}"><rect width="${width}" height="${height}" fill="${colour}"/></svg>\n`;
  const words = { type: colour, title: colour, summary: colour, caption: colour, alt: colour, csv: '' };
  return { ...words, needs: 'history', data: null, draw: () => svg };
}

const size = (svg: string) =>
  ['width', 'height'].map((name) => Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1]));

test('panels stand side by side and below each other, shorter rows in the middle', async () => {
  const rows = [[plain(400, 200, 'red'), plain(400, 300, 'lime')], [plain(400, 100, 'blue')]];
  const svg = composePanels(rows, { title: 'Figure 1. <Both>', alt: 'A "whole".' });
  const places = Array.from(
    svg.matchAll(/<svg x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)"/g),
    (m) => m.slice(1).map(Number),
  );
  const [[, top]] = places;
  assert.deepEqual(places, [
    [0, top, 400, 200],
    [400, top, 400, 300],
    [200, top + 300, 400, 100],
  ]);
  assert.deepEqual(size(svg), [800, top + 400]);
  assert.ok(top > 20, 'there is room for the heading');
  assert.match(svg, />Figure 1\. &lt;Both&gt;<\/text>/);
  assert.equal(svg.match(/role="img"/g)?.length, 1, 'one image, said once');
  assert.match(svg, /aria-label="A &quot;whole&quot;\."/);
  assert.ok((await svgToPng(svg, { scale: 0.5 })).length > 100);
});

test('one panel is as wide as asked, and a figure that needs more gets it', () => {
  assert.equal(size(composePanels([[plain(400, 100, 'red')]], { title: 'A', alt: 'A' }))[0], 400);
  assert.equal(size(composePanels([[plain(650, 100, 'red')]], { title: 'A', alt: 'A' }))[0], 650);
});

test('curves side by side stand level, though one has a subtitle more', () => {
  const row = ['loss-curve', 'accuracy-curve'].map((type) => {
    const figure = getFigure(type).of(cases.usual);
    assert.ok(figure);
    return figure;
  });
  const bottoms = (svg: string) =>
    Array.from(svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"[^>]*>Epoch</g), ([, y]) => Number(y));
  const apart = row.map((figure) => bottoms(figure.draw())[0]);
  assert.notEqual(apart[0], apart[1]);
  const [a, b] = bottoms(composePanels([row], { title: 'Both', alt: '' }));
  assert.equal(a, b);
  assert.equal(b, Math.max(...apart));
});

test('a long heading is wrapped', () => {
  const short = size(composePanels([[plain(300, 100, 'red')]], { title: 'Short', alt: '', width: 300 }));
  const title = 'Figure 3. A heading that does not find room in three hundred pixels';
  const long = size(composePanels([[plain(300, 100, 'red')]], { title, alt: '', width: 300 }));
  assert.ok(long[1] > short[1]);
});
