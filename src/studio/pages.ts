/** The built pages: `dist/studio/pages` of the package, `build/studio` of a clone. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnsupportedError } from '../core/errors.ts';

/** A file of the pages. */
export interface PageFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Whether its name changes with its content. */
  readonly hashed: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Folder of the built pages. */
export function pagesFolder(): string {
  const built = import.meta.url.endsWith('.ts') ? '../../build/studio/' : './pages/';
  return fileURLToPath(new URL(built, import.meta.url));
}

/**
 * All files of the pages by their address, such as `/assets/index-1a2b.js`; read once.
 * @throws UnsupportedError where they are not built
 */
export function readPages(folder: string = pagesFolder()): ReadonlyMap<string, PageFile> {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new UnsupportedError(
      `[studio] the pages must be built, but ${folder} has none. Build them with npm run build:studio.`,
    );
  }
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, entry);
    if (!statSync(path).isFile()) continue;
    const address = `/${entry.replaceAll('\\', '/')}`;
    files.set(address, {
      content: new Uint8Array(readFileSync(path)),
      type: TYPES[extname(path)] ?? 'application/octet-stream',
      hashed: address.includes('/assets/'),
    });
  }
  return files;
}
