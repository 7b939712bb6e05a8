/** The quick unit tests of evaluation, networks, models, training and the search in one process. */
import { loadGroup } from './test-files.ts';

loadGroup('learning');
