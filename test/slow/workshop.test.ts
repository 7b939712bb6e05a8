/** `unroll workshop --quick` on the workshop's own file, as its issue asks for it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WorkshopResults } from '../../src/jobs/workshop/results.ts';
import { bbcFile, skipWithoutBbc } from '../support/bbc.ts';
import { unroll } from '../support/cli.ts';
import { PATIENCE } from '../support/patience.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('the workshop on its own file, quick', { skip: skipWithoutBbc }, async (t) => {
  const folder = join(temporaryFolder(), 'workshop');
  const start = performance.now();
  const { code, stdout, stderr } = await unroll(['workshop', bbcFile, '--quick', '-o', folder, '--json'], {
    timeout: 3 * PATIENCE,
  });
  const minutes = (performance.now() - start) / 60_000;
  assert.equal(code, 0, stderr);
  const { comparison, reported, figures, report, seconds } = JSON.parse(stdout) as WorkshopResults;
  const [scratch, rnn, bilstm] = comparison.runs;
  t.diagnostic(`${minutes.toFixed(1)} minutes: ${JSON.stringify(seconds)}`);
  for (const { name, val_accuracy, test_accuracy } of comparison.runs)
    t.diagnostic(`${name}: validation ${val_accuracy}, test ${test_accuracy}`);
  assert.ok((scratch.val_accuracy ?? 0) > 0.67, "better than the report's RNN");
  assert.ok((bilstm.test_accuracy ?? 0) > 0.845, "better than the report's BiLSTM");
  // the report's RNN is below 0.8: ours begins from the identity, and so is not far below the BiLSTM
  assert.ok((rnn.test_accuracy ?? 0) > 0.85, `rnn ${rnn.test_accuracy}`);
  const pair = comparison.pairs.find(
    ({ a, b }) => [a, b].includes(scratch.name) && [a, b].includes('bilstm'),
  );
  assert.equal(pair?.a, bilstm.name);
  assert.equal(pair.verdict, 'better', pair.sentence);
  assert.equal(rnn.test_documents, 223);
  assert.equal(figures.length, 8);
  const cells = new Map(reported?.table.rows.map(([name, ...rest]) => [name, rest]));
  assert.deepEqual(cells.get('Documents: training, validation, test'), [
    '1,780 / 222 / 223',
    '1,780 / 222 / 223',
  ]);
  assert.deepEqual(cells.get('Type coverage of the vocabulary'), ['about 8.25 %', '8.30 %']);
  assert.equal(cells.get('Token coverage of the vocabulary')?.[1], '83.02 %');
  assert.ok(statSync(report.html).size < 2_000_000);
  assert.match(readFileSync(report.html, 'utf8'), /Compared with the workshop.{1,5}s own results/);
  assert.ok(readdirSync(join(folder, 'figures')).length >= 24);
  if (spawnSync('pdflatex', ['--version']).status !== 0) {
    t.diagnostic('there is no pdflatex: the report is not typeset');
    return;
  }
  for (let pass = 0; pass < 2; pass++) {
    const options = ['-interaction=nonstopmode', '-halt-on-error', '-no-shell-escape', 'report.tex'];
    const { status, stdout: log } = spawnSync('pdflatex', options, {
      cwd: join(folder, 'report'),
      encoding: 'latin1',
    });
    assert.equal(status, 0, log.slice(-2000));
  }
});
