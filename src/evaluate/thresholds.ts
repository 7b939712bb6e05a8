/**
 * Decision thresholds, one for each class: the predicted class is the one whose probability is largest in proportion to its
 * threshold. They are chosen on documents that the scores were not fitted to, for the highest macro F1, so that a rare class is
 * predicted as often as that needs. With two classes they are the usual ones: a class is predicted above its threshold.
 *
 *     q_c = (p_c / t_c) / Σ_k (p_k / t_k)      Σ_c t_c = 1; without a choice t_c = 1/C, and q = p
 */
import { tally } from '../core/lists.ts';
import { exp, log } from '../core/math.ts';
import { type ProbableDocuments, scaleProbabilities } from './temperature.ts';

/** The objectives of thresholds: the names of `train.thresholds`. */
export const THRESHOLDS = ['none', 'macro_f1'] as const;

/** Factors on the probabilities of a class that are tried: 2^(-4), 2^(-3.5), …, 2^4. */
const MOST = 8;
const STEPS = Array.from({ length: 2 * MOST + 1 }, (_, s) => s - MOST)
  // of equally good ones the one nearest to no change
  .sort((a, b) => Math.abs(a) - Math.abs(b) || a - b);
/** Passes over the classes and pairs, at most; most end sooner, since nothing changes any more. */
const ROUNDS = 5;
/** Documents × pairs × steps that the pairs of one pass may take: well under a second. Of more, classes move one by one. */
const PAIR_WORK = 2e8;

const FACTORS = Array.from({ length: 2 * MOST + 1 }, (_, s) => exp(((s - MOST) * log(2)) / 2));
const factorOf = (step: number): number => FACTORS[step + MOST];

/**
 * `[C]` the thresholds of the highest macro F1, which sum to 1. From three starts (no change, and factors that make up for half and
 * for all of the difference in the frequencies of the classes), class by class, rare ones first, the factor is taken that
 * raises it most; then pairs of classes, which take documents from each other, move together; until nothing raises it.
 */
export function chooseThresholds({ probabilities, labels, classes: C }: ProbableDocuments): number[] {
  const counts = tally(labels, C);
  const search = new ThresholdSearch(probabilities, labels, counts);
  let best = { score: -1, steps: new Array<number>(C).fill(0) };
  const largest = counts.reduce((most, count) => Math.max(most, count), 1);
  for (const power of [0, 0.5, 1]) {
    // a step is a factor of √2
    const start = counts.map((count) =>
      count === 0 ? 0 : Math.min(MOST, Math.round((2 * power * log(largest / count)) / log(2))),
    );
    const found = search.climb(start);
    if (found.score > best.score + 1e-12) best = found;
  }
  const inverse = best.steps.map((step) => factorOf(-step));
  const total = inverse.reduce((sum, value) => sum + value, 0);
  return inverse.map((value) => value / total);
}

/** Steps of the classes, and the macro F1 that they give. */
interface Found {
  readonly score: number;
  readonly steps: number[];
}

/** Climbs to the highest macro F1. The class of a document is that of the largest p_c · factor_c; of equal ones the first. */
class ThresholdSearch {
  readonly #p: ArrayLike<number>;
  readonly #labels: Int32Array;
  readonly #counts: readonly number[];
  readonly #order: readonly number[];
  /** [N × 3] the classes of the largest values, as the steps are; -1 where there are fewer classes. */
  readonly #top: Int32Array;
  readonly #right: Float64Array;
  readonly #times: Float64Array;

  constructor(p: ArrayLike<number>, labels: Int32Array, counts: readonly number[]) {
    this.#p = p;
    this.#labels = labels;
    this.#counts = counts;
    this.#order = counts.map((_, c) => c).sort((a, b) => counts[a] - counts[b] || a - b);
    this.#top = new Int32Array(3 * labels.length);
    this.#right = new Float64Array(counts.length);
    this.#times = new Float64Array(counts.length);
  }

