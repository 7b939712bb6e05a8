/** The linear classifier: from texts to features, scores and probabilities. */
import { exp } from '../../core/math.ts';
import type { Occurrence } from '../model.ts';
import type { LinearWeights } from './linear-model.ts';
import type { TokenizedText } from './ngrams.ts';
import { Tfidf, type TfidfState } from './tfidf.ts';

/** All that a fitted linear classifier consists of. */
export interface LinearState extends LinearWeights {
  readonly tfidf: TfidfState;
  /** T: probabilities are softmax(scores / T). */
  readonly temperature: number;
}

/** A fitted linear classifier. */
export class LinearClassifier {
  readonly state: LinearState;
  /** C */
  readonly classes: number;
  readonly #tfidf: Tfidf;

  constructor(state: LinearState) {
    this.state = state;
    this.classes = state.bias.length;
    this.#tfidf = new Tfidf(state.tfidf);
  }

  /** Writes the C scores w_c·x + b_c of a text into `to` from `at`. @returns how many features the text has */
  score(text: TokenizedText, to: Float64Array, at = 0): number {
    const { bias, weights } = this.state;
    const C = this.classes;
    const size = this.#tfidf.row(text);
    const { indices, values } = this.#tfidf;
    for (let c = 0; c < C; c++) to[at + c] = bias[c];
    for (let i = 0; i < size; i++) {
      const row = indices[i] * C;
      const value = values[i];
      for (let c = 0; c < C; c++) to[at + c] += value * weights[row + c];
    }
    return size;
  }

  /** Writes the C probabilities of a text, which sum to 1. @returns how many of its words are features; null where it has no feature at all */
  probabilitiesOf(text: TokenizedText, to: Float64Array, at: number): number | null {
    const size = this.score(text, to, at);
    softmaxInPlace(to, at, this.classes, this.state.temperature);
    return size === 0 ? null : this.#tfidf.knownWords;
  }

  /** What each n-gram of a text adds to the scores: that of its feature, split equally between its occurrences. */
  occurrences(text: TokenizedText): Occurrence[] {
    const size = this.#tfidf.row(text);
    const { indices, values } = this.#tfidf;
    const valueOf = new Map(Array.from(indices.subarray(0, size), (feature, i) => [feature, values[i]]));
    const found = [...this.#tfidf.occurrences()];
    const times = new Map<number, number>();
    for (const { feature } of found) times.set(feature, (times.get(feature) ?? 0) + 1);
    const C = this.classes;
    return found.map(({ feature, ...place }) => {
      const value = (valueOf.get(feature) ?? 0) / (times.get(feature) ?? 1);
      const weights = this.state.weights.subarray(feature * C, (feature + 1) * C);
      return { ...place, values: Float64Array.from(weights, (weight) => value * weight) };
    });
  }

  /** The n features with the largest weights for class `c`. */
  topFeatures(c: number, n: number): { feature: string; weight: number }[] {
    const { features } = this.state.tfidf;
    const weight = (f: number) => this.state.weights[f * this.classes + c];
    return Int32Array.from(features, (_, f) => f)
      .sort((a, b) => weight(b) - weight(a) || a - b)
      .reduce<{ feature: string; weight: number }[]>((top, f) => {
        if (top.length < n && weight(f) > 0) top.push({ feature: features[f].text, weight: weight(f) });
        return top;
      }, []);
  }
}

/** z ← softmax(z / T) for the C numbers from `at`. */
function softmaxInPlace(z: Float64Array, at: number, C: number, temperature: number): void {
  let max = -Infinity;
  for (let c = 0; c < C; c++) max = Math.max(max, z[at + c]);
  let total = 0;
  for (let c = 0; c < C; c++) total += z[at + c] = exp((z[at + c] - max) / temperature);
  for (let c = 0; c < C; c++) z[at + c] /= total;
}
