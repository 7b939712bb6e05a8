/**
 * TF-IDF over n-grams of words and of characters, as scikit-learn's `TfidfVectorizer(sublinear_tf=True)`:
 *
 *     x_f = (1 + ln count_f) · idf_f          idf_f = 1 + ln((1 + N) / (1 + df_f))
 *
 * with N documents, df_f of which hold the n-gram f. The vector of each kind has length 1; with both kinds, both are
 * scaled by 1/√2, so that a document has length 1 in all. Everything is learned from the training texts alone.
 */
import { log } from '../../core/math.ts';
import { HashTable } from './hash-table.ts';
import {
  CHARACTERS,
  hashNgram,
  type NgramOptions,
  NgramReader,
  type TokenizedText,
  WORDS,
} from './ngrams.ts';
import { SparseBuilder, type SparseRows } from './sparse.ts';

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

/** 1 + ln n for small n, which nearly all counts are. */
const SUBLINEAR = Float64Array.from({ length: 256 }, (_, n) => (n === 0 ? 0 : 1 + log(n)));
const sublinear = (count: number) => (count < SUBLINEAR.length ? SUBLINEAR[count] : 1 + log(count));

/** A fitted TF-IDF. */
export class Tfidf {
  /** All that there is to it. */
  readonly state: TfidfState;
  /** How many features are n-grams of words. */
  readonly words: number;
  readonly #reader: NgramReader;
  readonly #table: HashTable;
  readonly #idf: Float64Array; // [F]
  readonly #counts: Int32Array; // [F] in the text at work
  readonly #scale: number;
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
    this.#idf = Float64Array.from(features, ({ documents }) => 1 + log((1 + N) / (1 + documents)));
    this.#counts = new Int32Array(features.length);
    this.#scale = options.words && options.characters ? Math.SQRT1_2 : 1;
  }

  /** Writes the row of a text into `indices` and `values`. @returns how many features it has */
  row(text: TokenizedText): number {
    const [reader, table, counts, idf] = [this.#reader, this.#table, this.#counts, this.#idf];
    reader.read(text);
    if (this.indices.length < reader.size) {
      this.indices = new Int32Array(reader.size * 2);
      this.values = new Float64Array(reader.size * 2);
    }
    const { indices, values } = this;
    const { high, low, size, words: ofText, length } = reader;
    let n = 0;
    this.knownWords = 0;
    for (let at = 0; at < size; at++) {
      const feature = table.get(high[at], low[at]);
      if (feature < 0) continue;
      if (counts[feature]++ === 0) indices[n++] = feature;
      if (at < ofText && length[at] === 1) this.knownWords++;
    }
    indices.subarray(0, n).sort();
    let [words, characters] = [0, 0]; // sums of squares
    for (let i = 0; i < n; i++) {
      const feature = indices[i];
      const value = sublinear(counts[feature]) * idf[feature];
      values[i] = value;
      counts[feature] = 0;
      if (feature < this.words) words += value * value;
      else characters += value * value;
    }
    const ofWords = this.#scale / Math.sqrt(words);
    const ofCharacters = this.#scale / Math.sqrt(characters);
    for (let i = 0; i < n; i++) values[i] *= indices[i] < this.words ? ofWords : ofCharacters;
    return n;
  }

  /** Many texts as a sparse matrix. */
  matrix(texts: Iterable<TokenizedText>): SparseRows {
    const builder = new SparseBuilder(this.state.features.length);
    for (const text of texts) {
      const size = this.row(text);
      builder.add(this.indices, this.values, size);
    }
    return builder.finish();
  }
}

/** What is counted of each n-gram while the training texts are read; grows by itself. */
class Counts {
  readonly table = new HashTable(1 << 16);
  #room = 1 << 16;
  /** [entries] how many documents hold the n-gram. */
  documents = new Int32Array(this.#room);
  /** [entries] the last document that held it, from 1. */
  last = new Int32Array(this.#room);
  /** [entries] number of its text's first document, and its place among that document's n-grams. */
  firstDocument = new Int32Array(this.#room);
  place = new Int32Array(this.#room);
  kind = new Int8Array(this.#room);

  add(reader: NgramReader, d: number): void {
    for (let at = 0; at < reader.size; at++) {
      const entry = this.table.add(reader.high[at], reader.low[at]);
      if (entry >= this.#room) this.#grow();
      if (this.last[entry] === d + 1) continue;
      this.last[entry] = d + 1;
      if (this.documents[entry]++ > 0) continue;
      this.firstDocument[entry] = d;
      this.place[entry] = at;
      this.kind[entry] = at < reader.words ? WORDS : CHARACTERS;
    }
  }

  #grow(): void {
    this.#room *= 2;
    const grow = <A extends Int32Array<ArrayBuffer> | Int8Array<ArrayBuffer>>(old: A): A => {
      const copy = new (old.constructor as new (length: number) => A)(this.#room);
      copy.set(old);
      return copy;
    };
    this.documents = grow(this.documents);
    this.last = grow(this.last);
    this.firstDocument = grow(this.firstDocument);
    this.place = grow(this.place);
    this.kind = grow(this.kind);
  }

  /** The entries of a kind that stand in most documents; of equally many the one that came first. */
  mostFrequent(kind: number, { minDocuments, maxFeatures }: TfidfOptions): Int32Array {
    const entries = new Int32Array(this.table.size);
    let n = 0;
    for (let entry = 0; entry < this.table.size; entry++)
      if (this.kind[entry] === kind && this.documents[entry] >= minDocuments) entries[n++] = entry;
    if (n <= maxFeatures) return entries.subarray(0, n);
    const { documents } = this;
    return entries
      .subarray(0, n)
      .sort((a, b) => documents[b] - documents[a] || a - b)
      .subarray(0, maxFeatures)
      .sort();
  }
}

/** Learns the features of the training texts. */
export function fitTfidf(texts: readonly TokenizedText[], options: TfidfOptions): Tfidf {
  const reader = new NgramReader(options);
  const counts = new Counts();
  for (const [d, text] of texts.entries()) {
    reader.read(text);
    counts.add(reader, d);
  }
  const features: Feature[] = [];
  let read = -1;
  for (const kind of [WORDS, CHARACTERS]) {
    // entries stand in the order of the documents they were met in, so that each document is read again once
    for (const entry of counts.mostFrequent(kind, options)) {
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
  const { words, characters } = options;
  return new Tfidf({ options: { words, characters }, documents: texts.length, features });
}
