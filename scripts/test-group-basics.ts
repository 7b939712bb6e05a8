/** The quick unit tests of mathematics, text and engines in one process. */
import { loadGroup } from './test-files.ts';

loadGroup('basics');
