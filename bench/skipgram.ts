/** Word vectors by skip-gram beside fastText in WebAssembly. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRng } from '../src/core/rng.ts';
import { createCorpus } from '../src/vectors/learn/corpus.ts';
import { learnSkipgram } from '../src/vectors/learn/skipgram.ts';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { installPeers } from './support/install.ts';
import { median, round, spread } from './support/statistics.ts';

const PACKAGES = { 'fasttext.wasm.js': '1.0.0' } as const;
const DOCUMENTS = 2000;
const WORDS = 50;
const VOCABULARY = 6000;
/** The same for both: what `learnSkipgram` fixes, and what it is given. */
const SHARED = { dim: 100, epoch: 2, bucket: 100_000 } as const;
const FASTTEXT = { ...SHARED, ws: 5, neg: 5, lr: 0.05, t: 1e-4, minn: 3, maxn: 5, minCount: 1, loss: 'ns', verbose: 0 } as const; // prettier-ignore

/** Invented words of two to four syllables by Zipf's law. */
function inventedTexts(): string[] {
  const rng = createRng(5);
  const syllables = [...'bdfgklmnprstvz'].flatMap((first) => [...'aeiou'].map((vowel) => first + vowel));
  const word = () =>
    Array.from({ length: 2 + rng.int(3) }, () => syllables[rng.int(syllables.length)]).join('');
  const words = [...new Set(Array.from({ length: 2 * VOCABULARY }, word))].slice(0, VOCABULARY);
  const zipf = () => words[Math.min(words.length - 1, Math.floor(words.length ** rng.uniform(0, 1)) - 1)];
  return Array.from({ length: DOCUMENTS }, () => Array.from({ length: WORDS }, zipf).join(' '));
}

interface FastTextModule {
  getFastTextModule: () => Promise<unknown>;
  getFastTextClass: (options: { getFastTextModule: () => Promise<unknown> }) => Promise<
    new () => {
      trainUnsupervised(
        url: string,
        model: 'skipgram',
        options: object,
        progress: () => void,
      ): Promise<unknown>;
    }
  >;
}

/** CPU time of this process in ms. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Trains once; milliseconds, or why it cannot. */
async function startFastText(
  texts: readonly string[],
): Promise<(() => Promise<number>) | { readonly reason: string }> {
  const installed = installPeers(PACKAGES);
  if ('reason' in installed) return installed;
  const entry = join(installed.folder, 'node_modules', 'fasttext.wasm.js', 'dist', 'main', 'node.mjs');
  const { getFastTextModule, getFastTextClass } = (await import(pathToFileURL(entry).href)) as FastTextModule;
  const FastText = await getFastTextClass({ getFastTextModule });
  const url = `data:text/plain;base64,${Buffer.from(`${texts.join('\n')}\n`).toString('base64')}`;
  return async () => {
    const began = cpuTime();
    await new FastText().trainUnsupervised(url, 'skipgram', FASTTEXT, () => undefined);
    return cpuTime() - began;
  };
}

async function run({ rounds = 5, peers, say }: BenchOptions): Promise<BenchCase[]> {
  const texts = inventedTexts();
  const ours = async () => {
    const began = cpuTime();
    const corpus = await createCorpus(texts, (text) => text.split(' '), { minCount: 1 });
    await learnSkipgram(corpus, { dim: SHARED.dim, epochs: SHARED.epoch, buckets: SHARED.bucket });
    return cpuTime() - began;
  };
  const theirs = peers ? await startFastText(texts) : { reason: 'left out' };
  const peer = typeof theirs === 'function' ? theirs : undefined;
  const times: { readonly ours: number; readonly peer: number | undefined }[] = [];
  for (let turn = 0; turn <= rounds; turn++) {
    const pair = { ours: await ours(), peer: await peer?.() };
    say(
      `round ${turn}${turn === 0 ? ' (warm-up)' : ''}: ours ${pair.ours.toFixed(0)} ms, fastText ${pair.peer?.toFixed(0) ?? '-'} ms`,
    );
    if (turn > 0) times.push(pair);
  }
  const own = times.map((one) => one.ours);
  const other = times.flatMap((one) => one.peer ?? []);
  const words = DOCUMENTS * WORDS * SHARED.epoch;
  const perSecond = (ms: number) => `${Math.round(words / ms)},000 words a second`;
  return [
    {
      case: 'skip-gram, 100 numbers, 2 epochs of 100,000 words',
      threads: 1,
      ours_ms: round(median(own)),
      ours_spread: spread(own),
      peer: peer ? `fasttext.wasm.js ${PACKAGES['fasttext.wasm.js']}` : null,
      peer_ms: peer ? round(median(other)) : null,
      ...(peer && { peer_spread: spread(other) }),
      ratio: peer ? round(median(own) / median(other)) : null,
      ...(peer && { ratio_pairwise: round(median(times.map((one) => one.ours / (one.peer ?? NaN)))) }),
      rounds,
      note: `ours ${perSecond(median(own))}${peer ? `, fastText ${perSecond(median(other))}` : `; no peer: ${'reason' in theirs ? theirs.reason : ''}`}`,
    },
  ];
}

/** Words per second of skip-gram. */
export const skipgram: Bench = {
  name: 'skipgram',
  claim: 'Word vectors are learned faster than by fastText in WebAssembly.',
  method: `Skip-gram with negative sampling and character n-grams on one thread, from texts to vectors: ${DOCUMENTS} invented documents of ${WORDS} words (${VOCABULARY} words by Zipf's law), vectors of ${SHARED.dim}, ${SHARED.epoch} epochs, window 5, 5 negatives, n-grams of 3 to 5 characters in ${SHARED.bucket} buckets, threshold 1e-4, for both sides. The time is CPU time. npm's \`fasttext.wasm.js\` is installed into a cache folder.`,
  run,
};
