/** Memory of a training process over many epochs. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { median, round, slope, spread } from './support/statistics.ts';

const EPOCHS = 50;
/** Share of the epochs at the start in which compilers and caches still grow. */
const WARM_UP = 0.3;

/**
 * Options of V8: garbage collection on request, and a young generation of one size, which V8 would otherwise double once,
 * at an epoch that depends on the code: a step that is not a leak.
 */
const V8 = ['--expose-gc', '--min-semi-space-size=2', '--max-semi-space-size=2'];

/** Figures on memory from the resident sizes after each epoch, in MiB. */
export function memoryFigures(
  rss: readonly number[],
): Required<Pick<BenchCase, 'rss_mib' | 'growth' | 'slope_mib_per_epoch'>> {
  const warm = rss.slice(Math.floor(rss.length * WARM_UP));
  const third = Math.max(1, Math.floor(warm.length / 3));
  return {
    rss_mib: rss.map((mib) => round(mib)),
    growth: round(median(warm.slice(-third)) / median(warm.slice(0, third)) - 1),
    slope_mib_per_epoch: round(slope(warm)),
  };
}

/** Trains in a process of its own and reads its memory after each epoch. */
export async function measureMemory(
  threads: number,
  epochs: number,
  say: BenchOptions['say'],
): Promise<BenchCase> {
  const program = fileURLToPath(new URL('./ours/memory.ts', import.meta.url));
  const child = spawn(process.execPath, [...V8, program, String(epochs), String(threads)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const rss: number[] = [];
  const milliseconds: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const epoch = JSON.parse(line) as { readonly rss: number; readonly seconds: number };
    rss.push(epoch.rss / 2 ** 20);
    milliseconds.push(epoch.seconds * 1000);
    say(`epoch ${rss.length} of ${epochs}: ${(epoch.rss / 2 ** 20).toFixed(1)} MiB`);
  }
  const code = await ended;
  if (code !== 0)
    throw new Error(`[bench] training must end well, but ended with exit code ${String(code)}.`);
  return {
    case: `${epochs} epochs`,
    threads,
    ours_ms: round(median(milliseconds)),
    peer: null,
    peer_ms: null,
    ratio: null,
    ours_spread: spread(milliseconds),
    ...memoryFigures(rss),
    note: 'ms are those of an epoch',
  };
}

/** Resident memory after each epoch of a training run. */
export const memory: Bench = {
  name: 'memory',
  claim: 'Training for many epochs takes no more memory than training for a few.',
  method:
    'The process trains as a run does: batches of changing shape, dropout, validation, best weights, checkpoints on the disk. ' +
    'Resident memory (RSS) after each epoch, garbage collected, with a young generation of fixed size; growth compares the last third of the epochs with the first, leaving out the first three tenths. ' +
    '`--rounds` sets the epochs.',
  async run({ rounds = EPOCHS, threads, only, say }) {
    const cases: BenchCase[] = [];
    for (const count of threads) {
      const epochs = rounds;
      if (`${epochs} epochs`.includes(only)) cases.push(await measureMemory(count, epochs, say));
    }
    return cases;
  },
};
