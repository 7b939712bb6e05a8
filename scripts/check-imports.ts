/** Checks that imports point one way through the house and that its browser rooms stay free of Node. */
import { globSync, readFileSync } from 'node:fs';
import { BROWSER_PACKAGES, ROOMS, root } from './house.ts';
import { checkImports } from './imports.ts';
import { packageJson } from './package-json.ts';

const files = globSync('src/**/*.ts', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const sources = new Map(files.map((file) => [file, readFileSync(root + file, 'utf8')]));
const problems = checkImports(sources, {
  rooms: ROOMS,
  browserPackages: BROWSER_PACKAGES,
  installedPackages: [...Object.keys(packageJson.dependencies), ...Object.keys(packageJson.peerDependencies)],
});
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stderr.write(`imports: ${files.length} files, ${problems.length} problems\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
