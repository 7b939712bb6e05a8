/** Wilcoxon's signed-rank test, one-sided, with zeros split between both sides (`zsplit`) and mid-ranks for ties. */
import { normalTail } from '../../evaluate/paired.ts';

/** The exact distribution is used up to this many pairs; with ties or zeros, up to `EXACT_TIED`. As in SciPy 1.17. */
const EXACT = 50;
const EXACT_TIED = 13;

/**
 * The probability that differences this far above 0, or further, come from a distribution that is symmetric about 0.
 * Equals `scipy.stats.wilcoxon(differences, alternative='greater', zero_method='zsplit').pvalue` of SciPy 1.17.
 * @param differences At least one, none NaN. Negate them for the other side.
 */
export function signedRankP(differences: readonly number[]): number {
  const n = differences.length;
  const { ranks, tied, tieTerm } = middleRanks(differences.map(Math.abs));
  let plus = 0; // twice the rank sum of what is above 0
  let zero = 0; // twice the rank sum of zeros
  const signed: number[] = []; // twice the ranks of the others
  differences.forEach((difference, i) => {
    if (difference === 0) zero += 2 * ranks[i];
    else signed.push(2 * ranks[i]);
    if (difference > 0) plus += 2 * ranks[i];
  });
  const odd = tied || zero > 0;
  if (n <= (odd ? EXACT_TIED : EXACT)) return countedTail(signed, plus);
  const mean = (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - tieTerm / 2) / 24);
  const z = (plus / 2 + zero / 4 - mean) / deviation;
  return z >= 0 ? normalTail(z) : 1 - normalTail(-z);
}

/** Ranks from 1, mid-ranks for ties; whether there are ties; and the sum of t³ − t over groups of t ties. */
function middleRanks(values: readonly number[]) {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(values.length).fill(0);
  let tieTerm = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let k = from; k < to; k++) ranks[order[k]] = (from + 1 + to) / 2;
    tieTerm += (to - from) ** 3 - (to - from);
  }
  return { ranks, tied: tieTerm > 0, tieTerm };
}

/** The proportion of the 2^n sign choices whose sum of positive weights is at least `sum`; exact for n ≤ 50. */
function countedTail(weights: readonly number[], sum: number): number {
  const total = weights.reduce((all, weight) => all + weight, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const weight of weights) {
    for (let s = total; s >= weight; s--) ways[s] += ways[s - weight];
  }
  let tail = 0;
  for (let s = sum; s <= total; s++) tail += ways[s];
  return tail / 2 ** weights.length;
}
