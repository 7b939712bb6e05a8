/** Replaces `engine.ts` in bundles for browsers (see `browser` in package.json), which cannot load it. */
import { UnsupportedError } from '../../core/errors.ts';
import { defineEngine } from '../definition.ts';

/** The native engine, unavailable. */
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
