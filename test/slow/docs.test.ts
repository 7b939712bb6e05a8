/** The code blocks of the longer pages do what the page says; README and guide are in the quick tests. */
import { describe, test } from 'node:test';
import { isForContributors, isQuick, playPage, plays } from '../docs/blocks.ts';
import { pages } from '../docs/pages.ts';

describe('the blocks of each page run, in their order', () => {
  for (const [file, page] of pages)
    if (!isQuick(file) && !isForContributors(file) && plays(page)) test(file, () => playPage(file, page));
});
