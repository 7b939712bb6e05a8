/**
 * Bundles the programs that exported pages run, from src/export/page: `page`, the script of `unroll export --to html`, and
 * `module`, the ES module of `--to web`. `npm run build` puts them into dist/export/programs; in a clone, an export bundles
 * the one that it needs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { root } from './house.ts';

const ENTRIES = {
  page: { file: 'src/export/page/main.ts', format: 'iife' },
  module: { file: 'src/export/page/module.ts', format: 'esm' },
} as const;

/** The text of a program, in one file that imports nothing. */
export async function bundleProgram(name: keyof typeof ENTRIES): Promise<string> {
  const { file, format } = ENTRIES[name];
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    minify: true,
    format,
    charset: 'ascii',
    platform: 'browser',
    target: 'es2024',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

/** Writes all programs into a folder. */
export async function bundlePrograms(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(ENTRIES) as (keyof typeof ENTRIES)[])
    writeFileSync(`${folder}/${name}.js`, await bundleProgram(name));
}
