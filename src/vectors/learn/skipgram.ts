/**
 * Word vectors by skip-gram with negative sampling and character n-grams (Mikolov et al. 2013; Bojanowski et al. 2017), as fastText
 * learns them. The vector of a word is the mean of its own row and those of its n-grams, so that words which share parts share
 * what is learned. For each word w and each word c near it, with N drawn words:
 *
 *     h = mean of the rows of w        L = -log σ(h·u_c) - Σ_n log σ(-h·u_n)
 *     u += lr ([u = u_c] - σ(h·u)) h   each row of w += lr Σ_u ([u = u_c] - σ(h·u)) u
 *
 * The learning rate falls linearly to 0. The same texts give the same bits whatever the threads: `skipgram-program.ts`.
 */
import { createRng } from '../../core/rng.ts';
import { createTeamControl, leadTeam, soloTeam } from '../../engine/team.ts';
import { startThread, type TeamWorker } from '../../engine/workers.ts';
import { ngramsOfWord } from '../../text/ngrams.ts';
import type { WordVectors } from '../word-vectors.ts';
import type { Corpus, LearningProgress } from './corpus.ts';
import { scaledVectors } from './learn.ts';
import { createSkipgramProgram, rowWords, skipgramMemory, type SkipgramTask } from './skipgram-program.ts';

/** How vectors are learned. */
export interface SkipgramOptions {
  /** D, numbers in a vector. Default 128. */
  readonly dim?: number;
  /** Passes over the texts. Default 5, and more for short texts: as many as read 5 million tokens, at most 30. */
  readonly epochs?: number;
  /** Rows for n-grams of characters; 0: none. Default 100,000. */
  readonly buckets?: number;
  /** Default 1. More than one needs Node. */
  readonly threads?: number;
  /** Told how far it is. */
  readonly progress?: LearningProgress | undefined;
}

/** Default number of tokens read over all passes, and the fewest and most passes. */
const [TOKENS, FEWEST, MOST] = [5e6, 5, 30];

/** Words between two progress reports. */
const SLICE = 20_000;

/** Learns vectors. */
export async function learnSkipgram(
  corpus: Corpus,
  { dim = 128, epochs, buckets = 100_000, threads = 1, progress = () => undefined }: SkipgramOptions = {},
): Promise<WordVectors> {
  const task = taskOf(corpus, { dim, epochs: epochs ?? usualEpochs(corpus), buckets });
  const control = threads > 1 ? createTeamControl() : undefined;
  const memory = skipgramMemory(task, control !== undefined);
  const run = createSkipgramProgram(task, memory);
  const workers: TeamWorker[] = [];
  try {
    if (control) {
      // compiled, this file and the worker's end in .js
      const url = new URL(
        import.meta.url.endsWith('.ts') ? './skipgram-worker.ts' : './skipgram-worker.js',
        import.meta.url,
      );
      for (let thread = 1; thread < threads; thread++)
        workers.push(await startThread(url, { task, memory, control, thread, threads }));
    }
    const team = control ? leadTeam(control, threads, run) : soloTeam(run);
    const { length } = task.tokens;
    for (let epoch = 0; epoch < task.epochs; epoch++) {
      for (let from = 0; from < length; from += SLICE) {
        await progress((epoch + from / length) / task.epochs);
        team.run(epoch, from, Math.min(length, from + SLICE));
      }
    }
    await progress(1);
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
  return scaledVectors(corpus.words, dim, meanRows(task, memory.input));
}

function usualEpochs({ documents }: Corpus): number {
  const tokens = documents.reduce((sum, ids) => sum + ids.length, 0);
  return Math.min(MOST, Math.max(FEWEST, Math.ceil(TOKENS / Math.max(1, tokens))));
}

/** The words of all documents one after another, without those that get no vector, and the rows of each word. */
function taskOf(
  { words, counts, documents }: Corpus,
  { dim, epochs, buckets }: { readonly dim: number; readonly epochs: number; readonly buckets: number },
): SkipgramTask {
  const own = documents.map((ids) => ids.filter((id) => id >= 0));
  const tokens = shared(own.reduce((sum, ids) => sum + ids.length, 0));
  const ends = shared(tokens.length); // [tokens] where the document of each ends
  let at = 0;
  for (const ids of own) {
    tokens.set(ids, at);
    ends.fill(at + ids.length, at, at + ids.length);
    at += ids.length;
  }
  const ngrams = words.map((word) => (buckets > 0 ? ngramsOfWord(word, buckets) : []));
  const starts = shared(words.length + 1);
  const rows = shared(ngrams.reduce((sum, { length }) => sum + 1 + length, 0));
  let row = 0;
  for (const [w, own] of ngrams.entries()) {
    starts[w] = row;
    rows[row++] = w;
    for (const bucket of own) rows[row++] = words.length + bucket;
  }
  starts[words.length] = row;
  return { dim, epochs, tokens, ends, counts: shared(counts), starts, rows, buckets, seed: createRng(0).fork('skipgram').seed }; // prettier-ignore
}

/** Shared memory where available. */
function shared(given: Int32Array | number): Int32Array {
  const length = typeof given === 'number' ? given : given.length;
  const to = typeof SharedArrayBuffer === 'undefined' ? new Int32Array(length) : new Int32Array(new SharedArrayBuffer(4 * length)); // prettier-ignore
  if (typeof given !== 'number') to.set(given);
  return to;
}

/** [V × D] the mean of the rows of each word. */
function meanRows({ dim, starts, rows }: SkipgramTask, input: Float32Array): Float32Array {
  const words = starts.length - 1;
  const ld = rowWords({ dim });
  const data = new Float32Array(words * dim);
  for (let w = 0; w < words; w++) {
    const count = starts[w + 1] - starts[w];
    for (let d = 0; d < dim; d++) {
      let sum = 0;
      for (let r = starts[w]; r < starts[w + 1]; r++) sum += input[rows[r] * ld + d];
      data[w * dim + d] = sum / count;
    }
  }
  return data;
}
