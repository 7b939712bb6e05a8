/** `unroll train DATA` without options, beside scikit-learn's TF-IDF and LinearSVC on the same split. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { NO_SKLEARN, startSklearn } from './support/contestants.ts';
import type { Contestant } from './support/contestant.ts';
import { writeLinearData } from './support/linear-data.ts';
import { type Source, sources } from './support/sources.ts';
import { round } from './support/statistics.ts';
import { measureUnroll } from './support/unroll.ts';

/** By how much the linear model may be ahead, in points. */
const ALLOWED = 0.3;

/** Test accuracy of scikit-learn, fitted to the training and validation part of the split of a seed. */
async function accuracyOfPeer(peer: Contestant, data: string, seed: number): Promise<number> {
  const written = await writeLinearData(data, { seed, validation: true });
  try {
    const spec = { kind: 'linear', data: written.path, work: 'fit' } as const;
    const { variants } = await peer.ask({ do: 'prepare', spec }, 600_000);
    await peer.ask({ do: 'release' });
    return Object.values(variants)[0][0];
  } finally {
    written.remove();
  }
}

interface TrainSummary {
  readonly seconds: number;
  readonly test: { readonly accuracy: number; readonly accuracy_ci95: readonly [number, number] };
}

async function measure(
  { name }: Source,
  data: string,
  {
    seed,
    threads,
    peer,
  }: { readonly seed: number; readonly threads: number; readonly peer: Contestant | undefined },
): Promise<BenchCase> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  try {
    const args = ['train', data, '--json', '-o', join(folder, 'run'), '--seed', String(seed)];
    const { output, peakRssMib } = await measureUnroll([...args, '--threads', String(threads)]);
    const { test, seconds } = JSON.parse(output) as TrainSummary;
    const theirs = peer && (await accuracyOfPeer(peer, data, seed));
    return {
      case: seed === 0 ? name : `${name}, seed ${seed}`,
      threads,
      ...{ ours_ms: null, peer: peer ? 'scikit-learn' : null, peer_ms: null, ratio: null },
      seeds: [seed],
      test_accuracy: round(test.accuracy),
      test_accuracy_ci95: [round(test.accuracy_ci95[0]), round(test.accuracy_ci95[1])],
      seconds: round(seconds),
      ...(peakRssMib !== undefined && { peak_rss_mib: round(peakRssMib) }),
      ...(theirs === undefined
        ? { note: NO_SKLEARN }
        : { peer_test_accuracy: round(theirs), least_test_accuracy: round(theirs - ALLOWED / 100) }),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(options: BenchOptions): Promise<BenchCase[]> {
  const { seeds = [0], threads, only, say } = options;
  const peer = await startSklearn(options);
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  const cases: BenchCase[] = [];
  try {
    for (const source of sources.filter(({ name }) => name.includes(only))) {
      const made = source.make(folder);
      if ('reason' in made) say(`${source.name} is left out: ${made.reason}`);
      else
        for (const seed of seeds)
          cases.push(await measure(source, made.data, { seed, threads: threads.at(-1) ?? 1, peer }));
    }
  } finally {
    await peer?.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return cases;
}

/** Whether a training without options loses to a linear model. */
export const bare: Bench = {
  name: 'bare',
  claim: `Bare \`unroll train DATA\` is on no data set more than ${ALLOWED} points below a linear model of scikit-learn.`,
  method:
    '`unroll train DATA` without options but the seed, in a process of its own, beside `TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))` and `LinearSVC(C=1)` ' +
    'fitted to the training and the validation part of the same split; accuracy on the same test part. “emoji”: names of emoji, 9 groups. “nouns”, “verbs”: definitions of WordNet ' +
    '(every 20th noun, every 4th verb), the topic of the lexicographer file as class; “kinds”: definitions of nouns, the 77 commonest hypernyms as class. “genres”: pieces of eight sentences of the Brown corpus, its 15 genres as class; “sentences”: every fourth of its sentences, as press, learned, fiction or other prose; “decades”: pieces of six sentences of American presidents’ State of the Union addresses, with their decade. “many”: 120,000 documents of five definitions in any order, three of which are of the topic that is the class (plants, animals, people or artefacts) and two of any. All from npm packages. “At least”: what the claim asks; “most RSS” is the memory of the process.',
  run,
};
