/**
 * Active learning: chooses the unlabelled texts of which the classifier is least certain, and which differ from each
 * other. Uncertainty is 1 minus the margin between the two most probable classes (Scheffer et al. 2001); among the
 * most uncertain texts, each next choice maximises uncertainty times distance to those already chosen.
 */

/** A text to choose from. */
export interface Candidate {
  readonly text: string;
  /** [C] probabilities. */
  readonly probabilities: ArrayLike<number>;
}

/** The most uncertain texts are candidates: this many times the number requested. */
const POOL = 10;

/** 1 − (p₁ − p₂), in [0, 1]. */
export function uncertainty(probabilities: ArrayLike<number>): number {
  let [first, second] = [0, 0];
  for (let c = 0; c < probabilities.length; c++) {
    const p = probabilities[c];
    if (p > first) [first, second] = [p, first];
    else if (p > second) second = p;
  }
  return 1 - (first - second);
}

/**
 * Chooses texts.
 * @param n How many, at most.
 * @returns Their indices, the first to label first. Ties go to the earlier text.
 */
export function nextToLabel(candidates: readonly Candidate[], n: number): readonly number[] {
  const scores = candidates.map(({ probabilities }) => uncertainty(probabilities));
  const order = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  const pool = order.slice(0, n * POOL);
  const words = pool.map((i) => wordsOf(candidates[i].text));
  /** Distance of each candidate to the nearest chosen text. */
  const distance = new Float64Array(pool.length).fill(1);
  const chosen: number[] = [];
  const left = new Set(pool.keys());
  while (chosen.length < n && left.size > 0) {
    let best = -1;
    for (const k of left) if (best < 0 || value(k) > value(best)) best = k;
    chosen.push(pool[best]);
    left.delete(best);
    for (const k of left) distance[k] = Math.min(distance[k], 1 - similarity(words[k], words[best]));
  }
  return chosen;

  function value(k: number): number {
    return scores[pool[k]] * distance[k];
  }
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

/** Jaccard distance, in [0, 1]. */
function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  const all = a.size + b.size - both;
  return all === 0 ? 1 : both / all;
}
