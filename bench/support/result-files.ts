/** Where results are kept: one JSON file per benchmark and kind of machine. */
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

/** What the kinds of machines are called. */
export const machineNames: Readonly<Record<string, string>> = {
  'avx-512': 'AVX-512',
  'avx-512-in-halves': 'AVX-512 in halves',
  avx2: 'AVX2',
  neon: 'NEON',
  other: 'Other processors',
};

/** Folders below `bench/results/`, in the order in which the page shows them. */
export const MACHINE_KINDS: readonly string[] = Object.keys(machineNames);

/** Where a result is kept. */
export function resultFile(name: string, kind: string): string {
  return `${folder}${kind}/${name}.json`;
}
