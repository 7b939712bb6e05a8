/** The tests of commands that start no process in one process, for the full tier. */
import { loadGroup } from './test-files.ts';

loadGroup('commands');
