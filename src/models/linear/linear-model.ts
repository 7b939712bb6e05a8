/**
 * A linear classifier of C classes, one against the rest: the class with the largest score w_c·x + b_c. Its
 * probabilities are softmax(scores / T), with the temperature T that fits scores of documents it was not trained on.
 */
import { maxOf } from '../../core/lists.ts';
import {
  initialState,
  type LinearLoss,
  margin,
  solve,
  type SolverOptions,
  type SolverState,
} from './dual-coordinate-descent.ts';
import type { FitProgress } from './each-text.ts';
import type { InnerSplit } from './fold-features.ts';
import { softProblem } from './soft-problem.ts';
import { type DocumentRows, releaseRows, squaredNorms } from './sparse.ts';
import { softRows } from '../../data/soft-labels.ts';
import { countCorrect } from '../../evaluate/confusion.ts';

/** Weights of a fitted classifier. */
export interface LinearWeights {
  /** [F × C] weight of feature f for class c at f * C + c. */
  readonly weights: Float32Array;
  /** [C] */
  readonly bias: Float32Array;
}

/** Documents with their classes. */
export interface LinearProblem {
  /** [N × F] */
  readonly x: DocumentRows;
  /** [N] class ids. */
  readonly labels: Int32Array;
  /** [N × C] soft labels, in place of the classes. */
  readonly targets?: Float64Array | undefined;
  /** C */
  readonly classes: number;
  /** [C] weight of each class in the loss. Default 1. */
  readonly classWeights?: readonly number[];
}

/** How the weights are found. */
export interface LinearSettings {
  readonly loss: LinearLoss;
  /** C of the losses; the larger, the weaker the regularisation. */
  readonly cost: number;
}

/** After this many documents × classes, progress is reported: well under a second. */
const DOCUMENTS_BETWEEN = 20_000;

/** Dual states of all classes, to continue from with a larger cost. */
export type WarmStart = (SolverState | undefined)[];

/**
 * Solves one problem per class (one for both of two classes) and gives the weights in float64, [F + 1] per class.
 * @param progress Called with the proportion done now and then, so that a fit of many classes can be stopped.
 */
export async function solveClasses(
  { x, labels, targets, classes, classWeights }: LinearProblem,
  { loss, cost }: LinearSettings,
  solver: SolverOptions,
  warm: WarmStart = [],
  progress: FitProgress = () => undefined,
): Promise<Float64Array[]> {
  const norms = squaredNorms(x);
  const costs = Float64Array.from(labels, (label) => cost * (classWeights?.[label] ?? 1));
  const problems = classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
  const every = Math.max(1, Math.floor(DOCUMENTS_BETWEEN / labels.length));
  const solved: Float64Array[] = [];
  for (const [k, c] of problems.entries()) {
    const problem = targets
      ? softProblem(targets, c, { classes, cost, classWeights })
      : { y: signsOf(labels, c), cost: costs };
    const state = (warm[c] ??= initialState({ x, y: problem.y }));
    solve(loss, { x, ...problem }, norms, state, { ...solver, rng: solver.rng.fork('class', c) });
    solved.push(state.w);
    const pause = (k + 1) % every === 0 || k + 1 === problems.length;
    if (pause) await progress((k + 1) / problems.length);
  }
  return classes === 2 ? [solved[0].map((v) => -v), solved[0]] : solved;
}

/** [N] +1 for the documents of the class, -1 for the others. */
function signsOf(labels: Int32Array, c: number): Int8Array {
  const y = new Int8Array(labels.length).fill(-1);
  for (let i = 0; i < labels.length; i++) if (labels[i] === c) y[i] = 1;
  return y;
}

/** Interleaves the weights of the classes, as prediction needs them. */
export function packWeights(solved: readonly Float64Array[]): LinearWeights {
  const C = solved.length;
  const F = solved[0].length - 1;
  const weights = new Float32Array(F * C);
  for (const [c, w] of solved.entries()) for (let f = 0; f < F; f++) weights[f * C + c] = w[f];
  return { weights, bias: Float32Array.from(solved, (w) => w[F]) };
}

