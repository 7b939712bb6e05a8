/** The programs that exported pages run: prebuilt in the package, built on demand in a clone. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UnsupportedError } from '../../core/errors.ts';
import type { Programs } from '../../export/target.ts';

/** What `scripts/bundle-programs.ts` exports. */
interface Bundler {
  bundleProgram(name: keyof Programs): Promise<string>;
}

/** The programs of this installation. */
export const programs: Programs = { page: () => program('page'), module: () => program('module') };

async function program(name: keyof Programs): Promise<string> {
  const built = fileURLToPath(new URL(`../../export/programs/${name}.js`, import.meta.url));
  if (existsSync(built)) return readFileSync(built, 'utf8');
  const bundler = new URL('../../../scripts/bundle-programs.ts', import.meta.url);
  if (existsSync(bundler)) return ((await import(bundler.href)) as Bundler).bundleProgram(name);
  throw new UnsupportedError(
    `[export] the package must have ${built}, but it is missing. Install the package again.`,
  );
}
