/**
 * The choice between a network, the linear model and the weighted average of their probabilities, on the validation
 * documents, which neither was trained on.
 */
import { minOf } from '../core/lists.ts';
import { log } from '../core/math.ts';
import { countCorrect } from '../evaluate/confusion.ts';
import { mean, variance } from '../evaluate/sample.ts';

/** The validation documents, with the scores of both models. */
export interface Contest {
  /** `[N]` class ids. */
  readonly labels: Int32Array;
  /** C */
  readonly classes: number;
  /** `[N × C]` calibrated probabilities of the network. */
  readonly network: Float64Array;
  /** `[N × C]` calibrated probabilities of the linear model. */
  readonly linear: Float64Array;
}

/** The candidates. */
export const contestants = ['linear', 'average', 'network'] as const;
/** The chosen candidate. */
export type Contestant = (typeof contestants)[number];

/** The metrics of a candidate on the validation documents. */
export interface ContestScore {
  readonly accuracy: number;
  /** Mean of -ln p of the true class. */
  readonly log_loss: number;
}

/** What was chosen, and the numbers behind it. */
export interface Choice {
  readonly chosen: Contestant;
  /** Weight of the network's probabilities, in [0, 1]; the linear model has the rest. */
  readonly weight: number;
  /** Weight of the network in the average: that of the lowest log loss, reduced for few documents. */
  readonly best_weight: number;
  /** N, validation documents. */
  readonly documents: number;
  /** Of each on the validation documents; null without any. */
  readonly scores: Readonly<Record<Contestant, ContestScore>> | null;
  /** By how much the log loss of the average is below that of the linear model, and the standard error of that. */
  readonly gain: { readonly mean: number; readonly standard_error: number } | null;
}

/** Weights of the network that are tried: 0, 0.05, …, 1. */
const STEPS = 20;
/** Fewest validation documents for a choice. */
const FEWEST = 10;
/**
 * The linear model is favoured as if by this many additional documents: the network's temperature, and often its
 * epoch, were chosen on the validation documents, so that its log loss there is too good, the more so the fewer they
 * are.
 */
const PRIOR = 100;
/** Smallest probability whose logarithm is taken. */
const TINY = 1e-12;

/**
 * The average whose log loss is least, drawn towards the linear model where there are few documents; the linear model
 * where that is not better than it by more than the standard error of the difference. The log loss is convex in the
 * weight, so that drawing it towards the linear model never makes it worse than that.
 */
export function chooseModel(contest: Contest): Choice {
  const { labels, network, linear } = contest;
  const documents = labels.length;
  if (documents === 0)
    return { chosen: 'linear', weight: 0, best_weight: 0, documents, scores: null, gain: null };
  const losses = Array.from({ length: STEPS + 1 }, (_, s) => lossesOf(contest, s / STEPS));
  const means = losses.map(mean);
  const least = means.indexOf(minOf(means));
  const best = Math.round((least * documents) / (documents + PRIOR));
  const differences = losses[0].map((loss, n) => loss - losses[best][n]);
  const gain = { mean: mean(differences), standard_error: standardError(differences) };
  const convincing = documents >= FEWEST && gain.mean > gain.standard_error;
  const weight = convincing ? best / STEPS : 0;
  const score = (probabilities: Float64Array, log_loss: number): ContestScore => ({
    accuracy: countCorrect(probabilities, labels) / documents,
    log_loss,
  });
  return {
    chosen: chosenModel(weight),
    weight,
    best_weight: best / STEPS,
    documents,
    scores: {
      linear: score(linear, means[0]),
      average: score(averageOf(contest, best / STEPS), means[best]),
      network: score(network, means[STEPS]),
    },
    gain,
  };
}

/** What a weight of the network in [0, 1] comes to. */
export function chosenModel(weight: number): Contestant {
  return weight === 0 ? 'linear' : weight === 1 ? 'network' : 'average';
}

/** `[N × C]` the average with this weight of the network. */
export function averageOf(
  { network, linear }: Pick<Contest, 'network' | 'linear'>,
  weight: number,
): Float64Array {
  return linear.map((p, i) => (1 - weight) * p + weight * network[i]);
}

/** `[N]` -ln p of the true class. */
function lossesOf({ labels, classes, network, linear }: Contest, weight: number): Float64Array {
  return Float64Array.from(labels, (label, n) => {
    const i = n * classes + label;
    return -log(Math.max(TINY, (1 - weight) * linear[i] + weight * network[i]));
  });
}

/** Standard error of the mean; infinite for fewer than two values. */
function standardError(values: Float64Array): number {
  return values.length < 2 ? Infinity : Math.sqrt(variance(values) / values.length);
}
