/**
 * Documents that repeat others: exactly, except for case and punctuation, or nearly.
 *
 * Near copies are found by MinHash (Broder, 1997) with locality-sensitive banding (Indyk and Motwani, 1998): each
 * text becomes the set of its runs of three words; texts whose signatures agree in a band are compared in full, and
 * count as copies where the Jaccard similarity of their sets reaches the threshold. A pair at the threshold is found
 * with probability ≥ 0.999; everything is deterministic.
 */
import { mix32 } from '../core/rng.ts';

/** Copies among documents. A *copy* is a document that repeats an earlier one. */
export interface Duplicates {
  /** Copies to the character. */
  readonly exact: number;
  /** Copies after case, punctuation and white space are removed; the exact ones included. */
  readonly normalised: number;
  /** Copies by word overlap; exact and normalised ones included. */
  readonly near: number;
  /** For each document the index of the first document of its group; its own index where it has no copy before it. */
  readonly groupOf: Int32Array<ArrayBuffer>;
  /** The same, only for exact and normalised copies. */
  readonly normalisedGroupOf: Int32Array<ArrayBuffer>;
}

/** Options of {@link findDuplicates}. */
export interface DuplicateOptions {
  /** Smallest Jaccard similarity of near copies, in (0, 1]. Default 0.9. */
  readonly threshold?: number;
}

const SHINGLE = 3; // words
const SIGNATURE = 64; // hash functions; 8 to 16 bands at thresholds of 0.7 and more
const RECALL = 0.999;
// A band can hold thousands of texts from one template that are yet not similar enough; each text gives up after this
// many failed comparisons per band. Real copies share most bands, so they are found in another.
const MOST_FAILURES = 200;

/** Groups documents with their copies. */
export function findDuplicates(
  texts: readonly string[],
  { threshold = 0.9 }: DuplicateOptions = {},
): Duplicates {
  const sets = new DisjointSets(texts.length);
  const exact = joinEqual(texts, sets);
  const forms = texts.map(normalisedForm);
  const normalised = joinEqual(forms, sets);
  const normalisedGroupOf = sets.roots();
  const leaders = Array.from(normalisedGroupOf.entries())
    .filter(([i, root]) => i === root)
    .map(([i]) => i);
  joinNear(leaders, forms, threshold, sets);
  const groupOf = sets.roots();
  const near = groupOf.reduce((sum, root, i) => sum + (root === i ? 0 : 1), 0);
  return { exact, normalised, near, groupOf, normalisedGroupOf };
}

/**
 * A text without case, punctuation and spacing: its words, one space between. A text of punctuation alone stays as it
 * is, so that "?" and "!!!" are not copies of each other.
 */
export function normalisedForm(text: string): string {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, ' ')
    .split(' ')
    .filter(Boolean);
  return words.length > 0 ? words.join(' ') : `\0${text.trim()}`;
}

/** Joins equal strings; returns how many repeat an earlier one. */
function joinEqual(keys: readonly string[], sets: DisjointSets): number {
  const first = new Map<string, number>();
  let copies = 0;
  for (const [i, key] of keys.entries()) {
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, i);
    else {
      copies++;
      sets.join(earlier, i);
    }
  }
  return copies;
}

function joinNear(
  documents: readonly number[],
  texts: readonly string[],
  threshold: number,
  sets: DisjointSets,
): void {
  const shingles = new PackedSets();
  const signatures = new Uint32Array(documents.length * SIGNATURE).fill(0xffffffff);
  for (const [k, i] of documents.entries()) {
    const set = shingleSet(texts[i]);
    shingles.add(set);
    lowerSignature(signatures.subarray(k * SIGNATURE, (k + 1) * SIGNATURE), set);
  }
  const rows = bandRows(threshold);
  // the documents of a band are a list: from its first one to the next of each
  const next = new Int32Array(documents.length);
  const last = new Int32Array(documents.length);
  for (let start = 0; start + rows <= SIGNATURE; start += rows) {
    const firstOf = new Map<number, number>();
    next.fill(NONE);
    for (const [k, i] of documents.entries()) {
      let key = start;
      for (let r = start; r < start + rows; r++) key = mix32(key ^ signatures[k * SIGNATURE + r]);
      const first = firstOf.get(key) ?? k;
      let failures = 0;
      for (let j = first; j !== NONE && j !== k && failures < MOST_FAILURES; j = next[j]) {
        if (sets.find(i) === sets.find(documents[j])) continue;
        if (jaccardAtLeast(shingles.get(k), shingles.get(j), threshold)) sets.join(i, documents[j]);
        else failures++;
      }
      if (first === k) firstOf.set(key, k);
      else next[last[first]] = k;
      last[first] = k;
    }
  }
}

