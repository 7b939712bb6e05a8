/** Damaged runs and studies, some damages to each file; `test/slow` tries them all. */
import { testDamagedFiles } from './support/damaged-files.ts';

testDamagedFiles(0.25);
