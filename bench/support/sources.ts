/** The labelled data that benchmarks measure classifiers on. */
import { fileURLToPath } from 'node:url';
import { bbcFile, skipWithoutBbc } from '../../test/support/bbc.ts';
import { packagedSets } from './packaged-sets.ts';

/** A data set. */
export interface Source {
  readonly name: string;
  /** The data in a folder of ours: a file or a name that `unroll train` takes; a sentence where they cannot be had. */
  make(folder: string): { readonly data: string } | { readonly reason: string };
}

/** All of them. */
export const sources: readonly Source[] = [
  {
    name: 'BBC',
    make: () => (skipWithoutBbc === false ? { data: bbcFile } : { reason: skipWithoutBbc }),
  },
  { name: 'spam', make: () => ({ data: 'spam' }) },
  {
    name: 'tickets',
    make: () => ({ data: fileURLToPath(new URL('../../examples/tickets.csv', import.meta.url)) }),
  },
  ...packagedSets,
];
