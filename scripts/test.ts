/**
 * Runs the tests, in three tiers:
 *
 *     npm run test:quick                 unit tests that take no time, in two processes: under 10 seconds on two cores
 *     npm test                           everything but `test/slow`
 *     npm run test:slow                  `test/slow`
 *
 * Test files that allow it share a few processes (`test-files.ts`), which saves the start of a hundred.
 * Parts of paths behind it (`npm test -- text`) choose the files whose path contains one of them.
 */
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { root } from './house.ts';
import reporter from './reporter.ts';
import { groupOf, isIn, LONGEST_FIRST, QUICK_GROUPS, testFiles, type Tier } from './test-files.ts';

/**
 * No test and no group of files may take longer, in ms: more than the longest takes on a machine that is busy and ten times
 * slower, and than a test waits for a program that hangs.
 */
const TIMEOUT: Record<Tier, number> = { quick: 10 * 60_000, full: 60 * 60_000, slow: 120 * 60_000 };

const args = process.argv.slice(2);
const tier: Tier = args.includes('--slow') ? 'slow' : args.includes('--quick') ? 'quick' : 'full';
const parts = args.filter((arg) => !arg.startsWith('--'));
const all = testFiles();
const files = all.filter(
  (file) => isIn(tier, file) && (parts.length === 0 || parts.some((part) => file.includes(part))),
);
if (files.length === 0) {
  const wanted = parts.length > 0 ? ` whose path contains ${parts.join(' or ')}` : '';
  process.stderr.write(
    `[test] there must be a test file${wanted}, but the ${tier} tier has none, of ${all.length} in all tiers.\n`,
  );
  process.exit(2);
}
// most test files are processes of their own, and load the same modules
process.env.NODE_COMPILE_CACHE ??= `${root}build/compile-cache`;
process.chdir(root);
const setup = new URL('test-setup.ts', import.meta.url).href;

const results = run({
  files: parts.length > 0 || tier === 'slow' ? inOrder(files) : grouped(),
  timeout: TIMEOUT[tier],
  // slow suites measure time and start browsers: one at a time
  concurrency: tier === 'slow' ? 1 : Math.min(4, availableParallelism()),
  // a full path, for tests that start worker threads in another folder
  execArgv: [`--import=${setup}`],
});
results.on('test:summary', ({ success }) => {
  if (!success) process.exitCode = 1;
});
results.compose(reporter).pipe(process.stdout);

/** All files of the tier, those that can share a process as groups. */
function grouped(): string[] {
  if (tier === 'quick') return [...QUICK_GROUPS];
  return inOrder([...LONGEST_FIRST, ...files.filter((file) => groupOf(file) === undefined)]);
}

/** Files that take long first, so that no core is left alone with one at the end: groups, and those that start processes. */
function inOrder(some: readonly string[]): string[] {
  const starts = (file: string) => file.startsWith('test/') || LONGEST_FIRST.includes(file);
  return [...some.filter(starts), ...some.filter((file) => !starts(file))];
}
