/**
 * Runs the tests: `npm test` everything but `test/slow`, `npm run test:slow` that folder alone.
 *
 *     npm test [-- PART OF A PATH ...]   only files whose path contains one of the parts
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { root } from './house.ts';
import reporter from './reporter.ts';

/** No single test may take longer, in ms. */
const TIMEOUT = { quick: 120_000, slow: 20 * 60_000 } as const;

const args = process.argv.slice(2);
const slow = args.includes('--slow');
const parts = args.filter((arg) => arg !== '--slow');
const all = globSync(['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const tier = all.filter((file) => file.startsWith('test/slow/') === slow);
const files = tier.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
if (files.length === 0) {
  const wanted = parts.length > 0 ? ` whose path contains ${parts.join(' or ')}` : '';
  process.stderr.write(`[test] there must be a test file${wanted}, but got none of ${tier.length}.\n`);
  process.exit(2);
}
// every test file is a process of its own, and most load the same modules
process.env.NODE_COMPILE_CACHE ??= `${root}build/compile-cache`;
process.chdir(root);
const results = run({
  files: inOrder(files),
  // slow suites measure time and start browsers: one at a time
  concurrency: slow ? 1 : Math.min(4, availableParallelism()),
  timeout: slow ? TIMEOUT.slow : TIMEOUT.quick,
  // a full path, for tests that start worker threads in another folder
  execArgv: [`--import=${new URL('test-setup.ts', import.meta.url).href}`],
});
results.on('test:summary', ({ success }) => {
  if (!success) process.exitCode = 1;
});
results.compose(reporter).pipe(process.stdout);

/** Files that take long first, so that no core is left alone with one at the end: those in test/ start processes. */
function inOrder(some: readonly string[]): string[] {
  const starts = (file: string) => file.startsWith('test/');
  return [...some.filter(starts), ...some.filter((file) => !starts(file))];
}
