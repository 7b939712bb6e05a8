/**
 * Results that are kept: one JSON file per benchmark and kind of machine, and the tables of docs/benchmarks.md made from
 * them. The kind is the instruction set, since how fast either side is depends on it most.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Bench, BenchResult } from '../bench.ts';
import { MACHINE_KINDS, resultFile } from './result-files.ts';
import { writePictures } from './picture.ts';
import { renderMarkdown } from './table.ts';

/** The page that shows them. */
export const pagePath = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Keeps a result; the one before from the same kind of machine is overwritten. */
export function writeResult(result: BenchResult): void {
  const kind = result.machine.instructions?.toLowerCase().replaceAll(' ', '-') ?? 'other';
  const file = resultFile(result.name, kind);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}

const START = '<!-- results: made by npm run bench -- --write -->';
const END = '<!-- end of results -->';

/** The page's text with the tables of the results kept. @throws Error where it has no place for them */
export async function renderPage(text: string, benches: readonly Bench[]): Promise<string> {
  const start = text.indexOf(START);
  const end = text.indexOf(END);
  if (start < 0 || end < start)
    throw new Error(`[bench] docs/benchmarks.md must have the lines ${START} and ${END}.`);
  const sections = benches.map((bench) => {
    const files = MACHINE_KINDS.map((kind) => resultFile(bench.name, kind)).filter((file) =>
      existsSync(file),
    );
    const tables = files.map((file) => renderMarkdown(JSON.parse(readFileSync(file, 'utf8')) as BenchResult));
    const body = tables.length > 0 ? tables.join('\n\n') : 'Not measured yet.';
    return `### ${bench.name}\n\n${bench.claim} ${bench.method}\n\n${body}\n`;
  });
  const page = `${text.slice(0, start)}${START}\n\n${sections.join('\n')}\n${text.slice(end)}`;
  return format(page, { ...(await resolveConfig(pagePath)), parser: 'markdown' });
}

/** Puts the results kept into the page, and draws its pictures. */
export async function updatePage(benches: readonly Bench[]): Promise<void> {
  writeFileSync(pagePath, await renderPage(readFileSync(pagePath, 'utf8'), benches));
  for (const kind of MACHINE_KINDS) writePictures(kind);
}
