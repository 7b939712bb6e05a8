/**
 * SVG to PDF without a browser: the elements that `Drawing` writes, as vectors, with the font that figures are measured
 * in. The same drawing gives the same bytes.
 */
import type PDFDocument from 'pdfkit';
import { invariant } from '../core/errors.ts';
import { type Fonts, OWN_FONT } from './fonts/find.ts';
import { outlineTexts } from './fonts/outlines.ts';
import { type Attributes, attributesOf, unescapeXml } from './svg-text.ts';

/** Points for each CSS pixel. */
const POINTS = 0.75;
/** Width and height of a pattern of `Drawing`, in CSS pixels. */
const TILE = 6;

type Document = InstanceType<typeof PDFDocument>;

/** An element of a drawing. */
interface Element {
  readonly name: string;
  readonly attributes: Attributes;
  /** The text of a `text`. */
  readonly text: string;
}

/** The elements of each pattern, by its id. */
type Patterns = ReadonlyMap<string, readonly Element[]>;

/**
 * A figure's SVG as a PDF of one page, of the drawing's own size: a CSS pixel is 0.75 points.
 *
 * @param options Fonts for characters that the figures' own font lacks; default those installed.
 */
export async function svgToPdf(
  drawing: string,
  { fonts }: { readonly fonts?: Fonts } = {},
): Promise<Uint8Array> {
  const { svg } = await outlineTexts(drawing, fonts);
  const root = attributesOf(/<svg([^>]*)>/.exec(svg)?.[1] ?? '');
  // loaded here: some 60 modules that most commands do not need
  const { default: PDF } = await import('pdfkit');
  const document = new PDF({
    size: [POINTS * Number(root['width']), POINTS * Number(root['height'])],
    margin: 0,
    font: OWN_FONT.regular,
    info: { CreationDate: new Date(0), Title: root['aria-label'] ?? '' },
  });
  const chunks: Uint8Array[] = [];
  document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => document.on('end', resolve));
  for (const [name, file] of Object.entries(OWN_FONT)) document.registerFont(name, file);
  document.scale(POINTS);
  const patterns = new Map(
    Array.from(svg.matchAll(/<pattern id="([^"]*)"[^>]*>(.*?)<\/pattern>/gs), ([, id, inside]) => [
      id,
      elementsOf(inside),
    ]),
  );
  const body = svg.replace(/<defs>.*?<\/defs>/s, '').replace(/<\/?svg[^>]*>/g, '');
  for (const element of elementsOf(body)) drawElement(document, element, patterns);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Elements in order: `text` with its text, all others without content. */
function elementsOf(svg: string): Element[] {
  const found = svg.matchAll(/<([a-z]+)([^>]*?)(?:\/>|>(?:<title>[^<]*<\/title>)?([^<]*)<\/\1>)/g);
  return Array.from(found, ([, name, attributes, text = '']) => ({
    name,
    attributes: attributesOf(attributes),
    text: unescapeXml(text),
  }));
}

function drawElement(document: Document, element: Element, patterns: Patterns): void {
  document.save();
  if (element.name === 'text') drawText(document, element);
  else drawShape(document, element, patterns);
  document.restore();
}

function drawText(document: Document, { attributes: a, text }: Element): void {
  const [x, y] = [Number(a['x']), Number(a['y'])];
  document.font(a['font-weight'] === '700' ? 'bold' : 'regular').fontSize(Number(a['font-size']));
  const angle = /^rotate\((\S+) /.exec(a['transform'] ?? '')?.[1];
  if (angle !== undefined) document.rotate(Number(angle), { origin: [x, y] });
  const { 'text-anchor': anchor = 'start' } = a;
  const back = { start: 0, middle: 0.5, end: 1 }[anchor] ?? 0;
  document
    .fillColor(a['fill'] ?? 'black')
    .text(text, x - back * document.widthOfString(text), y, { lineBreak: false, baseline: 'alphabetic' });
}

/** Lays the path of a shape. */
function layPath(document: Document, { name, attributes: a }: Element): void {
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) => Number(a[key] ?? 0));
  switch (name) {
    case 'rect':
      if (a['rx'] === undefined) document.rect(x, y, width, height);
      else document.roundedRect(x, y, width, height, Number(a['rx']));
      return;
    case 'line':
      document.moveTo(Number(a['x1']), Number(a['y1'])).lineTo(Number(a['x2']), Number(a['y2']));
      return;
    case 'circle':
      document.circle(Number(a['cx']), Number(a['cy']), Number(a['r']));
      return;
    case 'path':
      // a dot is a line of no length with round ends; some readers draw none unless it has a length
      document.path((a['d'] ?? '').replace(/h0(?=[A-Za-z]|$)/g, 'h0.001'));
      return;
    default:
      invariant(false, `a figure must have only elements that its PDF can show, not ${name}`);
  }
}

function drawShape(document: Document, shape: Element, patterns: Patterns): void {
  const { stroke, fill = 'black', opacity, ...a } = shape.attributes;
  if (opacity !== undefined) document.opacity(Number(opacity));
  const pattern = /^url\(#(.*)\)$/.exec(fill)?.[1];
  if (pattern !== undefined) drawPattern(document, shape, patterns.get(pattern) ?? []);
  const filled = fill !== 'none' && pattern === undefined;
  if (stroke !== undefined) {
    document.lineWidth(Number(a['stroke-width'] ?? 1)).strokeColor(stroke);
    const dash = a['stroke-dasharray']?.split(' ').map(Number);
    if (dash) document.dash(dash as unknown as number, {});
    if (a['stroke-linecap'] === 'round') document.lineCap('round');
  }
  if (!filled && stroke === undefined) return;
  layPath(document, shape);
  if (filled && stroke !== undefined) document.fillAndStroke(fill, stroke);
  else if (filled) document.fill(fill);
  else document.stroke();
}

/** Repeats the elements of a pattern over an area, which is a rectangle. */
function drawPattern(document: Document, area: Element, tile: readonly Element[]): void {
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) => Number(area.attributes[key]));
  document.save();
  layPath(document, area);
  document.clip();
  for (let top = Math.floor(y / TILE) * TILE; top < y + height; top += TILE) {
    for (let left = Math.floor(x / TILE) * TILE; left < x + width; left += TILE) {
      document.save().translate(left, top);
      document.rect(0, 0, TILE, TILE).clip();
      for (const element of tile) drawElement(document, element, new Map());
      document.restore();
    }
  }
  document.restore();
}
