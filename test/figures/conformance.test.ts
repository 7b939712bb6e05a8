/** What every figure must do, over the whole family and all awkward runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { lowestCellContrast } from '../../src/figures/chart/heat-map.ts';
import { isMeasured, textWidth } from '../../src/figures/chart/text.ts';
import { contrast, luminance, mixColours, themes } from '../../src/figures/chart/theme.ts';
import { figures, type BoundFigure, type ThemeName } from '../../src/figures/index.ts';
import { cases } from './cases.ts';
import { elements, parseSvg, textBoxes, type TextBox } from './svg.ts';

const bound = Object.entries(cases).flatMap(([name, sources]) =>
  figures.flatMap((figure): [string, BoundFigure][] => {
    const found = figure.of(sources);
    return found ? [[`${name}: ${figure.type}`, found]] : [];
  }),
);

test('every figure has a case, and names are unique', () => {
  const drawn = new Set(bound.map(([, { type }]) => type));
  assert.deepEqual(
    figures.map((figure) => figure.type).filter((type) => !drawn.has(type)),
    [],
  );
  assert.equal(new Set(figures.map((figure) => figure.type)).size, figures.length);
  assert.equal(figures[0].of({}), undefined);
});

for (const [name, figure] of bound) {
  test(`${name} draws the same bytes each time, well-formed, in both looks and at three widths, of what a PDF can show`, () => {
    const looks: [ThemeName, number[]][] = [
      ['light', [280, 360, 900]],
      ['dark', [400]],
    ];
    for (const [theme, widths] of looks) {
      for (const width of widths) {
        const svg = figure.draw({ theme, width });
        if (width === widths[0]) assert.equal(svg, figure.draw({ theme, width }));
        assert.doesNotMatch(svg.replace(/aria-label="[^"]*"/, ''), /NaN|Infinity|undefined|null|\[object/);
        const root = parseSvg(svg);
        checkShapes(svg);
        checkTexts(textBoxes(root), Number(root.attributes.width), Number(root.attributes.height));
        checkRoot(root.attributes, figure);
        const ids = elements(root, 'pattern').map((pattern) => pattern.attributes.id);
        for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g))
          assert.ok(ids.includes(id), `no pattern ${id}`);
      }
    }
  });

  test(`${name} has plain data, a rectangular table, a caption and an alternative text`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(figure.data)), structuredClone(figure.data));
    assert.ok(parse(figure.csv).length >= 1); // throws where rows differ in length
    assert.match(figure.caption, /^[A-Z0-9].*\.$/s);
    assert.ok(figure.alt.endsWith(figure.caption) && figure.alt.length > figure.caption.length + 10);
    assert.doesNotMatch(figure.alt, /NaN|Infinity|undefined|null/);
  });
}

function checkRoot(attributes: Readonly<Record<string, string>>, figure: BoundFigure): void {
  assert.equal(attributes.role, 'img');
  assert.equal(
    attributes['aria-label'],
    figure.alt
      .replace(/\s+/g, ' ')
      .replace(/\p{Cc}/gu, ' ')
      .replace(/ +/g, ' ')
      .trim(),
  );
  assert.equal(attributes.viewBox, `0 0 ${attributes.width} ${attributes.height}`);
}

/** None but the elements and the forms of them that `src/figures/pdf.ts` draws. */
function checkShapes(svg: string): void {
  const known = ['circle', 'defs', 'line', 'path', 'pattern', 'rect', 'svg', 'text', 'title'];
  for (const [, name] of svg.matchAll(/<([a-z]+)/g)) assert.ok(known.includes(name), name);
  assert.doesNotMatch(svg, /transform="(?!rotate\()/);
  for (const [, shape] of svg.matchAll(/<(\w+)[^>]*fill="url/g)) assert.equal(shape, 'rect');
}

/** No text leaves the drawing, and none covers another. */
function checkTexts(boxes: readonly TextBox[], width: number, height: number): void {
  assert.ok(boxes.length > 0);
  for (const box of boxes) {
    const inside = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
    assert.ok(inside, `outside of ${width} × ${height}: ${JSON.stringify(box)}`);
  }
  const sorted = [...boxes].sort((a, b) => a.top - b.top);
  sorted.forEach((a, i) => {
    for (let k = i + 1; k < sorted.length && sorted[k].top < a.bottom - 0.5; k++) {
      const b = sorted[k];
      const apart = a.right <= b.left + 0.5 || b.right <= a.left + 0.5;
      assert.ok(apart, `two texts overlap: ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
    }
  });
}

test('texts have a contrast of at least 4.5, marks of at least 3, in both looks', () => {
  for (const theme of Object.values(themes)) {
    for (const background of [theme.background, theme.panel]) {
      for (const colour of [theme.text, theme.quiet]) {
        assert.ok(contrast(colour, background) >= 4.5, `${theme.name} ${colour} on ${background}`);
      }
    }
    assert.ok(contrast(theme.warning, theme.background) >= 4.5);
    for (const colour of [...theme.series, theme.axis]) {
      assert.ok(contrast(colour, theme.background) >= 3, `${theme.name} ${colour}`);
    }
    assert.ok(lowestCellContrast(...theme.heat) >= 4.5);
    for (const colour of [theme.heat[1], theme.series[0], theme.series[1]])
      assert.ok(lowestCellContrast(theme.background, colour) >= 4.5);
  }
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

test('every text of letters that were measured states its width, so that another font fits into the same room', () => {
  let stated = 0;
  for (const [name, figure] of bound) {
    for (const { attributes, text } of elements(parseSvg(figure.draw()), 'text')) {
      const face = attributes['font-weight'] === '700' ? 'bold' : 'regular';
      const width = textWidth(text, Number(attributes['font-size']), face);
      const expected =
        width >= 24 && isMeasured(text, face) ? width.toFixed(1).replace(/\.0$/, '') : undefined;
      assert.equal(attributes.textLength, expected, `${name}: ${text}`);
      if (expected !== undefined) stated++;
    }
  }
  assert.ok(stated > 1000);
});

test('every text of every figure is drawn in a colour that reads', () => {
  for (const [name, figure] of bound) {
    // cells and words have grounds of their own: lowestCellContrast
    if (['confusion', 'attention-weights', 'explained-texts', 'gates'].some((type) => name.includes(type)))
      continue;
    for (const theme of Object.values(themes)) {
      for (const { fill, text } of textBoxes(parseSvg(figure.draw({ theme: theme.name })))) {
        assert.ok(contrast(fill, theme.background) >= 4.5, `${name}: ${text} in ${fill}`);
      }
    }
  }
});

test('the heat scale only darkens or only brightens, so that it reads in grey', () => {
  for (const { heat } of Object.values(themes)) {
    const steps = Array.from({ length: 21 }, (_, i) => luminance(mixColours(heat[0], heat[1], i / 20)));
    const rising = steps.slice(1).map((value, i) => value > steps[i]);
    assert.equal(new Set(rising).size, 1);
  }
});

test('curves differ in dash and marker, not in colour alone', () => {
  const root = parseSvg(
    figures
      .find((figure) => figure.type === 'loss-curve')
      ?.of(cases.usual)
      ?.draw() ?? '',
  );
  const dashes = elements(root, 'path')
    .filter((path) => path.attributes['stroke-width'] === '2')
    .map((path) => path.attributes['stroke-dasharray'] ?? 'solid');
  assert.equal(dashes.length, 2);
  assert.notEqual(dashes[0], dashes[1]);
});
