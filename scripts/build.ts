/**
 * Builds dist/ from src/ and studio/: Node strips types from no file below node_modules, so the package ships JavaScript;
 * the pages of the studio go into dist/studio/pages, the programs of exported pages into dist/export/programs.
 */
import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import { buildStudio } from './build-studio.ts';
import { sourceStamp } from '../src/engine/native/library.ts';
import { bundlePrograms } from './bundle-programs.ts';
import { root } from './house.ts';
import { packageJson } from './package-json.ts';

// a package has no sources that would show its users that a library is older than they are
for (const library of fs.globSync('prebuilds/*/unroll.node', { cwd: root })) {
  if (fs.readFileSync(root + library).includes(sourceStamp(fs, crypto))) continue;
  process.stderr.write(
    `[build] ${library} must be made from native/ as it is, but is older. Run npm run build:native, or delete the file: it is optional.\n`,
  );
  process.exit(1);
}

fs.rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  },
);
if (status !== 0) {
  process.stderr.write('[build] src/ must compile, but tsc found the errors above. Fix them first.\n');
  process.exit(1);
}
for (const program of Object.values(packageJson.bin)) fs.chmodSync(root + program, 0o755);
await buildStudio(`${root}dist/studio/pages`);
await bundlePrograms(`${root}dist/export/programs`);
