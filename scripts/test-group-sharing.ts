/** The sharing unit tests in one process, for the full tier. */
import { root } from './house.ts';
import { filesOf } from './test-files.ts';

for (const file of filesOf('sharing')) await import(root + file);
