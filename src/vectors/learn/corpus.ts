/** Texts encoded for learning word vectors: the ids of the words that get one, in bounded memory. */
import { DataError } from '../../core/errors.ts';

/**
 * Told the proportion done, in [0, 1], and awaited: it can let timers and signals through. An error that it throws ends the
 * learning.
 */
export type LearningProgress = (done: number) => void | Promise<void>;

/** What a corpus is made of. */
export interface CorpusOptions {
  /** Words seen fewer times get no vector. Default 2. */
  readonly minCount?: number;
  /** Most words, the most frequent ones. Default 30,000. */
  readonly most?: number;
  /** Most tokens that are kept; of more, documents at equal distances. Default 20 million, in 80 MB. */
  readonly tokens?: number;
  /** Told how far it is. */
  readonly progress?: LearningProgress | undefined;
}

/** Encoded texts. */
export interface Corpus {
  /** [V] the most frequent first. */
  readonly words: readonly string[];
  /** [V] how often each occurs in the texts. */
  readonly counts: Int32Array;
  /** Ids in [0, V); -1 for a token without a vector, which keeps its place. */
  readonly documents: readonly Int32Array[];
  /** How many texts were read. */
  readonly texts: number;
}

/** How often progress is reported. */
const EVERY = 256;

/**
 * Reads texts twice, to count their words and to encode them: only the tokens of one text are in memory.
 * @throws DataError where fewer than two words are seen often enough
 */
export async function createCorpus(
  texts: readonly string[],
  tokenize: (text: string) => readonly string[],
  { minCount = 2, most = 30_000, tokens: budget = 20_000_000, progress }: CorpusOptions = {},
): Promise<Corpus> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [n, text] of texts.entries()) {
    if (n % EVERY === 0) await progress?.(n / (2 * texts.length));
    for (const token of tokenize(text)) {
      total++;
      const count = counts.get(token);
      // a copy: a token may be a slice of its text, and would keep all of it in memory
      if (count === undefined) counts.set(structuredClone(token), 1);
      else counts.set(token, count + 1);
    }
  }
  const ranked = [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, most);
  if (ranked.length < 2) {
    throw new DataError(
      `[vectors] at least two words must stand in the texts ${minCount} times or more, but ${ranked.length} do. Give more texts or a file of vectors, or set model.vectors to null.`,
    );
  }
  const idOf = new Map(ranked.map(([word], id) => [word, id]));
  const step = Math.max(1, Math.ceil(total / budget));
  const documents: Int32Array[] = [];
  for (let n = 0; n < texts.length; n += step) {
    if (documents.length % EVERY === 0) await progress?.(0.5 + n / (2 * texts.length));
    documents.push(Int32Array.from(tokenize(texts[n]), (token) => idOf.get(token) ?? -1));
  }
  return {
    words: ranked.map(([word]) => word),
    counts: Int32Array.from(ranked, ([, count]) => count),
    documents,
    texts: texts.length,
  };
}
