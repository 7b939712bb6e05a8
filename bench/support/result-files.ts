/** Where results are kept: one JSON file per benchmark and kind of machine. */
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

/** Folders below `bench/results/`, in the order in which the page shows them. */
export const MACHINE_KINDS = ['avx-512', 'avx-512-in-halves', 'avx2', 'neon', 'other'] as const;

/** Where a result is kept. */
export function resultFile(name: string, kind: string): string {
  return `${folder}${kind}/${name}.json`;
}
