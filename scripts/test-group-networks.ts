/** The tests of networks through the public API in one process, for the full tier. */
import { loadGroup } from './test-files.ts';

loadGroup('networks');
