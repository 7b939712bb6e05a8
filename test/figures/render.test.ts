/** Figures of a run folder as files, by the library and by the command. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dataFacts } from '../../src/figures/data-facts.ts';
import { openFonts, renderFigures, renderSources, svgToPng } from '../../src/figures/node.ts';
import { textWidth } from '../../src/figures/chart/text.ts';
import { evaluatePredictions, type Evaluation } from '../../src/evaluate/index.ts';
import { appendMetrics, writeTestResults } from '../../src/run/index.ts';
import { floatDistribution } from '../../src/tune/index.ts';
import { makeTrial } from '../../src/tune/testing/trials.ts';
import { unrollHere } from '../support/cli.ts';
import { cases, usualHistory } from './cases.ts';
import { createDataset } from './data.ts';
import { madeFont } from './made-font.ts';

const folder = mkdtempSync(join(tmpdir(), 'unroll-figures-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function makeRun(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const record of usualHistory.epochs) appendMetrics(join(path, 'metrics.jsonl'), { ...record });
  writeTestResults(join(path, 'test.json'), cases.usual.evaluation as Evaluation);
  return path;
}

const sizeOf = (png: Uint8Array) => {
  const view = new DataView(png.buffer, png.byteOffset);
  assert.equal(view.getUint32(0), 0x89504e47);
  return [view.getUint32(16), view.getUint32(20)];
};

test('a run gives SVG, PNG and CSV, and says what it has no data for', async () => {
  const path = makeRun('run');
  const {
    figures,
    left_out: leftOut,
    notices,
  } = await renderFigures(path, {
    only: ['loss-curve', 'per-class-accuracy', 'class-counts'],
    themes: ['light', 'dark'],
  });
  assert.deepEqual(leftOut, [{ type: 'class-counts', needs: 'audit', why: 'the run has no audit' }]);
  assert.deepEqual(notices, []);
  assert.deepEqual(readdirSync(join(path, 'figures')).sort(), [
    'figures.json',
    ...['loss-curve', 'per-class-accuracy'].flatMap((name) =>
      ['-dark.png', '-dark.svg', '.csv', '.png', '.svg'].map((end) => name + end),
    ),
  ]);
  assert.equal(figures[0].files.length, 5);
  const [width, height] = sizeOf(readFileSync(join(path, 'figures/loss-curve.png')));
  const [, w, h] =
    /viewBox="0 0 (\S+) (\S+)"/.exec(readFileSync(join(path, 'figures/loss-curve.svg'), 'utf8')) ?? [];
  assert.deepEqual([width, height], [3 * Number(w), Math.ceil(3 * Number(h))]);
  const told = JSON.parse(readFileSync(join(path, 'figures/figures.json'), 'utf8')) as {
    figures: { caption: string }[];
  };
  assert.equal(told.figures[0].caption, figures[0].caption);
});

test('text is in the PNG: the font is found without one on the machine', async () => {
  const svg = (text: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><text x="2" y="15" font-size="14" font-family="'Noto Sans'">${text}</text></svg>`;
  const [empty, full] = [await svgToPng(svg('')), await svgToPng(svg('Epoch'))];
  assert.ok(full.length > empty.length + 300);
});

test('the table of widths is that of the font', () => {
  const script = fileURLToPath(new URL('../../scripts/font-widths.ts', import.meta.url));
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
  assert.equal(textWidth('Loss', 1000), 524 + 605 + 479 + 479);
});

test('characters that no font has are named with the figures that have them, and with what mends it', async () => {
  const path = join(folder, 'scripts');
  mkdirSync(path);
  writeTestResults(join(path, 'test.json'), cases['long-labels'].evaluation as Evaluation);
  const only = ['per-class-accuracy', 'confusion-matrix', 'reliability'];
  const fonts = await openFonts({ folders: [] });
  const { notices } = await renderFigures(path, { only, fonts });
  assert.equal(notices.length, 1);
  assert.match(
    notices[0],
    /^found no font with 体 育 .* and \d+ more: boxes stand for them in the PNG and PDF files of per-class-accuracy, confusion-matrix; SVG files show them\. .*--font/,
  );
  assert.deepEqual((await renderFigures(path, { only, fonts, formats: ['svg', 'csv'] })).notices, []);
});

test('--font names a font for them, and one that cannot be used is refused before anything is read', async () => {
  const names = ['体', '育'];
  const path = join(folder, 'named-font');
  mkdirSync(path);
  writeTestResults(
    join(path, 'test.json'),
    evaluatePredictions(
      { labels: Int32Array.of(0, 1), probabilities: Float64Array.of(0.9, 0.1, 0.2, 0.8), labelNames: names },
      { bootstrap_samples: 5 },
    ),
  );
  const font = join(folder, 'made.ttf');
  writeFileSync(font, madeFont({ 体: 'D', 育: 'H' }));
  const pngs = await Promise.all(
    [
      [font, 'made'],
      [undefined, 'none'],
    ].map(async ([name, to]) => {
      const fonts = await openFonts({ font: name, folders: [] });
      const output = join(folder, `${to}-font`);
      const { notices } = await renderFigures(path, { only: ['per-class-accuracy'], fonts, output });
      assert.equal(notices.length, name === undefined ? 1 : 0, notices.join());
      return readFileSync(join(output, 'per-class-accuracy.png'));
    }),
  );
  const drawn = ['figures', path, '--only', 'per-class-accuracy', '--font', font];
  const { code, stderr } = await unrollHere([...drawn, '-o', join(folder, 'command-font')]);
  assert.equal(code, 0, stderr);
  const own = readFileSync(join(folder, 'command-font', 'per-class-accuracy.png'));
  assert.ok(own.equals(pngs[0]) && !own.equals(pngs[1]));
  for (const args of [
    ['figures', 'runs/none'],
    ['report', 'runs/none', '--format', 'latex'],
    ['explain', 'runs/none', 'a text', '-o', join(folder, 'a.png')],
  ]) {
    const refused = await unrollHere([...args, '--font', join(folder, 'none.ttf')]);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /none\.ttf\] cannot read the font: there is no such file/, args.join(' '));
  }
});

test('a figure that cannot be drawn is reported, and the others are written', async () => {
  const broken = {
    ...usualHistory,
    get epochs(): never {
      throw new RangeError('too many epochs');
    },
  };
  const output = join(folder, 'one-fails');
  const { figures, notices } = await renderSources(
    { history: broken, evaluation: cases.usual.evaluation as Evaluation },
    output,
    { only: ['loss-curve', 'per-class-accuracy'], formats: ['svg'] },
  );
  assert.deepEqual(
    figures.map(({ type }) => type),
    ['per-class-accuracy'],
  );
  assert.deepEqual(notices, [
    'figure loss-curve could not be drawn: RangeError: too many epochs (a bug in Unroll)',
  ]);
  assert.deepEqual(readdirSync(output).sort(), ['figures.json', 'per-class-accuracy.svg']);
});

test('600 classes: evaluated and drawn, every figure', async () => {
  const labelNames = Array.from({ length: 600 }, (_, c) => `class ${c}`);
  const labels = Int32Array.from({ length: 1800 }, (_, n) => n % 600);
  const probabilities = Float64Array.from({ length: 1800 * 600 }, (_, i) =>
    i % 600 === (7 * labels[Math.floor(i / 600)]) % 600 ? 0.401 : 0.001,
  );
  const evaluation = evaluatePredictions({ labels, probabilities, labelNames }, { bootstrap_samples: 5 });
  const audit = dataFacts(createDataset(labelNames, 3, 5), { vocabulary_size: 100, max_length: 20 });
  const { figures, notices } = await renderSources(
    { history: usualHistory, evaluation, audit },
    join(folder, 'many-classes'),
    { formats: ['svg', 'csv'] },
  );
  assert.deepEqual(notices, []);
  assert.ok(
    figures.some(({ type }) => type === 'confusion-matrix') && figures.length > 10,
    `${figures.length}`,
  );
});

test('140,000 intermediate values of a study: every figure', async () => {
  const trials = Array.from({ length: 7 }, (_, number) =>
    makeTrial({
      number,
      values: [number],
      params: { x: [number / 7, floatDistribution(0, 1)] },
      reports: Array.from({ length: 20_000 }, (_unused, step) => 1 / (1 + step) + number),
    }),
  );
  const { figures, notices } = await renderSources(
    { study: { name: 'long', directions: ['minimize'], trials } },
    join(folder, 'long-study'),
    { formats: ['svg', 'csv'] },
  );
  assert.deepEqual(notices, []);
  assert.ok(figures.some(({ type }) => type === 'intermediate-values'));
});

test('what is no run is refused', async () => {
  await assert.rejects(
    renderFigures(join(folder, 'nowhere')),
    /nowhere\] there must be a run, but the folder does not exist/,
  );
  const file = join(folder, 'a.csv');
  writeFileSync(file, 'text,label\n');
  await assert.rejects(renderFigures(file), /a\.csv\] there must be a run, but this is a file, not a folder/);
  const odd = join(folder, 'odd');
  mkdirSync(join(odd, 'config.resolved.yaml'), { recursive: true });
  writeFileSync(join(odd, 'metrics.jsonl'), '');
  await assert.rejects(renderFigures(odd), {
    name: 'CorruptFileError',
    message:
      /odd\/config\.resolved\.yaml\] there must be a file to read the configuration, but this is a folder/,
  });
});

test('the command draws, prints JSON, and refuses what it does not know', async () => {
  const path = makeRun('command');
  const output = join(folder, 'out');
  const { code, stdout, stderr } = await unrollHere([
    'figures',
    path,
    '--only',
    'lr-schedule,reliability',
    '--format',
    'svg',
    '--theme',
    'dark',
    '-o',
    output,
    '--json',
  ]);
  assert.equal(code, 0, stderr);
  const { figures } = JSON.parse(stdout) as { figures: { type: string; files: string[] }[] };
  assert.deepEqual(
    figures.map(({ files }) => files),
    [['lr-schedule-dark.svg'], ['reliability-dark.svg']],
  );
  assert.ok(existsSync(join(output, 'lr-schedule-dark.svg')));
  for (const [args, message] of [
    [['--only', 'nothing'], /figure must be one of .*class-counts/],
    [['--theme', 'blue'], /--theme must be one of light, dark, both/],
    [['--format', 'gif'], /--format must be one of svg, png, pdf, csv/],
    [['--width', 'wide'], /--width must be a number from 280 to 1600/],
  ] as const) {
    const refused = await unrollHere(['figures', path, ...args]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, message);
  }
});
