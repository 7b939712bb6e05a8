/** Word vectors in memory, and the selection of vectors from a file. */
import { DataError } from '../core/errors.ts';
import { fromFloat16, toFloat16 } from '../core/float16.ts';

/** Vectors of words, the most frequent word first where a file says so. */
export interface WordVectors {
  /** [N], all different. */
  readonly words: readonly string[];
  /** D, numbers in a vector. */
  readonly dim: number;
  /** [N × D] row-major; values that half precision holds exactly. */
  readonly data: Float32Array;
}

/** Which vectors are wanted. */
export interface VectorRequest {
  /** Words that get their vector wherever it is in the file, also with different case. */
  readonly wanted: ReadonlySet<string>;
  /** How many additional words are kept: the first of the file. */
  readonly others: number;
  /** The token for a word of the file; undefined if it can never be one. Default: the word itself. */
  readonly tokenOf?: (word: string) => string | undefined;
}

/** Receives the rows of a file and keeps the wanted ones. */
export class VectorCollector {
  readonly #request: VectorRequest;
  readonly #dim: number;
  readonly #name: string;
  readonly #words: string[] = [];
  readonly #rows = new Map<string, number>();
  /** Rows whose word is written in another way in the file: in another case, or with punctuation. */
  readonly #folded = new Set<number>();
  /** Wanted words by their lower case, where that is another word. */
  readonly #byLowerCase = new Map<string, string[]>();
  /** Lower case of the wanted words that the file has, as `wants` has heard. */
  readonly #listed = new Set<string>();
  #data: Float32Array;
  #others = 0;
  #repeated = 0;
  #asked = 0;

  constructor(request: VectorRequest, dim: number, name: string) {
    this.#request = request;
    this.#dim = dim;
    this.#name = name;
    this.#data = new Float32Array(1024 * dim);
    for (const word of request.wanted) {
      const lower = word.toLowerCase();
      const same = this.#byLowerCase.get(lower);
      if (same) same.push(word);
      else this.#byLowerCase.set(lower, [word]);
    }
  }

  /** Whether `take` may keep a word, asked in the order of the file before the first is received. */
  readonly wants = (word: string): boolean => {
    const { wanted, others, tokenOf = (same) => same } = this.#request;
    const token = tokenOf(word);
    if (token === undefined) return false;
    const lower = token.toLowerCase();
    if (!wanted.has(token) && !this.#byLowerCase.has(lower)) return this.#asked++ < others;
    this.#listed.add(lower);
    return true;
  };

  /** The wanted words that `wants` was not asked about, in any case. */
  unlisted(): Set<string> {
    const { wanted } = this.#request;
    return new Set([...wanted].filter((word) => !this.#listed.has(word.toLowerCase())));
  }

  /** Receives a row. `values` is called if the row is kept; it returns undefined if the row is not of a single word. */
  take(word: string, values: () => ArrayLike<number> | undefined): void {
    const { wanted, others, tokenOf = (same) => same } = this.#request;
    const token = tokenOf(word);
    if (token === undefined) return;
    if (wanted.has(token) || this.#rows.has(token)) this.#keep(token, token === word, values);
    else if (this.#others < others && this.#keep(token, token === word, values)) this.#others++;
    for (const same of this.#byLowerCase.get(token.toLowerCase()) ?? [])
      if (same !== token) this.#keep(same, false, values);
  }

  /** Keeps a row for a token: the first one, unless a later one is written exactly so. */
  #keep(token: string, exact: boolean, values: () => ArrayLike<number> | undefined): boolean {
    const before = this.#rows.get(token);
    if (before !== undefined && !(exact && this.#folded.has(before))) {
      if (exact) this.#repeated++;
      return false;
    }
    const vector = values();
    if (vector === undefined) return false;
    const row = before ?? this.#words.length;
    if (exact) this.#folded.delete(row);
    else this.#folded.add(row);
    this.#write(row, token, vector);
    if (before === undefined) {
      this.#words.push(structuredClone(token)); // a copy: a slice would keep its source text in memory
      this.#rows.set(this.#words[row], row);
    }
    return true;
  }

  #write(row: number, word: string, vector: ArrayLike<number>): void {
    const from = row * this.#dim;
    if (from + this.#dim > this.#data.length) {
      const larger = new Float32Array(this.#data.length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    const rounded = fromFloat16(toFloat16(vector));
    const wrong = rounded.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new DataError(
        `[${this.#name}] vectors must hold finite numbers of at most 65,504, but number ${wrong + 1} of ` +
          `${JSON.stringify(word.slice(0, 40))} is ${vector[wrong]}. Remove that line, or fetch the file again.`,
      );
    }
    this.#data.set(rounded, from);
  }

  /** The vectors that were kept, and how many rows were duplicates. */
  result(): { readonly vectors: WordVectors; readonly repeated: number } {
    const { length } = this.#words;
    const vectors = { words: this.#words, dim: this.#dim, data: this.#data.slice(0, length * this.#dim) };
    return { vectors, repeated: this.#repeated };
  }
}

/** Root of the mean square of the numbers: the standard deviation of vectors whose mean is near zero. 1 where there are none. */
export function spreadOf({ data }: Pick<WordVectors, 'data'>): number {
  let squares = 0;
  for (const value of data) squares += value * value;
  return squares > 0 ? Math.sqrt(squares / data.length) : 1;
}
