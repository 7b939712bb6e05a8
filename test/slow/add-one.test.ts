/** The pages that tell how to add a member to a family, done word for word in a copy of the repository. */
import { describe, test } from 'node:test';
import { isForContributors, playPage } from '../docs/blocks.ts';
import { pages } from '../docs/pages.ts';

describe('adding one works as the page says', () => {
  for (const [file, page] of pages) if (isForContributors(file)) test(file, () => playPage(file, page));
});
