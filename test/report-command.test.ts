import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { TestResults } from '../src/run/index.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { writeFakeRun } from './support/run-folder.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const folder = temporaryFolder();
const at = writeFiles(folder, { 'tiny.csv': tinyCsv(120) });
const runs = { lstm: join(folder, 'runs/lstm'), rnn: join(folder, 'runs/rnn') };

before(async () => {
  for (const [type, output] of Object.entries(runs)) {
    const args = ['train', at('tiny.csv'), ...tinyModel, '--model.type', type, '-o', output, '--quiet'];
    const { code, stderr } = await unrollHere(args);
    assert.equal(code, 0, stderr);
  }
});

test('--explain: test documents explained in the report of one run; a notice for several', async () => {
  const output = join(folder, 'explained');
  const { code, stderr } = await unrollHere(['report', runs.lstm, '--explain', '-o', output]);
  assert.equal(code, 0, stderr);
  const page = readFileSync(join(output, 'report.html'), 'utf8');
  assert.match(page, /<h2 id="explanation">Which words matter<\/h2>/);
  const gap = /within ([\d.]+)\D{1,8}% in every document/.exec(page)?.[1];
  assert.ok(Number(gap) < 1, `${gap} %`);
  assert.match(page, /aria-label="Words of \d texts/);
  assert.match(page, /aria-label="Bar charts of the words of 3 classes/);
  const several = await unrollHere(['report', runs.lstm, runs.rnn, '--explain', '-o', join(folder, 'two')]);
  assert.equal(several.code, 0);
  assert.match(several.stderr, /a report of several runs has no explanations/);
});

const accuracyOf = (run: string) => {
  const { accuracy } = JSON.parse(readFileSync(join(run, 'test.json'), 'utf8')) as TestResults;
  return (100 * accuracy).toFixed(1);
};

/** The document's words, without markup and however each format writes spaces and signs. */
const words = (text: string) =>
  text
    // citations, which are a link, a number or a command
    .replace(/ ?(?:<a href="#ref-\w+">\[\d+\]<\/a>|\\\[\d+\\\]|\\cite\{\w+\})/g, '')
    .replace(/<style>.*?<\/style>|<svg.*?<\/svg>|<[^>]*>/gs, ' ')
    .replace(/&#39;/g, "'")
    .replace(/([-,'])\{\}(?=\1)/g, '$1')
    .replace(/(\d)~(?=\\%)/g, '$1 ')
    .replace(/\$-\$/g, '−')
    .replace(/\$\\pm\$/g, '±')
    .replace(/\\(?=[%_~<>|*[\]#$&{}])/g, '')
    .replace(/[\s\u00a0]+/g, ' ');

describe('the report of a run', () => {
  test('-o NAME.html is that file; Markdown and LaTeX need a folder', async () => {
    const page = join(folder, 'pages/one.html');
    const { code, stdout, stderr } = await unrollHere(['report', runs.lstm, '--no-data', '-o', page]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${page}\n`);
    assert.match(readFileSync(page, 'utf8'), /^<!doctype html>/);
    for (const [name, format] of [
      ['a.html', 'md'],
      ['a.tex', 'latex'],
      ['a.pdf', 'html'],
    ] as const) {
      // prettier-ignore
      const output = join(folder, name);
      const refused = await unrollHere(['report', runs.lstm, '-o', output, '--format', format]);
      assertRefused(refused, 2, /\[-o\] the output of \w+ must be a folder, .* but got .*a\.\w+\. Only HTML alone may go to a file/); // prettier-ignore
      assert.ok(!existsSync(output));
    }
  });

  test('one HTML file in the run folder: whole, with its own figures, nothing from elsewhere', async () => {
    const { code, stdout, stderr } = await unrollHere(['report', runs.lstm]);
    assert.equal(code, 0, stderr);
    const file = join(runs.lstm, 'report.html');
    assert.equal(stdout, `${file}\n`);
    assert.ok(statSync(file).size < 2_000_000);
    const html = readFileSync(file, 'utf8');
    assert.match(html, /^<!doctype html>\n<html lang="en">/);
    assert.doesNotMatch(
      html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, ''),
      /https?:\/\/|<script|@import|<link|<img/,
    );
    const ids = Array.from(html.matchAll(/\sid="([^"]*)"/g), ([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, 'ids are unlike each other');
    for (const [, target] of html.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(target), target);
    const levels = Array.from(html.matchAll(/<h(\d)/g), ([, level]) => Number(level));
    assert.deepEqual(levels.filter((level) => level === 1).length, 1);
    for (const [i, level] of levels.entries()) assert.ok(i === 0 || level <= levels[i - 1] + 1);
    assert.equal(html.split('<table').length, html.split('<caption>').length);
    const figures = html.match(/<figure[ >].*?<\/figure>/gs) ?? [];
    assert.equal(figures.length, 17);
    for (const figure of figures) {
      assert.equal(figure.match(/<svg[^>]*role="img"/g)?.length, 2, 'wide and narrow');
      assert.match(figure, /<figcaption><strong>[^<]+<\/strong> \S/);
    }
  });

  test('it says what the run says', async () => {
    const { stdout } = await unrollHere([
      'report',
      runs.lstm,
      '-o',
      join(folder, 'said'),
      '--format',
      'md',
      '-q',
    ]);
    const text = readFileSync(stdout.trim(), 'utf8');
    const { data } = JSON.parse(readFileSync(join(runs.lstm, 'description.json'), 'utf8')) as {
      data: { hash: string };
    };
    assert.ok(text.includes(data.hash));
    assert.ok(words(text).includes(`the model classified ${accuracyOf(runs.lstm)} % correctly`));
    assert.match(text, /\| sport \| 40 \| 33\.3 % \| \d/, 'the audit');
    assert.match(text, /\$\$\ni_t = \\sigma\(W_\{ii\}/, 'the equations of an LSTM');
    assert.match(text, /```sh\nunroll train .*--model\.type lstm/);
    assert.match(text, /^ {2}hidden_size: 8$/m);
    for (const [, file] of text.matchAll(/\]\((figures\/[^)]+)\)/g)) {
      assert.ok(statSync(join(folder, 'said', file)).size > 1000, file);
    }
  });

  test('all formats say the same sentences', async () => {
    const output = join(folder, 'same');
    const formats = ['--format', 'html', '--format', 'md', '--format', 'latex'];
    const { stdout } = await unrollHere([
      'report',
      runs.lstm,
      runs.rnn,
      '-o',
      output,
      ...formats,
      '--json',
      '-q',
    ]);
    const { files } = JSON.parse(stdout) as { files: string[] };
    assert.ok(files.every((file) => existsSync(join(output, file))));
    const texts = ['report.html', 'report.md', 'report.tex'].map((file) =>
      words(readFileSync(join(output, file), 'utf8')),
    );
    const latex = texts[2];
    const paragraphs = readFileSync(join(output, 'report.md'), 'utf8')
      .split('\n\n')
      .filter((block) => /^[A-Z][^`$]+\.$/.test(block) && !block.includes('\n'))
      .map((block) => words(block).trim());
    assert.ok(paragraphs.length > 12, String(paragraphs.length));
    for (const paragraph of paragraphs) {
      assert.ok(texts[0].includes(paragraph), `HTML lacks: ${paragraph}`);
      assert.ok(latex.includes(paragraph), `LaTeX lacks: ${paragraph}`);
    }
    assert.match(latex, /(is better than|are not distinguishable)/);
  });

  test('changed or missing data: no audit, a note, and a report all the same', async () => {
    const copy = join(folder, 'moved');
    cpSync(runs.rnn, copy, { recursive: true });
    const description = join(copy, 'description.json');
    const text = readFileSync(description, 'utf8').replaceAll('tiny.csv', 'gone.csv');
    writeFiles(copy, { 'description.json': text });
    const { code, stderr } = await unrollHere(['report', copy]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /no audit in the report/);
    const html = readFileSync(join(copy, 'report.html'), 'utf8');
    assert.match(words(html), /could not be read again/);
    assert.match(html, /Test documents/);
    assert.doesNotMatch(html, /Misclassified documents|Median tokens/);
  });

  test('a run without model, with hostile names of classes', async () => {
    const labels = Int32Array.from({ length: 40 }, (_, n) => n % 2);
    const hostile = writeFakeRun(join(folder, 'hostile'), {
      labelNames: ['<script>alert(1)</script>', '\\input{/etc/passwd} & $x$'],
      labels,
      predicted: labels.map((label, n) => (n < 5 ? 1 - label : label)),
    });
    const formats = ['--format', 'html', '--format', 'latex'];
    const { code, stderr } = await unrollHere(['report', hostile, '-o', join(folder, 'out'), ...formats]);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(readFileSync(join(folder, 'out/report.html'), 'utf8'), /<script/);
    assert.doesNotMatch(readFileSync(join(folder, 'out/report.tex'), 'utf8'), /\\input\{/);
    assert.match(
      words(readFileSync(join(folder, 'out/report.html'), 'utf8')),
      /The drop was not followed by/,
    );
    rmSync(hostile, { recursive: true });
  });

  test('what cannot be written up is refused in a sentence', async () => {
    assertRefused(await unrollHere(['report', join(folder, 'none')]), 1, /there must be a run/);
    assertRefused(
      await unrollHere(['report', runs.rnn, '--format', 'pdf']),
      2,
      /--format must be one of html, md, latex/,
    );
    assertRefused(await unrollHere(['report']), 2, /needs an argument|RUN/);
  });
});
