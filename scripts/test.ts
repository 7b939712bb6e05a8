/**
 * Runs the tests, in three tiers:
 *
 *     npm run test:quick                 unit tests that take no time, in one process: under 10 seconds on two cores
 *     npm test                           everything but `test/slow`
 *     npm run test:slow                  `test/slow`
 *
 * Parts of paths behind it (`npm test -- text`) choose the files whose path contains one of them.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { root } from './house.ts';
import reporter from './reporter.ts';

type Tier = 'quick' | 'full' | 'slow';

/** No single test may take longer, in ms. */
const TIMEOUT: Record<Tier, number> = { quick: 60_000, full: 240_000, slow: 20 * 60_000 };

/** Folders whose unit tests are quick: those that need no files, processes or pictures. */
const QUICK_FOLDERS = /^src\/(?:core|text|engine|evaluate|nn|models|train|tune)\//;

/** What takes longer than a second, or waits, in these folders. */
const NOT_QUICK = [
  'src/models/files/safetensors',
  'src/tune/storage/',
  'src/tune/study/interruptions',
  'src/tune/samplers/conformance',
  'src/tune/samplers/tpe/tpe.test.ts',
  'src/tune/space/distribution-json',
];

const args = process.argv.slice(2);
const tier: Tier = args.includes('--slow') ? 'slow' : args.includes('--quick') ? 'quick' : 'full';
const parts = args.filter((arg) => !arg.startsWith('--'));
const all = globSync(['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
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
// in the full tier every test file is a process of its own, and most load the same modules
process.env.NODE_COMPILE_CACHE ??= `${root}build/compile-cache`;
process.chdir(root);
const setup = new URL('test-setup.ts', import.meta.url).href;
if (tier === 'quick') await import(setup);
const results = run({
  files: inOrder(files),
  timeout: TIMEOUT[tier],
  ...(tier === 'quick'
    ? { isolation: 'none' as const }
    : {
        // slow suites measure time and start browsers: one at a time
        concurrency: tier === 'slow' ? 1 : Math.min(4, availableParallelism()),
        // a full path, for tests that start worker threads in another folder
        execArgv: [`--import=${setup}`],
      }),
});
results.on('test:summary', ({ success }) => {
  if (!success) process.exitCode = 1;
});
results.compose(reporter).pipe(process.stdout);

function isIn(wanted: Tier, file: string): boolean {
  if (wanted === 'quick') return QUICK_FOLDERS.test(file) && !NOT_QUICK.some((path) => file.startsWith(path));
  return file.startsWith('test/slow/') === (wanted === 'slow');
}

/** Files that take long first, so that no core is left alone with one at the end: those in test/ start processes. */
function inOrder(some: readonly string[]): string[] {
  const starts = (file: string) => file.startsWith('test/');
  return [...some.filter(starts), ...some.filter((file) => !starts(file))];
}
