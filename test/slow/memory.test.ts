/** Memory of a training process stays flat over many epochs, and that of a prediction whatever its input. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { measureMemory } from '../../bench/memory.ts';
import { median } from '../../bench/support/statistics.ts';
import { unrollHere } from '../support/cli.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv, tinyModel } from '../support/tiny.ts';

const EPOCHS = 56;
/** So many epochs are compared with the next ones. */
const PART = 7;
/** Parts at the start in which compilers and caches still grow. */
const WARM_UP = 2;
/** Largest growth from the first of the compared parts to the last. A leak of 1 % an epoch would show as 35 %. */
const GROWTH = 0.12;
/** Largest growth from each part to the next. That leak would show as 7 %; what V8 takes once shows in one of them. */
const STEADY = 0.01;

for (const threads of [1, 2]) {
  test(`resident memory stays flat over ${EPOCHS} epochs, ${threads} thread(s)`, async () => {
    const { rss_mib: rss = [] } = await measureMemory(threads, EPOCHS, () => {});
    assert.equal(rss.length, EPOCHS);
    const parts = Array.from({ length: EPOCHS / PART - WARM_UP }, (_, i) =>
      median(rss.slice((WARM_UP + i) * PART, (WARM_UP + i + 1) * PART)),
    );
    const told = `${rss.join(' ')} MiB`;
    assert.ok(parts[parts.length - 1] / parts[0] - 1 < GROWTH, told);
    assert.ok(Math.min(...parts.slice(1).map((part, i) => part / parts[i] - 1)) < STEADY, told);
  });
}

test('the memory of predict does not grow with the input, be it many texts or long ones', async () => {
  const cwd = temporaryFolder();
  writeFiles(cwd, { 'tiny.csv': tinyCsv() });
  const trained = await unrollHere(['train', 'tiny.csv', ...tinyModel, '-o', 'runs/tiny-1', '-q'], { cwd });
  assert.equal(trained.code, 0, trained.stderr);
  // kilobytes at the peak, told by the process itself as it ends
  const watch = "process.on('exit', () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}`))";
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const peak = async (texts: number, repeats: number) => {
    const text = 'ballgoalteammatchcoachleague'.repeat(40).concat(' ').repeat(repeats);
    writeFiles(cwd, { 'large.txt': `${text}\n`.repeat(texts) });
    // a heap that is soon collected, so that its slack is not taken for growth
    const heap = ['--max-old-space-size=64', '--max-semi-space-size=1'];
    const program = [...heap, '--import', `data:text/javascript,${encodeURIComponent(watch)}`, main];
    const args = ['predict', 'runs/tiny-1', '--input', 'large.txt', '--quiet'];
    const { code, stdout, stderr } = await runProgram(process.execPath, [...program, ...args], { cwd });
    assert.equal(code, 0, stderr);
    assert.equal(stdout.split('\n').length, texts + 1);
    return Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
  };
  // 9 MB and 54 MB, in lines of 9 kB and of 0.9 MB
  for (const [few, many, repeats] of [
    [1_000, 6_000, 8],
    [10, 60, 800],
  ]) {
    const [small, large] = [await peak(few, repeats), await peak(many, repeats)];
    assert.ok(large - small < 30, `${small.toFixed()} MiB, then ${large.toFixed()} MiB`);
  }
});
