import { family } from '../../core/family.ts';
import { bbcNews } from './bbc-news.ts';
import type { KnownContext, KnownRows } from './known.ts';
import { spam } from './spam.ts';

/** The data sets that go by a name. */
export const knownDatasets = family<[KnownContext], Promise<KnownRows>>()('data set', [spam, bbcNews]);