const NONE = -1;

/** Sets of numbers one behind the other: a buffer of its own for each would take much more memory. */
class PackedSets {
  #numbers = new Uint32Array(1 << 16);
  readonly #ends: number[] = [0];

  /** Adds the next set. */
  add(set: Uint32Array): void {
    const from = this.#ends[this.#ends.length - 1];
    const end = from + set.length;
    if (end > this.#numbers.length) {
      const more = new Uint32Array(Math.max(end, 2 * this.#numbers.length));
      more.set(this.#numbers);
      this.#numbers = more;
    }
    this.#numbers.set(set, from);
    this.#ends.push(end);
  }

  /** The k-th set. */
  get(k: number): Uint32Array {
    return this.#numbers.subarray(this.#ends[k], this.#ends[k + 1]);
  }
}

/** Rows per band: the most (fewest false candidates) that still find a pair at the threshold with RECALL. */
function bandRows(threshold: number): number {
  for (let rows = 16; rows > 1; rows--) {
    const bands = Math.floor(SIGNATURE / rows);
    const missed = (1 - threshold ** rows) ** bands;
    if (1 - missed >= RECALL) return rows;
  }
  return 1;
}

/** Hashes of a text's runs of three words, ascending, each once; a shorter text is one run. */
export function shingleSet(text: string): Uint32Array<ArrayBuffer> {
  const words = text.split(' ').map(hashText);
  const length = Math.min(SHINGLE, words.length);
  const hashes = new Uint32Array(words.length - length + 1);
  for (let i = 0; i < hashes.length; i++) {
    let hash = length;
    for (let k = 0; k < length; k++) hash = mix32(hash ^ words[i + k]);
    hashes[i] = hash;
  }
  hashes.sort();
  return hashes.filter((hash, i) => i === 0 || hash !== hashes[i - 1]);
}

/** 32-bit FNV-1a over code units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const MULTIPLIERS = Int32Array.from({ length: SIGNATURE }, (_, i) => mix32(2 * i + 1) | 1);
const OFFSETS = Int32Array.from({ length: SIGNATURE }, (_, i) => mix32(2 * i + 2));

/** Lowers each value to the smallest of its hash function over the set. */
function lowerSignature(smallest: Uint32Array, set: Uint32Array): void {
  for (let s = 0; s < set.length; s++) {
    const x = set[s];
    for (let i = 0; i < SIGNATURE; i++) {
      const hash = (Math.imul(x, MULTIPLIERS[i]) + OFFSETS[i]) >>> 0;
      if (hash < smallest[i]) smallest[i] = hash;
    }
  }
}

/** Whether |a ∩ b| / |a ∪ b| reaches the threshold; the sets are ascending. */
export function jaccardAtLeast(a: Uint32Array, b: Uint32Array, threshold: number): boolean {
  if (Math.min(a.length, b.length) < threshold * Math.max(a.length, b.length)) return false;
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      shared++;
      i++;
      j++;
    } else if (a[i] < b[j]) i++;
    else j++;
  }
  return shared >= threshold * (a.length + b.length - shared);
}

/** Union-find whose roots are the smallest members. */
class DisjointSets {
  readonly #parent: Int32Array<ArrayBuffer>;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  find(i: number): number {
    const parent = this.#parent;
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  }

  join(i: number, j: number): void {
    const a = this.find(i);
    const b = this.find(j);
    this.#parent[Math.max(a, b)] = Math.min(a, b);
  }

  roots(): Int32Array<ArrayBuffer> {
    return this.#parent.map((_, i) => this.find(i));
  }
}
