/**
 * Skip-gram as the program that every thread runs. Each thread owns some columns of all vectors, in blocks of fixed width, and does
 * everything in them for all words; products are sums over the blocks in their order. So no two threads write to the same
 * number, and the bits do not depend on how many there are. Words are learned in small groups: within a group, scores are those of the
 * vectors before it.
 */
import { exp } from '../../core/math.ts';
import { hashKeys, mix32 } from '../../core/rng.ts';

/** The input of skip-gram. */
export interface SkipgramTask {
  /** D */
  readonly dim: number;
  readonly epochs: number;
  /** Ids of the words that have a vector, all documents one after another. */
  readonly tokens: Int32Array;
  /** [tokens] where the document of each token ends. */
  readonly ends: Int32Array;
  /** [V] */
  readonly counts: Int32Array;
  /** The rows of word w are `rows[starts[w] … starts[w + 1])`: its own, then those of its n-grams, from V on. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly buckets: number;
  readonly seed: number;
}

/** The memory that the threads share. */
export interface SkipgramMemory {
  /** [(V + buckets) × ld] rows of words and n-grams. */
  readonly input: Float32Array;
  /** [V × ld] vectors of words as neighbours. */
  readonly output: Float32Array;
  /** [pairs × blocks] products of a group, by block of columns. */
  readonly products: Float64Array;
  /** [pairs] lr ([u = u_c] - σ(h·u)) */
  readonly steps: Float64Array;
}

/** Columns that belong to one thread together. */
const BLOCK = 16;
/** Words on each side at most. */
const WINDOW = 5;
/** Words drawn for each neighbour. */
const NEGATIVES = 5;
/** Learning rate at the beginning. */
const LR = 0.05;
/** Frequency above which words are left out at random. */
const SUBSAMPLING = 1e-4;
/** Words that are learned together. */
const GROUP = 32;
const PAIRS = GROUP * 2 * WINDOW * (1 + NEGATIVES);
/** Most entries of the table by which words are drawn. */
const TABLE = 1_000_000;

/** Words of a row. */
export function rowWords({ dim }: Pick<SkipgramTask, 'dim'>): number {
  return Math.ceil(dim / BLOCK) * BLOCK;
}

/** The memory of a task: rows of words and n-grams uniform in [-1 / D, 1 / D), neighbours zero. */
export function skipgramMemory(task: SkipgramTask, threads: boolean): SkipgramMemory {
  const ld = rowWords(task);
  const words = task.counts.length;
  const buffer = (bytes: number) => (threads ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  const input = new Float32Array(buffer(4 * (words + task.buckets) * ld));
  let state = task.seed;
  for (let row = 0; row < words + task.buckets; row++) {
    for (let d = 0; d < task.dim; d++) {
      state = mix32(state);
      input[row * ld + d] = (state / 2147483648 - 1) / task.dim;
    }
  }
  return {
    input,
    output: new Float32Array(buffer(4 * words * ld)),
    products: new Float64Array(buffer((8 * PAIRS * ld) / BLOCK)),
    steps: new Float64Array(buffer(8 * PAIRS)),
  };
}

/** A group of words that are learned together. */
interface Group {
  words: number;
  pairs: number;
  /** [words] */
  readonly centres: Int32Array;
  /** [words + 1] the pairs of word k are `firsts[k] … firsts[k + 1]` */
  readonly firsts: Int32Array;
  /** [pairs] a word near it, then NEGATIVES drawn ones, and so on. */
  readonly others: Int32Array;
}

/** The program: learns the words [from, to) of an epoch. All threads run it with the same arguments. */
export function createSkipgramProgram(
  task: SkipgramTask,
  memory: SkipgramMemory,
): (args: ArrayLike<number>, thread: number, threads: number, barrier: () => void) => void {
  const { tokens, epochs, counts } = task;
  const draws = drawTable(counts);
  const keep = keptProportions(counts);
  const group: Group = {
    words: 0,
    pairs: 0,
    centres: new Int32Array(GROUP),
    firsts: new Int32Array(GROUP + 1),
    others: new Int32Array(PAIRS),
  };
  const ld = rowWords(task);
  const hidden = new Float64Array(GROUP * ld);
  const gradient = new Float64Array(ld);
  return (args, thread, threads, barrier) => {
    const [epoch, from, to] = Array.from(args);
    const blocks = ld / BLOCK;
    const own = {
      first: Math.floor((blocks * thread) / threads) * BLOCK,
      last: Math.floor((blocks * (thread + 1)) / threads) * BLOCK,
    };
    for (let at = from; at < to; at += GROUP) {
      fillGroup(group, task, { at, to: Math.min(to, at + GROUP), epoch, keep, draws });
      const { pairs } = group;
      if (pairs === 0) continue;
      computeProducts(group, task, memory, hidden, own);
      barrier();
      const lr = LR * (1 - (epoch + at / tokens.length) / epochs);
      const share = [Math.floor((pairs * thread) / threads), Math.floor((pairs * (thread + 1)) / threads)];
      computeSteps(memory, blocks, lr, share[0], share[1]);
      barrier();
      applySteps(group, task, memory, hidden, gradient, own);
    }
  };
}

/** Draws the words of a group, those near them and the others; the same in every thread. */
function fillGroup(
  group: Group,
  { tokens, ends, seed }: SkipgramTask,
  {
    at,
    to,
    epoch,
    keep,
    draws,
  }: {
    readonly at: number;
    readonly to: number;
    readonly epoch: number;
    readonly keep: Float64Array;
    readonly draws: Int32Array;
  },
): void {
  const { centres, firsts, others } = group;
  const key = hashKeys(seed, [epoch, at]);
  // which words an epoch leaves out depends only on their position, so that neighbours agree
  const epochKey = mix32(seed ^ Math.imul(epoch + 1, 0x9e3779b1));
  const kept = (place: number) => mix32(epochKey ^ place) < keep[tokens[place]] * 4294967296;
  let state = key;
  let words = 0;
  let pairs = 0;
  for (let place = at; place < to; place++) {
    if (!kept(place)) continue;
    state = mix32(state);
    const window = 1 + (state % WINDOW);
    const first = pairs;
    for (const direction of [-1, 1]) {
      for (let other = place + direction, near = 0; near < window; other += direction) {
        if (other < 0 || other >= tokens.length || ends[other] !== ends[place]) break;
        if (!kept(other)) continue;
        near++;
        others[pairs++] = tokens[other];
        for (let n = 0; n < NEGATIVES; n++) {
          state = mix32(state);
          let drawn = draws[state % draws.length];
          // the neighbour itself is not a negative; the next word is used instead
          if (drawn === tokens[other]) drawn = draws[(state + (draws.length >> 1)) % draws.length];
          others[pairs++] = drawn;
        }
      }
    }
    if (pairs === first) continue;
    centres[words] = tokens[place];
    firsts[words++] = first;
  }
  firsts[words] = pairs;
  group.words = words;
  group.pairs = pairs;
}

/** Columns [first, last) of a thread. */
interface Columns {
  readonly first: number;
  readonly last: number;
}

/** h of each word, and its products with its pairs, by blocks. */
function computeProducts(
  { words, centres, firsts, others }: Group,
  { starts, rows, dim }: SkipgramTask,
  { input, output, products }: SkipgramMemory,
  hidden: Float64Array,
  { first, last }: Columns,
): void {
  const ld = rowWords({ dim });
  const blocks = ld / BLOCK;
  for (let k = 0; k < words; k++) {
    const h = k * ld;
    for (let d = first; d < last; d++) hidden[h + d] = 0;
    const [from, to] = [starts[centres[k]], starts[centres[k] + 1]];
    for (let r = from; r < to; r++) {
      const row = rows[r] * ld;
      for (let d = first; d < last; d++) hidden[h + d] += input[row + d];
    }
    const scale = 1 / (to - from);
    for (let d = first; d < last; d++) hidden[h + d] *= scale;
    for (let p = firsts[k]; p < firsts[k + 1]; p++) {
      const u = others[p] * ld;
      blockProducts(hidden, h, output, u, {
        products,
        at: p * blocks,
        from: first / BLOCK,
        to: last / BLOCK,
      });
    }
  }
}

/** The products of a word and another one in the blocks [from, to). */
function blockProducts(
  hidden: Float64Array,
  h: number,
  output: Float32Array,
  u: number,
  {
    products,
    at,
    from,
    to,
  }: { readonly products: Float64Array; readonly at: number; readonly from: number; readonly to: number },
): void {
  let block = from;
  // four sums at a time: an addition need not wait for the one before it, and each sum has the order that it has alone
  for (; block + 4 <= to; block += 4) {
    let [a, b, c, e] = [0, 0, 0, 0];
    for (let d = block * BLOCK, end = d + BLOCK; d < end; d++) {
      a += hidden[h + d] * output[u + d];
      b += hidden[h + d + BLOCK] * output[u + d + BLOCK];
      c += hidden[h + d + 2 * BLOCK] * output[u + d + 2 * BLOCK];
      e += hidden[h + d + 3 * BLOCK] * output[u + d + 3 * BLOCK];
    }
    products[at + block] = a;
    products[at + block + 1] = b;
    products[at + block + 2] = c;
    products[at + block + 3] = e;
  }
  for (; block < to; block++) {
    let sum = 0;
    for (let d = block * BLOCK; d < (block + 1) * BLOCK; d++) sum += hidden[h + d] * output[u + d];
    products[at + block] = sum;
  }
}

/** The step of each pair in [from, to). */
function computeSteps(
  { products, steps }: SkipgramMemory,
  blocks: number,
  lr: number,
  from: number,
  to: number,
): void {
  for (let p = from; p < to; p++) {
    let score = 0;
    for (let b = 0; b < blocks; b++) score += products[p * blocks + b];
    const label = p % (1 + NEGATIVES) === 0 ? 1 : 0;
    steps[p] = lr * (label - 1 / (1 + exp(-score)));
  }
}

/** Moves the vectors, pair by pair. */
function applySteps(
  { words, centres, firsts, others }: Group,
  { starts, rows, dim }: SkipgramTask,
  { input, output, steps }: SkipgramMemory,
  hidden: Float64Array,
  gradient: Float64Array,
  { first, last }: Columns,
): void {
  const ld = rowWords({ dim });
  for (let k = 0; k < words; k++) {
    const h = k * ld;
    for (let d = first; d < last; d++) gradient[d] = 0;
    for (let p = firsts[k]; p < firsts[k + 1]; p++) {
      const u = others[p] * ld;
      const step = steps[p];
      for (let d = first; d < last; d++) {
        const value = output[u + d];
        gradient[d] += step * value;
        output[u + d] = value + step * hidden[h + d];
      }
    }
    for (let r = starts[centres[k]]; r < starts[centres[k] + 1]; r++) {
      const row = rows[r] * ld;
      for (let d = first; d < last; d++) input[row + d] += gradient[d];
    }
  }
}

/** Words by the square root of their frequency, as fastText draws them. */
function drawTable(counts: Int32Array): Int32Array {
  const weights = Float64Array.from(counts, Math.sqrt);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const size = Math.max(counts.length, Math.min(TABLE, 100 * counts.length));
  const table = new Int32Array(size);
  let word = 0;
  let sum = weights[0] / total;
  for (let n = 0; n < size; n++) {
    table[n] = word;
    if ((n + 1) / size > sum && word + 1 < counts.length) sum += weights[++word] / total;
  }
  return table;
}

/** With which probability a word stays in an epoch: √(t / f) + t / f, at most 1 (fastText). */
function keptProportions(counts: Int32Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(counts, (count) => {
    const ratio = SUBSAMPLING / (count / total);
    return Math.min(1, Math.sqrt(ratio) + ratio);
  });
}
