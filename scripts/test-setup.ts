/**
 * Loaded into every test process: property tests draw the same cases each time, so that a run that fails, fails again.
 * `FC_SEED=random npm test` draws others, `FC_SEED=N` those of a report.
 */
import fc from 'fast-check';

const { FC_SEED = '1' } = process.env;
if (FC_SEED !== 'random') fc.configureGlobal({ seed: Number(FC_SEED) });
