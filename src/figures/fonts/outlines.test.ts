import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { madeFont } from '../../../test/figures/made-font.ts';
import { openFontFile } from './font-file.ts';
import { type FontOptions, openFonts } from './find.ts';
import { outlineTexts } from './outlines.ts';

const folder = mkdtempSync(join(tmpdir(), 'unroll-fonts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const place = (name: string, bytes: Uint8Array | string) => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};
const LOOKS = { 体: 'D', 育: 'H' };
const font = place('made.ttf', madeFont(LOOKS));

const drawn = async (text: string, options: FontOptions, rest = '') => {
  const svg = `<svg width="9" height="9" aria-label="体"><rect/><text x="10" y="20" font-size="12"${rest} fill="#123456"><title>体育</title>${text}</text></svg>`;
  return outlineTexts(svg, await openFonts(options));
};
const only = { folders: [] };
const pathOf = (svg: string) => /<path d="([^"]*)"/.exec(svg)?.[1];
test('what the own font has stays text', async () => {
  for (const text of ['Größe', 'Новости', 'Ελληνικά × 2'])
    assert.match((await drawn(text, only)).svg, new RegExp(`<text .*${text}</text>`));
});

test('a character of no font is a box and is named once; the text around it keeps its letters', async () => {
  const { svg, lacking } = await drawn('a体育体', only);
  assert.deepEqual(lacking, ['体', '育']);
  assert.doesNotMatch(svg, /<text/);
  assert.match(svg, /fill="#123456"/);
  const [one, two] = await Promise.all(['体', '体体'].map((text) => drawn(text, only)));
  assert.ok((pathOf(two.svg)?.length ?? 0) > 1.5 * (pathOf(one.svg)?.length ?? 0), 'two boxes');
});

test('a named font shows them, and so does an installed one', async () => {
  const named = await drawn('体育', { font, ...only });
  assert.deepEqual(named.lacking, []);
  place('installed/sub/Other.otf', madeFont({ 体: 'D', 育: 'H' }));
  place('installed/broken.ttf', 'not a font');
  place('installed/Other-Italic.ttf', madeFont({ 体: 'X', 育: 'X' }));
  const installed = await drawn('体育', { folders: [join(folder, 'missing'), join(folder, 'installed')] });
  assert.deepEqual(installed, named);
  const preferred = await drawn('体育', { font: place('named.ttf', madeFont({ 体: 'Q', 育: 'Q' })), folders: [join(folder, 'installed')] }); // prettier-ignore
  assert.notEqual(preferred.svg, named.svg, 'the named font comes first');
});

test('of two installed fonts, the one that has more of the text', async () => {
  place('two/NotoSansA.ttf', madeFont({ 体: 'X' }));
  place('two/Zed.ttf', madeFont({ 体: 'D', 育: 'H' }));
  const both = await drawn('体育', { folders: [join(folder, 'two')] });
  assert.equal(both.svg, (await drawn('体育', { font, ...only })).svg);
  const { lacking } = await drawn('体乙', { folders: [join(folder, 'two')] });
  assert.deepEqual(lacking, ['乙']);
});

test('letters from right to left stand in reverse, numbers among them do not', async () => {
  const order = place('order.ttf', madeFont({ ب: 'L', ت: 'M', 甲: 'L', 乙: 'M' }));
  const stand = async (a: string, b: string) => {
    const [one, two] = await Promise.all([a, b].map((text) => drawn(text, { font: order, ...only })));
    assert.equal(pathOf(one.svg), pathOf(two.svg), `${a} as ${b}`);
  };
  await stand('بت', '乙甲');
  await stand('ب ت', '乙 甲');
  await stand('بت 12.5', '12.5 乙甲');
  await stand('A بت B', 'A 乙甲 B');
  await stand('بت…', '乙甲…');
  await stand('بت (ب) A', '(甲) 乙甲 A');
});

test('vowels of Hindi that take room are outlines of the own font', async () => {
  const { svg, lacking } = await drawn('समाचार', only);
  assert.deepEqual(lacking, []);
  assert.doesNotMatch(svg, /<text/);
});

test('anchors and rotation place an outline as they place a text', async () => {
  const xs = (svg: string) =>
    [...(pathOf(svg) ?? '').matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  const box = async (rest: string) => {
    const points = xs((await drawn('体育', { font, ...only }, rest)).svg);
    const [x, y] = [0, 1].map((k) => points.map((point) => point[k]));
    return { left: Math.min(...x), right: Math.max(...x), top: Math.min(...y), bottom: Math.max(...y) };
  };
  const start = await box('');
  assert.ok(start.left >= 10 && start.bottom <= 20.5, JSON.stringify(start));
  assert.ok((await box(' text-anchor="end"')).right <= 10);
  const middle = await box(' text-anchor="middle"');
  assert.ok(Math.abs((middle.left + middle.right) / 2 - 10) < 1);
  const upright = await box(' transform="rotate(-90 10 20)"');
  assert.ok(upright.right <= 10.5 && upright.bottom <= 20, JSON.stringify(upright));
  const bold = (await drawn('体', { font, ...only }, ' font-weight="700"')).svg;
  assert.match(bold, /stroke="#123456" stroke-width="0\.48"/);
});

test('a named font that cannot be used is refused', async () => {
  await assert.rejects(openFonts({ font: join(folder, 'none.ttf') }), {
    name: 'FileError',
    message: /none\.ttf\] cannot read the font: there is no such file or folder\. Check the path/,
  });
  await assert.rejects(openFonts({ font: folder }), {
    name: 'CorruptFileError',
    message: /this is a folder/,
  });
  const good = madeFont(LOOKS);
  const refused: readonly (readonly [Uint8Array | string, RegExp])[] = [
    ['', /it ends too early/],
    ['wOF2 and so on', /it does not begin as one/],
    [good.subarray(0, 100), /it ends too early/],
    [good.subarray(0, good.length - 10), /it ends too early/],
    [Buffer.from(good.toString('latin1').replaceAll('glyf', 'none'), 'latin1'), /it has none/],
    [Buffer.from(good.toString('latin1').replace('cmap', 'none'), 'latin1'), /it maps no characters/],
    [Buffer.from(good.toString('latin1').replace('head', 'none'), 'latin1'), /can be drawn, but is damaged/],
  ];
  for (const [i, [bytes, message]] of refused.entries()) {
    const path = place(`broken-${i}.ttf`, bytes);
    await assert.rejects(openFonts({ font: path }), (error: Error) => {
      assert.equal(error.name, 'CorruptFileError', `${i}: ${String(error)}`);
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(`[${path}] the file must be a`), error.message);
      return true;
    });
  }
});

test('installed fonts show Chinese, Arabic and Thai, where the machine has them', async (t) => {
  const noto = '/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf';
  if (!existsSync(noto))
    return t.skip('there is no Noto Sans for other scripts (Debian: apt-get install fonts-noto-core)');
  assert.ok(openFontFile(noto).covers('ر'.codePointAt(0) ?? 0) && !openFontFile(noto).covers(0x4f53));
  assert.deepEqual((await drawn('رياضة กีฬา חדשות', {})).lacking, []);
});
