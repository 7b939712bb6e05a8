/**
 * Builds the pages of `unroll studio` from studio/ with Svelte and Vite: the studio itself, and `teach/` inside it, a
 * folder that any web server can host on its own. `npm run build:studio` writes build/studio, which the studio of a clone
 * uses; the package has them in dist/studio/pages.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type InlineConfig, type Plugin } from 'vite';
import { bundleProgram } from './bundle-programs.ts';
import { root } from './house.ts';

/** The page, its folder below studio/, and where it stands in the output. */
const PAGES = [
  { source: 'app', target: '' },
  { source: 'teach', target: 'teach' },
] as const;

/** What imports of a page may stand for: the engine that is Node's alone has a stand-in (`browser` in package.json). */
const STANDINS = [
  { find: /^.*\/native\/engine\.ts$/, replacement: `${root}src/engine/native/absent.ts` },
] as const;

/** `virtual:exported-page`: the program of the page that `teach` exports, as text. */
function exportedPage(): Plugin {
  const name = 'virtual:exported-page';
  return {
    name,
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined;
      return `export const script = ${JSON.stringify(await bundleProgram('page'))};`;
    },
  };
}

function configOf({ source, target }: (typeof PAGES)[number], outDir: string): InlineConfig {
  return {
    configFile: false,
    root: `${root}studio/${source}`,
    // addresses relative to the page: the folder works under any path
    base: './',
    publicDir: false,
    logLevel: 'warn',
    plugins: [svelte({ configFile: false }), exportedPage()],
    resolve: { conditions: ['unrolled-source', 'module', 'browser', 'production'], alias: [...STANDINS] },
    worker: { format: 'es' },
    build: {
      target: 'es2024',
      outDir: target === '' ? outDir : `${outDir}/${target}`,
      emptyOutDir: true,
      // no data: addresses, which the pages' content security policy refuses
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
    },
  };
}

/** Builds all pages into a folder, which is emptied first. */
export async function buildStudio(outDir: string): Promise<void> {
  for (const page of PAGES) await build(configOf(page, outDir));
}

if (import.meta.main) await buildStudio(`${root}build/studio`);