  climb(start: readonly number[]): Found {
    const steps = [...start];
    this.#sort(steps);
    let score = this.#scoreOf(steps, [], []);
    const take = (classes: readonly number[], moves: readonly (readonly number[])[]): boolean => {
      let taken: readonly number[] | undefined;
      for (const move of moves) {
        const tried = this.#scoreOf(steps, classes, move);
        if (tried > score + 1e-12) [score, taken] = [tried, move];
      }
      for (const [k, step] of taken?.entries() ?? []) steps[classes[k]] = step;
      if (taken) this.#sort(steps);
      return taken !== undefined;
    };
    const pairs = this.#pairs();
    for (let round = 0, changed = true; changed && round < ROUNDS; round++) {
      changed = false;
      for (const c of this.#order) if (take([c], STEPS.map((step) => [step]))) changed = true; // prettier-ignore
      for (const [a, b] of pairs) {
        const moves = STEPS.map((by) => [steps[a] + by, steps[b] + by]);
        if (take([a, b], moves.filter((move) => move.every((step) => Math.abs(step) <= MOST)))) changed = true; // prettier-ignore
      }
    }
    return { score, steps };
  }

  /** Pairs of classes, rare ones first; of two classes none, as only the difference of their steps counts. */
  #pairs(): readonly (readonly [number, number])[] {
    const order = this.#order;
    const C = order.length;
    if (C < 3 || ((C * (C - 1)) / 2) * this.#labels.length * STEPS.length > PAIR_WORK) return [];
    return order.flatMap((a, i) => order.slice(i + 1).map((b) => [a, b] as const));
  }

  /** Writes the three best classes of each document. */
  #sort(steps: readonly number[]): void {
    const factors = steps.map(factorOf);
    const C = factors.length;
    for (let n = 0; n < this.#labels.length; n++) {
      let [first, second, third] = [-1, -1, -1];
      let [v1, v2, v3] = [-1, -1, -1];
      for (let c = 0; c < C; c++) {
        const value = this.#p[n * C + c] * factors[c];
        if (value > v1) [third, v3, second, v2, first, v1] = [second, v2, first, v1, c, value];
        else if (value > v2) [third, v3, second, v2] = [second, v2, c, value];
        else if (value > v3) [third, v3] = [c, value];
      }
      this.#top.set([first, second, third], 3 * n);
    }
  }

  /** Macro F1 where up to two classes have other steps than `steps`, by which the documents are sorted. */
  #scoreOf(steps: readonly number[], classes: readonly number[], moved: readonly number[]): number {
    const [labels, right, times, top] = [this.#labels, this.#right.fill(0), this.#times.fill(0), this.#top];
    const C = steps.length;
    const factors = moved.map(factorOf);
    for (let n = 0; n < labels.length; n++) {
      // the best class that does not move
      let best = -1;
      for (let k = 3 * n; k < 3 * n + 3 && best < 0; k++) if (!classes.includes(top[k])) best = top[k];
      let value = best < 0 ? -1 : this.#p[n * C + best] * factorOf(steps[best]);
      for (let k = 0; k < classes.length; k++) {
        const c = classes[k];
        const own = this.#p[n * C + c] * factors[k];
        if (own > value || (own === value && c < best)) [value, best] = [own, c];
      }
      times[best]++;
      if (labels[n] === best) right[best]++;
    }
    let sum = 0;
    for (const [c, count] of this.#counts.entries())
      if (count + times[c] > 0) sum += (2 * right[c]) / (count + times[c]);
    return sum / C;
  }
}

/** How the probabilities of a model become those that are told. */
export interface Calibrated {
  /** The temperature: logarithms of probabilities are divided by it. */
  readonly temperature: number;
  /** `[C]` thresholds of the classes; undefined where none were chosen. */
  readonly thresholds?: readonly number[] | undefined;
}

/** q_c = (p_c^(1/T) / t_c) / Σ_k (p_k^(1/T) / t_k), for each row of `[N × C]`. */
export function calibrateRows(
  probabilities: Float64Array,
  classes: number,
  { temperature, thresholds }: Calibrated,
): Float64Array {
  return applyThresholds(scaleProbabilities(probabilities, classes, temperature), thresholds);
}

/** Probabilities in proportion to the thresholds of their classes, each row summing to 1; `[N × C]` row-major. */
export function applyThresholds(
  probabilities: Float64Array,
  thresholds: readonly number[] | undefined,
): Float64Array {
  if (!thresholds) return probabilities;
  const C = thresholds.length;
  const result = new Float64Array(probabilities.length);
  for (let row = 0; row < result.length; row += C) {
    let total = 0;
    for (let c = 0; c < C; c++) total += result[row + c] = probabilities[row + c] / thresholds[c];
    for (let c = 0; c < C; c++) result[row + c] /= total;
  }
  return result;
}
