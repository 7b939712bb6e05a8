/** The tests of commands that train, search and cross-validate in one process, for the full tier. */
import { loadGroup } from './test-files.ts';

loadGroup('trainings');
