/** Which test files there are, the tier each belongs to, and those that can share a process. */
import { globSync } from 'node:fs';
import { root } from './house.ts';

/** What `scripts/test.ts` runs. */
export type Tier = 'quick' | 'full' | 'slow';

/** Folders whose unit tests are quick: those that need no files, processes or pictures. */
const QUICK_FOLDERS = /^src\/(?:core|text|engine|evaluate|nn|models|train|tune)\//;

/** What takes longer than a second, or waits, in these folders. */
const NOT_QUICK = [
  'src/models/files/safetensors',
  'src/tune/storage/',
  'src/tune/study/interruptions',
  'src/tune/samplers/conformance',
  'src/tune/samplers/tpe/tpe.test.ts',
  'src/tune/space/distribution-json',
];

/** Further folders whose tests share a process: they change nothing that belongs to the whole process. */
const SHARING = /^src\/(?:classifier|config|data|figures|report|scratch|settings|vectors)\//;

/** Files that load the grouped test files into one process. */
export const GROUPS = ['scripts/test-group-quick.ts', 'scripts/test-group-sharing.ts'];

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

/** Whether one of the groups loads a file. */
export function isGrouped(file: string): boolean {
  return isQuick(file) || SHARING.test(file);
}

/** The files of a group. */
export function filesOf(group: 'quick' | 'sharing'): string[] {
  return testFiles().filter((file) => (group === 'quick' ? isQuick(file) : SHARING.test(file)));
}

function isQuick(file: string): boolean {
  return QUICK_FOLDERS.test(file) && !NOT_QUICK.some((path) => file.startsWith(path));
}
