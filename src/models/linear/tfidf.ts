/**
 * TF-IDF over n-grams of words and of characters, as scikit-learn's `TfidfVectorizer(sublinear_tf=True)`:
 *
 *     x_f = (1 + ln count_f) · idf_f          idf_f = 1 + ln((1 + N) / (1 + df_f))
 *
 * with N documents, df_f of which hold the n-gram f. The vector of each kind has length 1; with both kinds, both are
 * scaled by 1/√2, so that a document has length 1 in all. Everything is learned only from the training texts.
 */
import { DocumentCounts, mostFrequent } from './document-counts.ts';
import { eachText, type FitProgress } from './each-text.ts';
import { HashTable } from './hash-table.ts';
import {
  CHARACTERS,
  hashNgram,
  type NgramOptions,
  NgramReader,
  type TokenizedText,
  WORDS,
} from './ngrams.ts';
import { CountedBuilder, type CountedRows, SparseBuilder, type SparseRows } from './sparse.ts';
import { inverseFrequency, type Weighting, weighRow } from './weighting.ts';

/** Options of {@link fitTfidf}. */
export interface TfidfOptions extends NgramOptions {
  /** n-grams in fewer training documents are left out, from 1. */
  readonly minDocuments: number;
  /** Most features of each kind: those in most documents. */
  readonly maxFeatures: number;
}

/** What is known of a feature. */
export interface Feature {
  /** {@link WORDS} or {@link CHARACTERS}. */
  readonly kind: number;
  /** The n-gram: words joined by a blank; characters with a blank where the word begins or ends. */
  readonly text: string;
  /** df_f, the training documents that hold it. */
  readonly documents: number;
}

/** What a fitted TF-IDF consists of; plain JSON. */
export interface TfidfState {
  /** Which n-grams it takes. */
  readonly options: NgramOptions;
  /** N, the training documents. */
  readonly documents: number;
  /** The features, those of words first. */
  readonly features: readonly Feature[];
}

/** A fitted TF-IDF. */
export class Tfidf {
  /** Its complete state. */
  readonly state: TfidfState;
  /** How many features are n-grams of words. */
  readonly words: number;
  readonly #reader: NgramReader;
  readonly #table: HashTable;
  readonly #weighting: Weighting;
  readonly #counts: Int32Array; // [F] in the text at work
  /** Features of the row written last, ascending; the first `size` count. */
  indices = new Int32Array(1024);
  /** Their values. */
  values = new Float64Array(1024);
  /** How many words of the text of that row are features themselves. */
  knownWords = 0;

  constructor(state: TfidfState) {
    this.state = state;
    const { options, features, documents: N } = state;
    this.words = features.filter(({ kind }) => kind === WORDS).length;
    this.#reader = new NgramReader(options);
    this.#table = new HashTable(features.length);
    for (const { kind, text } of features) this.#table.add(...hashNgram(kind, text));
    const idf = Float64Array.from(features, ({ documents }) => inverseFrequency(documents, N));
    this.#weighting = { idf, words: this.words, options };
    this.#counts = new Int32Array(features.length);
  }

  /** Writes the row of a text into `indices` and `values`. @returns how many features it has */
  row(text: TokenizedText): number {
    const n = this.#count(text);
    weighRow(this.indices, this.values, n, this.#weighting);
    return n;
  }

  /** Writes the features of a text and how often each stands there. @returns how many features it has */
  #count(text: TokenizedText): number {
    const [reader, table, counts] = [this.#reader, this.#table, this.#counts];
    reader.read(text);
    if (this.indices.length < reader.size) {
      this.indices = new Int32Array(reader.size * 2);
      this.values = new Float64Array(reader.size * 2);
    }
    const { indices, values } = this;
    const { high, low, size, words: ofText, length } = reader;
    let n = 0;
    this.knownWords = 0;
    table.getAll(high, low, size, indices);
    for (let at = 0; at < size; at++) {
      const feature = indices[at];
      if (feature < 0) continue;
      if (counts[feature]++ === 0) indices[n++] = feature;
      if (at < ofText && length[at] === 1) this.knownWords++;
    }
    sortFirst(indices, n);
    for (let i = 0; i < n; i++) {
      values[i] = counts[indices[i]];
      counts[indices[i]] = 0;
    }
    return n;
  }

  /** The feature of each n-gram of the text of that row, with its place as {@link NgramReader} has it. */
  *occurrences(): Iterable<{ feature: number; words: boolean; from: number; length: number }> {
    const { high, low, size, words, from, length } = this.#reader;
    for (let at = 0; at < size; at++) {
      const feature = this.#table.get(high[at], low[at]);
      if (feature >= 0) yield { feature, words: at < words, from: from[at], length: length[at] };
    }
  }

  /** Many texts as a sparse matrix; of the training texts, all memory is taken at once. */
  matrix(texts: readonly TokenizedText[], progress?: FitProgress): Promise<SparseRows> {
    const builder = new SparseBuilder(this.state.features.length, this.#entries(texts));
    return this.#fill(builder, (text) => this.row(text), texts, progress);
  }

  /** The same matrix in two bytes an entry, for many texts: see {@link CountedRows}. */
  counted(texts: readonly TokenizedText[], progress?: FitProgress): Promise<CountedRows> {
    const builder = new CountedBuilder(this.#weighting, texts.length, this.#entries(texts));
    return this.#fill(builder, (text) => this.#count(text), texts, progress);
  }

  async #fill<R>(
    builder: { add(indices: Int32Array, values: Float64Array, n: number): void; finish(): R },
    write: (text: TokenizedText) => number,
    ...[texts, progress]: [readonly TokenizedText[], FitProgress?]
  ): Promise<R> {
    const add = (text: TokenizedText) => {
      const size = write(text);
      builder.add(this.indices, this.values, size);
    };
    await eachText(texts, add, progress);
    return builder.finish();
  }

  /** Entries of the matrix of the training texts: one for every feature that a text holds, Σ df_f; of other texts undefined. */
  #entries(texts: readonly TokenizedText[]): number | undefined {
    const { features, documents: N } = this.state;
    return texts.length === N ? features.reduce((sum, { documents }) => sum + documents, 0) : undefined;
  }
}

/** Up to so many numbers are sorted by insertion. */
const FEW = 64;

/** Sorts the first n numbers; of a short text faster than the sort of an array. */
function sortFirst(numbers: Int32Array, n: number): void {
  if (n > FEW) {
    numbers.subarray(0, n).sort();
    return;
  }
  for (let i = 1; i < n; i++) {
    const number = numbers[i];
    let at = i;
    for (; at > 0 && numbers[at - 1] > number; at--) numbers[at] = numbers[at - 1];
    numbers[at] = number;
  }
}

/** Learns the features of the training texts. */
export async function fitTfidf(
  texts: readonly TokenizedText[],
  options: TfidfOptions,
  progress?: FitProgress,
): Promise<Tfidf> {
  const reader = new NgramReader(options);
  const counts = new DocumentCounts();
  await counts.addAll(texts, reader, progress);
  const features: Feature[] = [];
  let read = -1;
  for (const kind of [WORDS, CHARACTERS]) {
    // entries are in the order in which documents introduced them, so that each document is read again once
    for (const entry of mostFrequent(counts, kind, options)) {
      const d = counts.firstDocument[entry];
      if (d !== read) reader.read(texts[d]);
      read = d;
      features.push({
        kind,
        text: reader.textOf(counts.place[entry], texts[d]),
        documents: counts.documents[entry],
      });
    }
  }
  counts.release();
  const { words, characters } = options;
  return new Tfidf({ options: { words, characters }, documents: texts.length, features });
}
