import { family } from '../../core/family.ts';
import { glove100d } from './glove-100d.ts';
import type { NamedContext, NamedFile } from './named.ts';

/** The vectors that go by a name. */
export const namedVectors = family<[NamedContext], Promise<NamedFile>>()('named vectors', [glove100d]);
