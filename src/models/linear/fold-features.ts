/**
 * TF-IDF of inner folds: n-grams, document frequencies and N come from a fold's own training documents, as if the
 * held-out ones were new. The texts are read once for all folds.
 */
import { DocumentCounts, mostFrequent } from './document-counts.ts';
import { eachText, type FitProgress } from './each-text.ts';
import { CHARACTERS, NgramReader, type TokenizedText, WORDS } from './ngrams.ts';
import { type CountedRows, SparseBuilder, type SparseRows } from './sparse.ts';
import { fitTfidf, type TfidfOptions } from './tfidf.ts';
import { inverseFrequency, type Weighting, weighRow } from './weighting.ts';

/** The documents to fit, and the held-out ones. */
export interface InnerSplit {
  readonly fit: Int32Array;
  readonly judge: Int32Array;
}

/** TF-IDF of one split of many documents: they are read anew, so that no counts of all of them need memory. */
export async function singleFold(
  texts: readonly TokenizedText[],
  options: TfidfOptions,
  { fit, judge }: InnerSplit,
  progress: FitProgress = () => undefined,
): Promise<{ readonly fit: CountedRows; readonly judge: CountedRows }> {
  const own = (rows: Int32Array) => Array.from(rows, (i) => texts[i]);
  const tfidf = await fitTfidf(own(fit), options, (done) => progress(0.5 * done));
  const rows = await tfidf.counted(own(fit), (done) => progress(0.5 + 0.4 * done));
  return { fit: rows, judge: await tfidf.counted(own(judge), (done) => progress(0.9 + 0.1 * done)) };
}

/** Documents as their n-grams' counts, from which the features of each fold follow. */
export class FoldFeatures {
  readonly #options: TfidfOptions;
  /** [N × G] counts of the n-grams that enough documents hold; those of words come first. */
  readonly #counts: SparseRows;
  /** [G] */
  readonly #kind: Int8Array;

  private constructor(options: TfidfOptions, counts: SparseRows, kind: Int8Array) {
    this.#options = options;
    this.#counts = counts;
    this.#kind = kind;
  }

  /** Reads the texts. */
  static async read(
    texts: readonly TokenizedText[],
    options: TfidfOptions,
    progress: FitProgress = () => undefined,
  ): Promise<FoldFeatures> {
    const reader = new NgramReader(options);
    const found = new DocumentCounts();
    await found.addAll(texts, reader, (done) => progress(0.5 * done));
    // an n-gram in too few of all documents is in too few of a fold's, too
    const all = { ...options, maxFeatures: Infinity };
    const columnOf = new Int32Array(found.size).fill(-1);
    let columns = 0;
    let words = 0;
    for (const kind of [WORDS, CHARACTERS]) {
      for (const entry of mostFrequent(found, kind, all)) columnOf[entry] = columns++;
      if (kind === WORDS) words = columns;
    }
    const kinds = new Int8Array(columns).fill(CHARACTERS).fill(WORDS, 0, words);
    const half = (done: number) => progress(0.5 + 0.5 * done);
    return new FoldFeatures(
      options,
      await countRows(texts, reader, found, { columnOf, columns }, half),
      kinds,
    );
  }

  /** TF-IDF fitted to `fit`, for these documents and the held-out ones. */
  of({ fit, judge }: InnerSplit): { readonly fit: SparseRows; readonly judge: SparseRows } {
    const { columns: size, starts, indices } = this.#counts;
    const documents = new Int32Array(size);
    for (const i of fit) for (let k = starts[i]; k < starts[i + 1]; k++) documents[indices[k]]++;
    const frequencies = { size, documents, kind: this.#kind };
    const [words, characters] = [WORDS, CHARACTERS].map((kind) =>
      mostFrequent(frequencies, kind, this.#options),
    );
    const features = Int32Array.from([...words, ...characters]);
    const featureOf = new Int32Array(size).fill(-1);
    for (const [feature, column] of features.entries()) featureOf[column] = feature;
    const weighting = {
      idf: Float64Array.from(features, (column) => inverseFrequency(documents[column], fit.length)),
      words: words.length,
      options: this.#options,
    };
    return { fit: this.#rows(fit, featureOf, weighting), judge: this.#rows(judge, featureOf, weighting) };
  }

  #rows(rows: Int32Array, featureOf: Int32Array, weighting: Weighting): SparseRows {
    const { starts, indices, values } = this.#counts;
    let longest = 0;
    let entries = 0;
    for (const i of rows) {
      longest = Math.max(longest, starts[i + 1] - starts[i]);
      for (let k = starts[i]; k < starts[i + 1]; k++) if (featureOf[indices[k]] >= 0) entries++;
    }
    const builder = new SparseBuilder(weighting.idf.length, entries);
    const features = new Int32Array(longest);
    const row = new Float64Array(longest);
    for (const i of rows) {
      let n = 0;
      for (let k = starts[i]; k < starts[i + 1]; k++) {
        const feature = featureOf[indices[k]];
        if (feature < 0) continue;
        features[n] = feature;
        row[n++] = values[k];
      }
      weighRow(features, row, n, weighting);
      builder.add(features, row, n);
    }
    return builder.finish();
  }
}

/** [N × columns] how often each n-gram with a column stands in each text. */
async function countRows(
  texts: readonly TokenizedText[],
  reader: NgramReader,
  { table, documents }: DocumentCounts,
  { columnOf, columns }: { readonly columnOf: Int32Array; readonly columns: number },
  progress: FitProgress,
): Promise<SparseRows> {
  let entries = 0;
  for (const [entry, column] of columnOf.entries()) if (column >= 0) entries += documents[entry];
  const builder = new SparseBuilder(columns, entries);
  const counts = new Int32Array(columns);
  let indices = new Int32Array(1024);
  const add = (text: TokenizedText) => {
    reader.read(text);
    if (indices.length < reader.size) indices = new Int32Array(reader.size * 2);
    let n = 0;
    for (let at = 0; at < reader.size; at++) {
      const column = columnOf[table.get(reader.high[at], reader.low[at])];
      if (column >= 0 && counts[column]++ === 0) indices[n++] = column;
    }
    const own = indices.subarray(0, n).sort();
    builder.add(
      own,
      Float64Array.from(own, (column) => counts[column]),
      n,
    );
    for (const column of own) counts[column] = 0;
  };
  await eachText(texts, add, progress);
  return builder.finish();
}
