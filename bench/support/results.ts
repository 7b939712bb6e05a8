/**
 * Results that are kept: one JSON file per benchmark and kind of machine, and the tables of docs/benchmarks.md made from
 * them. The kind is the instruction set, since how fast either side is depends on it most.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Bench, BenchResult } from '../bench.ts';
import { renderMarkdown } from './table.ts';

const folder = fileURLToPath(new URL('../results/', import.meta.url));
/** The page that shows them. */
export const pagePath = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Folders below `bench/results/`, in the order in which the page shows them. */
export const MACHINE_KINDS = ['avx-512', 'avx2', 'neon', 'other'] as const;

/** Where a result is kept. */
export function resultFile(name: string, kind: string): string {
  return `${folder}${kind}/${name}.json`;
}

/** Keeps a result; the one before from the same kind of machine is overwritten. */
export function writeResult(result: BenchResult): void {
  const kind = result.machine.instructions?.toLowerCase() ?? 'other';
  mkdirSync(`${folder}${kind}`, { recursive: true });
  writeFileSync(resultFile(result.name, kind), `${JSON.stringify(result, null, 2)}\n`);
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

/** Puts the results kept into the page. */
export async function updatePage(benches: readonly Bench[]): Promise<void> {
  writeFileSync(pagePath, await renderPage(readFileSync(pagePath, 'utf8'), benches));
}
