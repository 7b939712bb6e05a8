/**
 * What a network learns before it learns the classes: to tell words of its texts, without their labels (Dai and Le, 2015). A text
 * becomes an input and a distribution q over the most frequent words, which the last layer predicts with the loss
 *
 *     -Σ_w q_w ln p_w          q_w ∝ count_w · ln((1 + N) / df_w)
 *
 * with the count of w among the words to predict, and df_w of the N texts that hold it: words that are everywhere count little.
 *
 * - `next_words`: the text is cut at random; from the words before the cut those behind it are predicted, at most {@link AHEAD},
 *   or, for every second text of an epoch, those before it from the words behind it;
 * - `autoencoder`: all its words are predicted from the text itself, of which word dropout hides some.
 */
import { log } from '../core/math.ts';
import { createRng } from '../core/rng.ts';
import { createBatches } from '../data/batches.ts';
import { pickIds } from '../text/ngrams.ts';
import { UNK_ID } from '../text/vocabulary.ts';
import type { EpochDocuments, TrainingPart } from './epoch-documents.ts';
import type { TrainOptions } from './options.ts';
import type { WarmUp } from './warm-up-options.ts';

/** Words that are predicted, those of most texts. */
const WORDS = 2000;
/** Words next to the cut that are predicted. */
const AHEAD = 40;
/** Number that stands for a range without any of them. */
const NONE = 0;

/** A warm-up as a training sees it: a classifier of `classes` words with soft labels. */
export interface WarmUpTask {
  /** Words that are predicted, and one for none of them. */
  readonly classes: number;
  /** The texts that can be learned from; their labels mean nothing. */
  readonly part: TrainingPart;
  /** Inputs and what is predicted from them, anew in each epoch. */
  readonly documents: EpochDocuments;
}

/**
 * The warm-up on texts; undefined where none has two words. The same seed and epoch give the same batches.
 * @param more `ngrams`: the ids of words have those of their n-grams behind them.
 */
export function createWarmUp(
  kind: Exclude<WarmUp, 'none'>,
  given: readonly Int32Array[],
  { batch_size: batchSize, bucket, seed: own }: Pick<TrainOptions, 'batch_size' | 'bucket' | 'seed'>,
  { ngrams = false }: { readonly ngrams?: boolean } = {},
): WarmUpTask | undefined {
  const sequences = given.filter(({ length }) => length > 1);
  if (sequences.length === 0) return undefined;
  const words = frequentWords(sequences);
  const classes = 1 + words.size;
  const seed = createRng(own).fork('warm-up');
  return {
    classes,
    part: { sequences, labels: new Int32Array(sequences.length) },
    documents: {
      batchesPerEpoch: Math.ceil(sequences.length / batchSize),
      batches(epoch) {
        const cuts = sequences.map((ids, i) => cutOf(kind, ids, seed.fork('cut', epoch, i).u32(), i + epoch));
        const inputs = sequences.map((ids, i) => slice(ids, cuts[i].read, ngrams));
        const rng = seed.fork('shuffle', epoch);
        return createBatches(inputs, { batchSize, rng, bucket }).map((batch) => ({
          rows: Int32Array.from(batch),
          sequences: Array.from(batch, (n) => inputs[n]),
          // of a whole epoch they would take too much memory
          get targets() {
            const targets = new Float64Array(batch.length * classes);
            for (const [b, n] of batch.entries())
              count(sequences[n], cuts[n].predicted, words, targets.subarray(b * classes, (b + 1) * classes));
            return targets;
          },
          labels: new Int32Array(batch.length),
        }));
      },
    },
  };
}

/** A word that is predicted. */
interface Word {
  /** From 1. */
  readonly number: number;
  /** ln((1 + N) / df) */
  readonly weight: number;
}

/** The words of most texts by their ids; of equally frequent ones the smaller id. */
function frequentWords(sequences: readonly Int32Array[]): ReadonlyMap<number, Word> {
  const texts = new Map<number, number>();
  for (const ids of sequences) for (const id of new Set(ids)) texts.set(id, (texts.get(id) ?? 0) + 1);
  texts.delete(UNK_ID);
  const sorted = [...texts].sort(([a, m], [b, n]) => n - m || a - b).slice(0, WORDS);
  const weightOf = (df: number) => log((1 + sequences.length) / df);
  return new Map(sorted.map(([id, df], k) => [id, { number: k + 1, weight: weightOf(df) }]));
}

type Range = readonly [from: number, to: number];

/** Which words of a text are read, and which are predicted. */
function cutOf(
  kind: Exclude<WarmUp, 'none'>,
  { length }: Int32Array,
  random: number,
  turn: number,
): { readonly read: Range; readonly predicted: Range } {
  if (kind === 'autoencoder') return { read: [0, length], predicted: [0, length] };
  const cut = 1 + (random % (length - 1));
  return turn % 2 === 0
    ? { read: [0, cut], predicted: [cut, Math.min(length, cut + AHEAD)] }
    : { read: [cut, length], predicted: [Math.max(0, cut - AHEAD), cut] };
}

function slice(ids: Int32Array, [from, to]: Range, ngrams: boolean): Int32Array {
  if (from === 0 && to === ids.length) return ids;
  if (!ngrams) return ids.slice(from, to);
  return pickIds(
    ids,
    Int32Array.from({ length: to - from }, (_, t) => from + t),
  );
}

/** Writes q of the words of a range into `to` [classes]. */
function count(
  ids: Int32Array,
  [from, last]: Range,
  words: ReadonlyMap<number, Word>,
  to: Float64Array,
): void {
  let sum = 0;
  for (let t = from; t < last; t++) {
    const word = words.get(ids[t]);
    if (!word) continue;
    to[word.number] += word.weight;
    sum += word.weight;
  }
  if (sum === 0) to[NONE] = 1;
  else for (let k = 0; k < to.length; k++) to[k] /= sum;
}
