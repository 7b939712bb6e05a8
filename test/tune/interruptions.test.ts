/** A search that is killed or stopped comes to the same trials; `test/slow` tries more ways of it. */
import { testInterruptions } from '../support/interruptions.ts';

testInterruptions({ runs: 8, stride: 9 });
