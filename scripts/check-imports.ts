/**
 * Checks that imports point one way through the house and that its browser rooms stay free of Node; and that no imports
 * run in a circle, in benchmarks, tests and scripts either.
 */
import { globSync, readFileSync } from 'node:fs';
import { BROWSER_FILES, BROWSER_PACKAGES, ROOMS, root } from './house.ts';
import { checkCircles, checkImports } from './imports.ts';
import { packageJson } from './package-json.ts';

const read = (pattern: string) =>
  new Map(
    globSync(pattern, { cwd: root })
      .map((file) => file.replaceAll('\\', '/'))
      .sort()
      .map((file) => [file, readFileSync(root + file, 'utf8')]),
  );
const sources = read('src/**/*.ts');
const others = read('{bench,test,scripts,studio}/**/*.ts');
const found = checkImports(sources, {
  rooms: ROOMS,
  browserFiles: BROWSER_FILES,
  browserPackages: BROWSER_PACKAGES,
  installedPackages: [...Object.keys(packageJson.dependencies), ...Object.keys(packageJson.peerDependencies)],
});
const problems = [...found, ...checkCircles(others)];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stderr.write(`imports: ${sources.size + others.size} files, ${problems.length} problems\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
