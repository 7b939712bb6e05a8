/** Damaged runs and studies, every damage to each file. */
import { testDamagedFiles } from '../support/damaged-files.ts';

testDamagedFiles(1);
