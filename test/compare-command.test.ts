import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createRng } from '../src/core/rng.ts';
import type { Comparison } from '../src/report/compare.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { writeFakeRun } from './support/run-folder.ts';
import { temporaryFolder } from './support/temporary.ts';

const folder = temporaryFolder();
const rng = createRng(9);
const labelNames = ['a|b', 'Sport', '\u001b[31mred'];
const labels = Int32Array.from({ length: 150 }, () => rng.int(3));
const run = (name: string, accuracy: number, seed: number) => {
  const own = createRng(seed);
  const predicted = labels.map((label) => (own.float() < accuracy ? label : (label + 1) % 3));
  return writeFakeRun(join(folder, 'runs', name), { labelNames, labels, predicted });
};
const good = run('good', 0.95, 1);
const weak = run('weak', 0.7, 2);
const alike = run('alike', 0.94, 3);

describe('unroll compare', () => {
  test('prints the table and the verdict', async () => {
    const { code, stdout, stderr } = await unrollHere(['compare', weak, good]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ +weak +good$/m);
    assert.match(stdout, /^Test accuracy +\d\d\.\d %/m);
    assert.match(stdout.replaceAll('\n', ' '), /good is better than weak: accuracy .*\(McNemar, p/);
    assert.ok(!stdout.includes('\u001b'), 'class names cannot drive the terminal');
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
  });

  test('--json holds the numbers that the sentence is made of', async () => {
    const { stdout } = await unrollHere([
      'compare',
      good,
      alike,
      '--json',
      '--samples',
      '300',
      '--seed',
      '4',
    ]);
    const { pairs, best, runs } = JSON.parse(stdout) as Comparison;
    assert.equal(runs.length, 2);
    assert.equal(pairs[0].a, best);
    assert.equal(pairs[0].verdict, 'not distinguishable');
    assert.ok(pairs[0].test === 'runs');
    const { mcnemar, both_right, both_wrong, accuracy, bootstrap_samples } = pairs[0].comparison;
    assert.equal(mcnemar.only_a + mcnemar.only_b + both_right + both_wrong, 150);
    assert.equal(accuracy.a, (mcnemar.only_a + both_right) / 150);
    assert.equal(bootstrap_samples, 300);
  });

  test('Markdown into a file: a folder of runs, names escaped', async () => {
    const file = join(folder, 'comparison.md');
    const { code, stdout } = await unrollHere([
      'compare',
      join(folder, 'runs'),
      '--format',
      'md',
      '-o',
      file,
    ]);
    assert.deepEqual([code, stdout], [0, '']);
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^\| {3}\| alike \| good \| weak \|$/m);
    assert.match(text, /a\\\|b/);
    const widths = text.split('\n').filter((line) => /^\| (Direction|Pooling|Most) /.test(line));
    for (const line of widths) assert.equal(line.replaceAll('\\|', '').split('|').length, 6, line);
  });

  test('what cannot be compared is refused in a sentence', async () => {
    assertRefused(await unrollHere(['compare', good]), 2, /needs two runs or more, but got 1/);
    assertRefused(await unrollHere(['compare', good, join(folder, 'none')]), 1, /there must be a run/);
    assertRefused(
      await unrollHere(['compare', good, weak, '--format', 'pdf']),
      2,
      /--format must be one of text, md/,
    );
    assertRefused(await unrollHere(['compare', good, weak, '--samples', '-1']), 2, /--samples must be/);
    assertRefused(await unrollHere(['compare', good, weak, '--confidence', '1']), 2, /--confidence must be/);
  });
});
