/** A search that is killed or stopped comes to the same trials: many ways, and every call with Hyperband. */
import { testInterruptions } from '../support/interruptions.ts';

testInterruptions({ runs: 25, stride: 1 });
