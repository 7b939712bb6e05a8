/** Results that are kept: one JSON file a benchmark, and the tables of docs/benchmarks.md made from them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Bench, BenchResult } from '../bench.ts';
import { renderMarkdown } from './table.ts';

const folder = fileURLToPath(new URL('../results/', import.meta.url));
/** The page that shows them. */
export const pagePath = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Keeps a result; the one before is overwritten. */
export function writeResult(result: BenchResult): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${result.name}.json`, `${JSON.stringify(result, null, 2)}\n`);
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
    const file = `${folder}${bench.name}.json`;
    const body = existsSync(file)
      ? renderMarkdown(JSON.parse(readFileSync(file, 'utf8')) as BenchResult)
      : 'Not measured yet.';
    return `### ${bench.name}\n\n${bench.claim} ${bench.method}\n\n${body}\n`;
  });
  const page = `${text.slice(0, start)}${START}\n\n${sections.join('\n')}\n${text.slice(end)}`;
  return format(page, { ...(await resolveConfig(pagePath)), parser: 'markdown' });
}

/** Puts the results kept into the page. */
export async function updatePage(benches: readonly Bench[]): Promise<void> {
  writeFileSync(pagePath, await renderPage(readFileSync(pagePath, 'utf8'), benches));
}
