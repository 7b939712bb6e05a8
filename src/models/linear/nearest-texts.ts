/** The nearest other text by the cosine of TF-IDF over single words and pairs of words. */
import type { TextOptions } from '../../text/pipeline.ts';
import { textReader } from './read-text.ts';
import type { SparseRows } from './sparse.ts';
import { fitTfidf } from './tfidf.ts';

/** A text that is near another one. */
export interface NearText {
  /** Its index. */
  readonly index: number;
  /** Cosine of the two, in (0, 1]. */
  readonly similarity: number;
}

/** A labelled document that is near another one, as jobs and reports show it. */
export interface NearDocument {
  /** 0-based record number in the data. */
  readonly row: number;
  /** Its label. */
  readonly label: string;
  /** What it says. */
  readonly text: string;
  /** Cosine of TF-IDF over words and pairs of words, in (0, 1]. */
  readonly similarity: number;
}

/**
 * The nearest other text of each of some texts; undefined for one that shares no word with any other.
 * @param of Indices of the texts.
 * @param among How many of the texts, the first ones, may be the nearest. Default all.
 */
export async function nearestTexts(
  texts: readonly string[],
  of: readonly number[],
  text: TextOptions,
  among = texts.length,
): Promise<readonly (NearText | undefined)[]> {
  const read = texts.map(textReader(text, null));
  const features = { words: [1, 2], characters: null, minDocuments: 2, maxFeatures: 200_000 } as const;
  const matrix = await (await fitTfidf(read, features)).matrix(read);
  const columns = byColumn(matrix);
  const cosines = new Float64Array(texts.length);
  return of.map((i) => {
    cosines.fill(0);
    for (let k = matrix.starts[i]; k < matrix.starts[i + 1]; k++) {
      const column = matrix.indices[k];
      for (let n = columns.starts[column]; n < columns.starts[column + 1]; n++)
        cosines[columns.rows[n]] += matrix.values[k] * columns.values[n];
    }
    cosines[i] = 0;
    let best = 0;
    for (let j = 1; j < among; j++) if (cosines[j] > cosines[best]) best = j;
    const similarity = Math.min(1, cosines[best]);
    return similarity > 0 && best < among ? { index: best, similarity } : undefined;
  });
}

/** The matrix by columns: column c holds `values[n]` in row `rows[n]` for n in [starts[c], starts[c+1]). */
function byColumn({ rows: R, columns: C, starts: at, indices, values }: SparseRows) {
  const starts = new Int32Array(C + 1);
  for (const column of indices) starts[column + 1]++;
  for (let c = 0; c < C; c++) starts[c + 1] += starts[c];
  const next = starts.slice(0, C);
  const rows = new Int32Array(indices.length);
  const own = new Float32Array(indices.length);
  for (let row = 0; row < R; row++) {
    for (let k = at[row]; k < at[row + 1]; k++) {
      const n = next[indices[k]]++;
      rows[n] = row;
      own[n] = values[k];
    }
  }
  return { starts, rows, values: own };
}
