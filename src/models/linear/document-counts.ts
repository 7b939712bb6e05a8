/** The document frequency of each n-gram, and which n-grams are frequent enough to be features. */
import { release } from '../../core/release.ts';
import { eachText, type FitProgress } from './each-text.ts';
import { HashTable } from './hash-table.ts';
import { CHARACTERS, type NgramReader, type TokenizedText, WORDS } from './ngrams.ts';

/** Counts per n-gram while the training texts are read; grows as needed. */
export class DocumentCounts implements Frequencies {
  /** Numbers of the n-grams by their hashes. */
  readonly table = new HashTable(1 << 16);
  #room = 1 << 16;
  /** [entries] how many documents hold the n-gram. */
  documents = new Int32Array(this.#room);
  /** [entries] the last document that held it, from 1. */
  last = new Int32Array(this.#room);
  /** [entries] number of its text's first document, and its place among that document's n-grams. */
  firstDocument = new Int32Array(this.#room);
  /** See {@link firstDocument}. */
  place = new Int32Array(this.#room);
  /** [entries] words or characters. */
  kind = new Int8Array(this.#room);

  /** How many n-grams there are. */
  get size(): number {
    return this.table.size;
  }

  /** Counts the n-grams of document `d`, which `reader` has read; documents come in order. */
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

  /** Counts the n-grams of all texts. */
  addAll(texts: readonly TokenizedText[], reader: NgramReader, progress?: FitProgress): Promise<void> {
    const add = (text: TokenizedText, d: number) => {
      reader.read(text);
      this.add(reader, d);
    };
    return eachText(texts, add, progress);
  }

  /** Gives the memory back; nothing is read any more. */
  release(): void {
    this.table.release();
    release(this.documents, this.last, this.firstDocument, this.place, this.kind);
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
}

/** Counts of some n-grams. */
export interface Frequencies {
  /** How many there are, numbered in order of appearance. */
  readonly size: number;
  /** [size] how many documents hold each. */
  readonly documents: Int32Array;
  /** [size] words or characters. */
  readonly kind: Int8Array;
}

/**
 * The n-grams of a kind with the highest document frequencies, ascending by number; ties go to those that came first.
 */
export function mostFrequent(
  { size, documents, kind: kinds }: Frequencies,
  kind: number,
  { minDocuments, maxFeatures }: { readonly minDocuments: number; readonly maxFeatures: number },
): Int32Array {
  const entries = new Int32Array(size);
  let n = 0;
  for (let entry = 0; entry < size; entry++)
    if (kinds[entry] === kind && documents[entry] >= minDocuments) entries[n++] = entry;
  const found = entries.subarray(0, n);
  if (n <= maxFeatures) return found;
  return found
    .sort((a, b) => documents[b] - documents[a] || a - b)
    .subarray(0, maxFeatures)
    .sort();
}
