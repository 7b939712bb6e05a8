/**
 * The package's entry points: what `import ... from 'unrolled/NAME'` finds. The one list from which package.json's
 * `exports` is checked, and from which the package tests and the API docs derive.
 */
import type { ExportTarget } from './package-json.ts';

/** One entry point. */
export interface Entry {
  /** The subpath as in package.json: `.` or `./text`. */
  readonly subpath: string;
  /** Its module below `src/`, without ending. */
  readonly module: string;
  /** `browser`: runs unchanged in Node and in a browser. */
  readonly runs: 'browser' | 'node';
  /** It works when it is imported and exports nothing. Default false. */
  readonly script?: boolean;
  /** The module that a browser gets in its place. */
  readonly browser?: string;
}

/** Every entry point, in data-flow order. */
export const ENTRIES: readonly Entry[] = [
  { subpath: './core', module: 'core/index', runs: 'browser' },
  { subpath: './text', module: 'text/index', runs: 'browser' },
  { subpath: './data', module: 'data/index', runs: 'browser' },
  { subpath: './data/node', module: 'data/node', runs: 'node' },
  { subpath: './engine', module: 'engine/index', runs: 'browser' },
  { subpath: './evaluate', module: 'evaluate/index', runs: 'browser' },
  { subpath: './nn', module: 'nn/index', runs: 'browser' },
  { subpath: './models', module: 'models/index', runs: 'browser' },
  { subpath: './train', module: 'train/index', runs: 'browser' },
  { subpath: './tune', module: 'tune/index', runs: 'browser' },
  { subpath: './tune/node', module: 'tune/node', runs: 'node' },
  { subpath: './classifier', module: 'classifier/index', runs: 'browser' },
  { subpath: './explain', module: 'explain/index', runs: 'browser' },
  { subpath: './worker', module: 'worker', runs: 'browser', script: true },
  { subpath: './gpu', module: 'gpu', runs: 'browser' },
  { subpath: './export', module: 'export/index', runs: 'browser' },
  { subpath: './config', module: 'config/index', runs: 'node' },
  { subpath: './run', module: 'run/index', runs: 'node' },
  { subpath: './figures', module: 'figures/index', runs: 'browser' },
  { subpath: './figures/node', module: 'figures/node', runs: 'node' },
  { subpath: './report', module: 'report/index', runs: 'node' },
  { subpath: './jobs', module: 'jobs/index', runs: 'node' },
  { subpath: './serve', module: 'serve/index', runs: 'node' },
  { subpath: '.', module: 'index', runs: 'node', browser: 'browser' },
];

/** What package.json must say about an entry. Conditions are tried in order: ours first, then a browser, the types, the rest. */
export function exportTarget({ module, browser }: Entry): ExportTarget {
  const source = `./src/${module}.ts`;
  const built = (name: string) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
  if (browser === undefined) return { 'unrolled-source': source, ...built(module) };
  return {
    'unrolled-source': { browser: `./src/${browser}.ts`, default: source },
    browser: built(browser),
    ...built(module),
  };
}

/** How users write the entry in an import: `unrolled/text`. */
export function specifier({ subpath }: Pick<Entry, 'subpath'>): string {
  return `unrolled${subpath.slice(1)}`;
}
