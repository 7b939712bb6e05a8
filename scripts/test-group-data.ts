/** The unit tests of data, figures and reports in one process, for the full tier. */
import { loadGroup } from './test-files.ts';

loadGroup('data');
