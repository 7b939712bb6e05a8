/** What a search takes beside the trials themselves: sampler, storage and loop, beside Optuna. */
import type { Bench, BenchCase } from './bench.ts';
import { compare, type Comparison } from './support/compare.ts';
import { NO_OPTUNA, startOptuna, startOurs } from './support/contestants.ts';

/** The time that the project allows itself, as a proportion of Optuna's. */
const BAR = 1 / 3;

const cases: readonly (Pick<Comparison, 'case' | 'spec'> & { readonly rounds: number })[] = [
  { case: '100 trials in memory', spec: { kind: 'search', trials: 100, storage: 'memory' }, rounds: 9 },
  { case: '100 trials on SQLite', spec: { kind: 'search', trials: 100, storage: 'sqlite' }, rounds: 5 },
  { case: '1000 trials in memory', spec: { kind: 'search', trials: 1000, storage: 'memory' }, rounds: 5 },
];

/** Sampler and storage overhead beside Optuna. */
export const sampler: Bench = {
  name: 'sampler',
  claim:
    'A study with TPE takes at most a third of the time that Optuna needs for it, beside the trials themselves.',
  method:
    'Whole studies: six floats a trial, the sum of their squares as objective, the default pruner, no reports. A step is a new study ' +
    'with a seed of its own; the SQLite file and its tables are there before. One thread.',
  async run(options) {
    const wanted = cases.filter(({ case: name }) => name.includes(options.only));
    if (wanted.length === 0) return [];
    const results: BenchCase[] = [];
    const ours = await startOurs(1);
    const peer = await startOptuna(options);
    try {
      for (const { rounds, ...work } of wanted) {
        const all = { rounds: options.rounds ?? rounds, say: options.say };
        const measured = await compare(ours, peer, { ...work, threads: 1, bar: BAR }, all);
        results.push({ ...measured, ...(options.peers && !peer && { note: NO_OPTUNA }) });
      }
    } finally {
      await ours.close();
      await peer?.close();
    }
    return results;
  },
};
