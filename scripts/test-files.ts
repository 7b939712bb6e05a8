/** Which test files there are, the tier each belongs to, and those that can share a process. */
import { globSync } from 'node:fs';
import { suite } from 'node:test';
import { root } from './house.ts';

/** What `scripts/test.ts` runs. */
export type Tier = 'quick' | 'full' | 'slow';

/** Folders whose unit tests are quick: those that need no files, processes or pictures. */
const QUICK_FOLDERS = /^src\/(?:core|text|engine|evaluate|nn|models|train|tune)\//;

/** What takes longer than a second, or waits, in these folders. */
const NOT_QUICK = [
  'src/engine/choose',
  'src/engine/wasm/plain',
  'src/evaluate/evaluation',
  'src/evaluate/paired-seeds',
  'src/text/tokenizer-json',
  'src/train/loop',
  'src/train/phases',
  'src/tune/samplers/nsga2',
  'src/models/files/safetensors',
  'src/tune/storage/',
  'src/tune/samplers/conformance',
  'src/tune/samplers/qmc',
  'src/tune/samplers/random',
  'src/tune/samplers/tpe/tpe.test.ts',
  'src/tune/space/distribution-json',
];

/**
 * Test files that share a process with others, which saves the start of a hundred: they change nothing that belongs to the
 * whole process, and send it no signals. A file is of the first group that names it.
 */
const SHARED = {
  basics: (file: string) => isQuick(file) && /^src\/(?:core|text|engine)\//.test(file),
  learning: (file: string) => isQuick(file),
  data: /^src\/(?:classifier|config|data|figures|report|scratch|serve|settings|vectors)\//,
  rooms:
    /^(?:scripts|src\/cli\/(?!interrupt)|src\/(?:run|jobs|explain|export|studio|core|text|engine|evaluate|nn|models|train)\/|src\/tune\/(?!storage\/sql\/postgres))/,
  networks:
    /^test\/(?:adversarial|bbc-data|dropout|golden-|gradients|layer-|ngram|pooling-|pretrained|scratch\.|tokenizers-|tpe-|weight-drop|docs\/)/,
  commands:
    /^test\/(?:attention|baseline|explain-|export-|labels|linear|new-files|predict-confidence|report-command|serve\/|study-commands|train-seeds)/,
  trainings:
    /^test\/(?:bag|cv-|model-|python-|r-drop|resume|scratch-|thresholds|train-command|tune-command|vectors)/,
  files:
    /^test\/(?:bad-input|cli\.|compare|completion|damaged-files|figures\/|report\/|terminal-safety|tune\/(?:interruptions|optuna))/,
} as const satisfies Record<string, RegExp | ((file: string) => boolean)>;

/** A group of test files that one process loads. */
export type Group = keyof typeof SHARED;

const groups = Object.keys(SHARED) as Group[];

/** Files that load the grouped test files into one process; those of the quick tier take the least time. */
export const LONGEST_FIRST = groups.map(scriptOf).toReversed();

/** Those that hold the quick tier, one for each of two cores. */
export const QUICK_GROUPS = (['basics', 'learning'] as const).map(scriptOf);

function scriptOf(group: Group): string {
  return `scripts/test-group-${group}.ts`;
}

/** All test files, as paths from the root with `/`, sorted. */
export function testFiles(): string[] {
  return globSync(['src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}

/** Whether a tier runs a file. */
export function isIn(tier: Tier, file: string): boolean {
  return tier === 'quick' ? isQuick(file) : file.startsWith('test/slow/') === (tier === 'slow');
}

/** The group that loads a file, if one does. */
export function groupOf(file: string): Group | undefined {
  return groups.find((group) => {
    const of: RegExp | ((file: string) => boolean) = SHARED[group];
    return of instanceof RegExp ? of.test(file) : of(file);
  });
}

/** Loads the files of a group into this process: each is a suite, with its own beginning and end (`before`, `after`). */
export function loadGroup(group: Group): void {
  for (const file of testFiles().filter((one) => groupOf(one) === group)) {
    void suite(file, async () => {
      await import(root + file);
    });
  }
}

function isQuick(file: string): boolean {
  return QUICK_FOLDERS.test(file) && !NOT_QUICK.some((path) => file.startsWith(path));
}
