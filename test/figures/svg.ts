/** Reads the SVG of figures, strictly: for tests of what is in them and where it stands. */
import assert from 'node:assert/strict';
import { textWidth } from '../../src/figures/chart/text.ts';

/** An element with its attributes, and its own text. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
  readonly children: SvgElement[];
}

/** A text's box, rotation considered. */
export interface TextBox {
  readonly text: string;
  readonly fill: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const TAG = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
const ENTITY = /&(?!amp;|lt;|gt;|quot;)/;

/** Parses a document; fails where it is not well-formed XML. */
export function parseSvg(svg: string): SvgElement {
  // eslint-disable-next-line no-control-regex -- these must not be there
  assert.doesNotMatch(svg, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u);
  assert.ok(svg.isWellFormed());
  assert.doesNotMatch(svg, ENTITY);
  const top: SvgElement = { name: '', attributes: {}, text: '', children: [] };
  const open = [top];
  let at = 0;
  while (at < svg.length) {
    const parent = open[open.length - 1];
    if (svg[at] !== '<') {
      const end = svg.indexOf('<', at);
      parent.text += unescape(svg.slice(at, end < 0 ? svg.length : end));
      at = end < 0 ? svg.length : end;
      continue;
    }
    TAG.lastIndex = at;
    const found = TAG.exec(svg);
    assert.ok(found, `not a tag: ${svg.slice(at, at + 80)}`);
    const [all, closing, name, rest, empty] = found;
    at += all.length;
    if (closing) {
      assert.equal(open.pop()?.name, name);
      continue;
    }
    const pairs = [...rest.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, unescape(value)]);
    assert.equal(new Set(pairs.map(([key]) => key)).size, pairs.length, `an attribute twice: ${all}`);
    const element: SvgElement = {
      name,
      attributes: Object.fromEntries(pairs) as never,
      text: '',
      children: [],
    };
    parent.children.push(element);
    if (!empty) open.push(element);
  }
  assert.equal(open.length, 1, 'an element is not closed');
  assert.equal(top.children.length, 1);
  return top.children[0];
}

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** All elements of a name, in order. */
export function elements(root: SvgElement, name: string): SvgElement[] {
  return root.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...elements(child, name),
  ]);
}

/** Where each text stands, by the table of widths. */
export function textBoxes(root: SvgElement): TextBox[] {
  return elements(root, 'text').map(({ attributes, text }) => {
    const [x, y, size] = [attributes.x, attributes.y, attributes['font-size']].map(Number);
    const width = textWidth(text, size, attributes['font-weight'] === '700' ? 'bold' : 'regular');
    const start = { start: 0, middle: width / 2, end: width }[attributes['text-anchor'] ?? 'start'] ?? 0;
    const [up, down] = [0.75 * size, 0.22 * size];
    const upright = attributes.transform?.startsWith('rotate(-90') ?? false;
    assert.ok(upright || attributes.transform === undefined, attributes.transform);
    return {
      text,
      fill: attributes.fill,
      ...(upright
        ? { left: x - up, right: x + down, top: y - width + start, bottom: y + start }
        : { left: x - start, right: x - start + width, top: y - up, bottom: y + down }),
    };
  });
}
