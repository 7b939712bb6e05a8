/** The quick unit tests in one process, for the full tier. */
import { root } from './house.ts';
import { filesOf } from './test-files.ts';

for (const file of filesOf('quick')) await import(root + file);
