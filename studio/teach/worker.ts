/** The worker of the page: trains, and is started again for each further thread. */
import '../../src/worker.ts';
