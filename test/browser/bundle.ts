/** Bundles for a browser, made the way a user's build would make them: no shim, no alias, no define. */
import { globSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { root, ROOMS } from '../../scripts/house.ts';

/** A made bundle. */
export interface Bundle {
  /** File name to content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Metafile;
}

const options = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  // for a browser, a `node:` import is an error
  platform: 'browser',
  target: 'es2024',
  minify: true,
  outdir: '/',
  write: false,
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

async function run(entry: BuildOptions): Promise<Bundle> {
  const { outputFiles = [], metafile = { inputs: {}, outputs: {} } } = await build({ ...options, ...entry });
  return {
    files: new Map(outputFiles.map(({ path, contents }) => [path.split('/').at(-1) ?? path, contents])),
    metafile,
  };
}

/** Every module that the house says runs in a browser, by its path. */
export function browserModules(): string[] {
  return ROOMS.filter(({ runs }) => runs === 'browser').flatMap(({ name, nodeOnly = [] }) =>
    globSync(`src/${name}/**/*.ts`, { cwd: root })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => !/\.(?:test|d)\.ts$/.test(file))
      .filter((file) => {
        const inside = file.slice(`src/${name}/`.length);
        return !nodeOnly.some((path) => inside === path || inside.startsWith(`${path}/`));
      })
      .sort(),
  );
}

/** One file with everything that these modules export. */
export function bundleModules(modules: readonly string[]): Promise<Bundle> {
  const contents = modules.map((file, n) => `export * as module${n} from './${file}';`).join('\n');
  return run({ stdin: { contents, resolveDir: root, sourcefile: 'everything.js' } });
}

/** The page and the worker of the check, with what they share in a third file. */
export function bundlePage(): Promise<Bundle> {
  return run({ entryPoints: ['test/browser/page.ts', 'test/browser/worker.ts'], splitting: true });
}

/** The same for a page that asks for its tasks. */
export function bundleAskingPage(): Promise<Bundle> {
  return run({ entryPoints: ['test/browser/asking-page.ts', 'test/browser/worker.ts'], splitting: true });
}

/** The page of the tests of the GPU. */
export function bundleGpuPage(): Promise<Bundle> {
  return run({ entryPoints: { page: 'test/browser/gpu-page.ts' }, splitting: true });
}

/** Bytes of a bundle after `gzip -9`. */
export function gzipSize({ files }: Bundle): number {
  return [...files.values()].reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0);
}

/** What a bundle would load from outside itself: nothing, or the specifiers. */
export function externalImports({ metafile }: Bundle): string[] {
  return Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter((link) => link.external === true).map((link) => link.path),
  );
}
