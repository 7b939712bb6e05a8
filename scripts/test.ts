/**
 * Runs the tests: `npm test` everything but `test/slow`, `npm run test:slow` that folder alone.
 *
 *     npm test [-- PART OF A PATH ...]   only files whose path contains one of the parts
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { globSync } from 'node:fs';
import { root } from './house.ts';

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
// slow suites measure time and start browsers: one at a time
const concurrency = slow ? 1 : Math.min(4, availableParallelism());
const { status } = spawnSync(
  process.execPath,
  [
    '--import=./scripts/test-setup.ts',
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${slow ? TIMEOUT.slow : TIMEOUT.quick}`,
    '--test-reporter=./scripts/reporter.ts',
    '--test-reporter-destination=stdout',
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
