/** The tests of what is read and written, whatever its state, in one process, for the full tier. */
import { loadGroup } from './test-files.ts';

loadGroup('files');
