/**
 * Loaded into every test process: property tests draw the same cases each time, so that a run that fails, fails again.
 * `FC_SEED=random npm test` draws others, `FC_SEED=N` those of a report.
 */
import { isMainThread } from 'node:worker_threads';
import './relative-imports.mjs';

const { FC_SEED = '1' } = process.env;
// threads, which load this too, test nothing
if (FC_SEED !== 'random' && isMainThread) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed: Number(FC_SEED) });
}
