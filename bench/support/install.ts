/** Puts peers that npm has into a folder outside the project; they are no dependencies of it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where peers are kept between runs. */
function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'unroll', 'bench-peers');
}

/** Packages with their versions, or why they are not here. */
export type Installed =
  | { readonly folder: string; readonly versions: Readonly<Record<string, string>> }
  | { readonly reason: string };

/**
 * Installs exact versions, without running their install scripts, unless they are there already.
 * @param packages Such as `{ 'brain.js': '1.6.1' }`.
 */
export function installPeers(packages: Readonly<Record<string, string>>): Installed {
  const wanted = JSON.stringify({ private: true, dependencies: packages });
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), key);
  const done = join(folder, 'installed');
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), wanted);
    const npm = process.env.npm_execpath ?? '';
    const [command, first] = /npm-cli\.c?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []];
    const args = [...first, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status, error, stderr } = spawnSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 180_000,
      shell: process.platform === 'win32' && first.length === 0,
    });
    if (status !== 0) {
      const cause = error ? error.message : (stderr.trim().split('\n')[0] ?? `exit code ${String(status)}`);
      return { reason: `npm could not install ${Object.keys(packages).join(', ')}: ${cause}` };
    }
    writeFileSync(done, '');
  }
  const versions = Object.fromEntries(
    Object.keys(packages).map((name) => {
      const file = join(folder, 'node_modules', name, 'package.json');
      return [name, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version];
    }),
  );
  return { folder, versions };
}
