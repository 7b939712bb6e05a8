import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzlibSync } from 'fflate';
import { cases } from '../../test/figures/cases.ts';
import { elements, parseSvg } from '../../test/figures/svg.ts';
import { getFigure } from './index.ts';
import { svgToPdf } from './pdf.ts';

/** The operators of the page. */
function content(pdf: Uint8Array): string {
  const text = Buffer.from(pdf).toString('latin1');
  const streams = Array.from(text.matchAll(/\/Filter \/FlateDecode\n>>\nstream\n/g), ({ index, 0: head }) => {
    const start = index + head.length;
    return Buffer.from(unzlibSync(pdf.subarray(start, text.indexOf('\nendstream', start)))).toString(
      'latin1',
    );
  });
  return streams.find((stream) => / (re|l|c)\n/.test(stream) && stream.includes('BT\n')) ?? '';
}

const drawn = (type: string, name = 'usual') => getFigure(type).of(cases[name])?.draw({ width: 605 }) ?? '';

test('a page of the size of the drawing, the same bytes each time, its font embedded', async () => {
  const svg = drawn('loss-curve');
  const { width, height } = parseSvg(svg).attributes;
  const [pdf, again] = [await svgToPdf(svg), await svgToPdf(svg)];
  assert.deepEqual(pdf, again);
  const text = Buffer.from(pdf).toString('latin1');
  assert.match(text, /^%PDF-/);
  const [, w, h] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(text) ?? [];
  assert.deepEqual([Number(w), Number(h)], [0.75 * Number(width), 0.75 * Number(height)]);
  assert.match(text, /\/FontFile2/);
  assert.equal(text.match(/\/FontName \/\w+\+NotoSans/g)?.length, 2, 'regular and bold');
});

test('every text, colour, dash and hatching of the drawing is on the page', async () => {
  for (const [type, name] of [
    ['loss-curve', 'usual'],
    ['length-histogram', 'usual'],
    ['confusion-matrix', 'usual'],
    ['per-class-scores', 'usual'],
  ] as const) {
    const svg = drawn(type, name);
    const page = content(await svgToPdf(svg));
    const root = parseSvg(svg);
    assert.equal(page.match(/\bBT\n/g)?.length, elements(root, 'text').length, type);
    const rgb = (colour: string) =>
      [1, 3, 5]
        .map((at) => String(Number((parseInt(colour.slice(at, at + 2), 16) / 255).toFixed(5))))
        .join(' ');
    const colours = new Set(
      Array.from(svg.matchAll(/(?:fill|stroke)="(#[0-9a-f]{6})"/g), ([, colour]) => colour),
    );
    const found = new Set(
      Array.from(page.matchAll(/([\d.]+) ([\d.]+) ([\d.]+) (?:scn|SCN)/g), ([, ...parts]) =>
        parts.map((part) => String(Number(Number(part).toFixed(5)))).join(' '),
      ),
    );
    for (const colour of colours) assert.ok(found.has(rgb(colour)), `${type} lacks ${colour}`);
    assert.equal(page.includes('] 0 d'), svg.includes('stroke-dasharray'), type);
    assert.equal(page.includes('\nW n'), svg.includes('url(#'), `${type}: hatching`);
  }
});

test('an element that it does not know is a bug, not a hole in the page', async () => {
  await assert.rejects(svgToPdf('<svg width="9" height="9"><image href="x"/></svg>'), /not image/);
});