/** [N × C] scores of documents. */
export function scoreRows(solved: readonly Float64Array[], x: DocumentRows): Float64Array {
  const C = solved.length;
  const scores = new Float64Array(x.rows * C);
  for (let i = 0; i < x.rows; i++) for (let c = 0; c < C; c++) scores[i * C + c] = margin(solved[c], x, i);
  return scores;
}

/** Scores of documents by models that were not trained on them. */
export interface HeldOut {
  /** [M × C] */
  readonly scores: Float64Array;
  /** [M] */
  readonly labels: Int32Array;
  /** [M × C] soft labels, if there are any. */
  readonly targets?: Float64Array | undefined;
}

/** Features of the documents of a split. */
type SplitRows = Readonly<Record<'fit' | 'judge', DocumentRows>>;

/** Labelled documents whose features are fitted within each split. */
export interface SplitProblem extends Omit<LinearProblem, 'x'> {
  /** Features of the documents of a split, fitted only to its training documents; their memory is given back after use. */
  features(split: InnerSplit): SplitRows | Promise<SplitRows>;
}

/** Costs to choose from, ascending. */
export interface CostGrid {
  readonly costs: readonly number[];
  /** Tried after those, one by one, while on the first split the largest so far is better than all others by {@link RISING}. */
  readonly larger?: readonly number[];
}

/** Accuracy that still rises: half a point, which for most data the next cost does not add. */
const RISING = 0.005;

/**
 * Chooses the cost by accuracy on held-out documents; ties go to the smallest. Costs ascend, so that each solution
 * starts from the one before.
 * @returns the cost, the scores with it, and the accuracy of each cost that was tried
 */
export async function chooseCost(
  problem: SplitProblem,
  loss: LinearLoss,
  { costs: asked, larger = [] }: CostGrid,
  splits: readonly InnerSplit[],
  solver: SolverOptions,
  progress: FitProgress = () => undefined,
): Promise<{ cost: number; heldOut: HeldOut; tried: readonly { C: number; accuracy: number }[] }> {
  const C = problem.classes;
  let costs = [...asked, ...larger];
  const scores = costs.map((): Float64Array[] => []);
  const labelsOf = (rows: Int32Array) => rows.map((i) => problem.labels[i]);
  for (const [s, split] of splits.entries()) {
    const { fit: x, judge: held } = await problem.features(split);
    const inner = {
      ...problem,
      x,
      labels: labelsOf(split.fit),
      targets: softRows(problem.targets, split.fit, C),
    };
    const warm: WarmStart = [];
    let best = -1;
    for (const [k, cost] of costs.entries()) {
      const solved = await solveClasses(inner, { loss, cost }, solver, warm, (done) =>
        progress((s * costs.length + k + done) / (splits.length * costs.length)),
      );
      scores[k].push(scoreRows(solved, held));
      if (s > 0) continue;
      const accuracy = countCorrect(scores[k][0], labelsOf(split.judge)) / split.judge.length;
      if (k + 1 >= asked.length && accuracy < best + RISING) {
        costs = costs.slice(0, k + 1);
        break;
      }
      best = Math.max(best, accuracy);
    }
    releaseRows(x);
    releaseRows(held);
  }
  const judged = joined(splits.map(({ judge }) => judge), Int32Array); // prettier-ignore
  const labels = labelsOf(judged);
  const scored = scores.slice(0, costs.length).map((parts) => joined(parts, Float64Array));
  const accuracies = scored.map((own) => countCorrect(own, labels) / labels.length);
  const best = accuracies.indexOf(maxOf(accuracies));
  const targets = softRows(problem.targets, judged, C);
  const tried = costs.map((cost, k) => ({ C: cost, accuracy: accuracies[k] }));
  return { cost: costs[best], heldOut: { scores: scored[best], labels, targets }, tried };
}

/** Arrays one after another. */
function joined<A extends Int32Array | Float64Array>(parts: readonly A[], of: new (length: number) => A): A {
  const all = new of(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
