/** The workshop's file of 2,225 BBC articles, which is for research and not part of the project. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the file is: `UNROLL_BBC`, or beside the repository. */
export const bbcFile =
  process.env.UNROLL_BBC ?? fileURLToPath(new URL('../../../shared/data/bbc-news.csv', import.meta.url));

/** For `test(name, { skip: skipWithoutBbc }, ...)`: false, or the reason why the test cannot run. */
export const skipWithoutBbc = existsSync(bbcFile)
  ? false
  : 'the BBC articles are not on this machine: set UNROLL_BBC to a CSV file with Text and Label';

/** The workshop's names of the labels. */
export const bbcLabels = { 0: 'Politics', 1: 'Sport', 2: 'Technology', 3: 'Entertainment', 4: 'Business' };
