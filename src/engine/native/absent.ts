/** What bundlers for browsers take in place of `engine.ts` (see `browser` in package.json): a page cannot load it. */
import { UnsupportedError } from '../../core/errors.ts';
import { defineEngine } from '../definition.ts';

/** The engine in C, where there is none. */
export const native = defineEngine({
  name: 'native',
  summary: 'C for the vectors of this processor, with the same bits as WebAssembly.',
  builds: ['avx512', 'avx2', 'neon'],
  automatic: true,
  load: (): never => {
    throw new UnsupportedError('it needs Node');
  },
  wordBytes: () => 4,
  create: (): never => {
    throw new UnsupportedError('it needs Node');
  },
});
