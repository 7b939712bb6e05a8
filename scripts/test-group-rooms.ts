/** The unit tests of runs, jobs, the search and the command line in one process, for the full tier. */
import { loadGroup } from './test-files.ts';

loadGroup('rooms');
