/** Measures a list of cases against PyTorch, for each number of threads, in one pair of processes each. */
import type { BenchCase, BenchOptions } from '../bench.ts';
import { compareEngines, type Comparison, type Limit, type Own, type TryOut } from './compare.ts';
import type { Contestant } from './contestant.ts';
import { NO_PYTORCH, startOurs, startPyTorch } from './contestants.ts';

/** A case for any number of threads. */
export interface CaseOf extends Omit<Comparison, 'threads' | 'bar'> {
  /** Largest ratio that the project asks of itself, by threads. */
  readonly bars?: Readonly<Record<number, number>>;
}

/** Measures the cases that the options ask for. */
export async function againstPyTorch(
  cases: readonly CaseOf[],
  options: BenchOptions,
  {
    rounds,
    peak = false,
    tryOut,
    finish = (measured) => measured,
  }: {
    rounds: number;
    /** Measure in each round what so many threads can do at most, as a case of its own and as a proportion. */
    peak?: boolean;
    /** When slow ways of PyTorch drop out. */
    tryOut?: TryOut;
    /** Adds what only the benchmark knows to a measured case. */
    finish?: (measured: BenchCase, work: CaseOf) => BenchCase;
  },
): Promise<BenchCase[]> {
  const wanted = cases.filter(({ case: name }) => name.includes(options.only));
  const results: BenchCase[] = [];
  for (const threads of options.threads) {
    const engines = options.engines.length > 0 ? options.engines : [undefined];
    const owns: Own[] = [];
    for (const engine of engines)
      owns.push({ contestant: await startOurs(threads, engine), ...(engine !== undefined && { engine }) });
    const peer = await startPyTorch(threads, options);
    // the widest vectors show the peak
    const top = peak ? await startOurs(threads) : undefined;
    try {
      const limit = top && (await preparePeak(top));
      for (const work of wanted) {
        const { bars, ...rest } = work;
        const bar = bars?.[threads];
        const measured = await compareEngines(
          owns,
          peer,
          { ...rest, threads, ...(bar !== undefined && { bar }) },
          { rounds: options.rounds ?? rounds, say: options.say, limit, tryOut },
        );
        const note = options.peers && !peer ? { note: NO_PYTORCH } : {};
        for (const one of measured) results.push({ ...finish(one, work), ...note });
      }
    } finally {
      for (const { contestant } of owns) await contestant.close();
      await peer?.close();
      await top?.close();
    }
  }
  return results;
}

/** Sets up the loop that shows what a contestant's threads can do at most. */
export async function preparePeak(contestant: Contestant): Promise<Limit> {
  const { variants, flop = NaN } = await contestant.ask({ do: 'prepare', spec: { kind: 'peak' } });
  return { contestant, variant: Object.keys(variants)[0], flop };
}
