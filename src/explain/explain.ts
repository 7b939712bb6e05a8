/** How much each token of a text supports a class. */
import type { TextClassifier } from '../classifier/text-classifier.ts';
import { ConfigError, InterruptedError, ShapeError, UnsupportedError } from '../core/errors.ts';
import { argmaxRows } from '../evaluate/confusion.ts';
import { calibrateRows } from '../evaluate/thresholds.ts';
import { told } from '../models/arguments.ts';
import {
  explainBaselines,
  explainMethods,
  type ExplainMethod,
  type ExplainOptions,
  type Explanation,
} from './explanation.ts';
import { type Integral, integration, type LinePoint, ROUGH_POINTS, roughly } from './integrate.ts';
import type { Lens, Path } from './lens.ts';
import { lensOf } from './lens-of.ts';
import { throughCalibration } from './slopes.ts';

/** Gradients of a text, at most; beyond, the gap that was reached is reported. */
const MOST_STEPS = 4096;

/** Variants of a text that are predicted at once. */
const VARIANTS = 64;

/** A text, its lens, and what the classifier says of it. */
export interface LookedAt {
  readonly classifier: TextClassifier;
  readonly lens: Lens;
  /** [C] probabilities of the text. */
  readonly probabilities: Float64Array;
  /** Tokens of it that the model knows. */
  readonly known: number;
}

/** Makes the view of a text. */
export function lookAt(classifier: TextClassifier, text: string): LookedAt {
  const { probabilities, known } = classifier.score([text]);
  const lens = lensOf(classifier.inside().model, text, classifier.labelNames.length);
  return { classifier, lens, probabilities, known: known[0] };
}

/**
 * Explains the prediction for one text. Takes tens of milliseconds for a sentence, about a second for a page.
 * @throws ConfigError for options that cannot be used; UnsupportedError for a method that the model does not have;
 *   InterruptedError where `stop` said so
 */
export function explain(classifier: TextClassifier, text: string, options: ExplainOptions = {}): Explanation {
  const passes = explaining(classifier, text, options);
  let pass = passes.next();
  while (pass.done !== true) {
    requireTime(options);
    pass = passes.next();
  }
  return pass.value;
}

/** Options of {@link explainInTurns}. */
export interface TurnOptions extends ExplainOptions {
  /** Resolves when it may go on. */
  readonly pause: () => Promise<void>;
}

/** The same, bit for bit, with a pause before each pass of the model, so that others have their turn. Errors as `explain`. */
export async function explainInTurns(
  classifier: TextClassifier,
  text: string,
  { pause, ...options }: TurnOptions,
): Promise<Explanation> {
  const passes = explaining(classifier, text, options);
  let pass = passes.next();
  while (pass.done !== true) {
    await pause();
    requireTime(options);
    pass = passes.next();
  }
  return pass.value;
}

function requireTime({ stop }: Pick<ExplainOptions, 'stop'>): void {
  if (stop?.() === true) throw new InterruptedError('[explain] the explanation was stopped.');
}

/** What takes time: yields before each pass of the model. Between them, others may use the model. */
type Passes<T> = Generator<undefined, T, undefined>;

function* explaining(classifier: TextClassifier, text: string, options: ExplainOptions): Passes<Explanation> {
  const given: unknown = text;
  if (typeof given !== 'string')
    throw new ShapeError(`[explain] text must be a text, but got ${told(given)}. Give one string.`);
  const { method: asked, baseline, maxGap, maxSteps, label } = readOptions(options, classifier.labelNames);
  const looked = lookAt(classifier, text);
  const { lens, probabilities } = looked;
  const c = label ?? argmaxRows(probabilities, probabilities.length)[0];
  const method = asked === 'auto' ? suited(lens) : asked;
  const { weights, ...facts } = yield* weigh(looked, c, { method, baseline, maxGap, maxSteps });
  return {
    method,
    label: classifier.labelNames[c],
    probability: probabilities[c],
    probabilities: Object.fromEntries(classifier.labelNames.map((name, k) => [name, probabilities[k]])),
    tokens: lens.tokens.map((token, t) => ({ ...token, weight: weights[t] })),
    unread: lens.unread,
    ...facts,
  };
}

function suited(lens: Lens): Explanation['method'] {
  if (lens.weights()) return 'weights';
  return lens.path('pad') ? 'integrated-gradients' : 'occlusion';
}

interface Weighed extends Pick<Explanation, 'baseline' | 'gap' | 'steps' | 'jumped' | 'bias'> {
  /** [T] */
  readonly weights: ArrayLike<number>;
}

function* weigh(
  looked: LookedAt,
  c: number,
  { method, ...how }: GradientOptions & Pick<Explanation, 'method'>,
): Passes<Weighed> {
  const { lens } = looked;
  switch (method) {
    case 'integrated-gradients':
      return yield* byGradients(looked, c, how);
    case 'occlusion':
      return { weights: yield* byOcclusion(looked, c) };
    case 'attention': {
      const weights = lens.attention();
      if (weights) return { weights };
      throw new UnsupportedError(
        '[explain] the model must have the pooling attention for the method attention, but has not. Use integrated-gradients or occlusion, or train one with --model.pooling attention+max.',
      );
    }
    case 'weights': {
      const found = lens.weights();
      if (!found) {
        throw new UnsupportedError(
          '[explain] the model must be the linear one for the method weights, but is not. Use integrated-gradients or occlusion.',
        );
      }
      const C = found.bias.length;
      return { weights: lens.tokens.map((_, t) => found.values[t * C + c]), bias: found.bias[c] };
    }
    default:
      return method satisfies never;
  }
}

type GradientOptions = Required<Pick<ExplainOptions, 'baseline' | 'maxGap' | 'maxSteps'>>;

function* byGradients(
  looked: LookedAt,
  c: number,
  { baseline: vectors, maxGap, maxSteps }: GradientOptions,
): Passes<Weighed> {
  const { lens, known, probabilities } = looked;
  const path = lens.path(vectors);
  if (!path) {
    throw new UnsupportedError(
      '[explain] the model must have a gradient for the method integrated-gradients, but has not. Use occlusion.',
    );
  }
  // the prediction for an unknown text is fixed
  if (known === 0) {
    const none = { weights: new Float64Array(lens.tokens.length), gap: 0, steps: 0 };
    return { ...none, baseline: { vectors, probability: probabilities[c] } };
  }
  const points = (alphas: readonly number[]) => pointsOf(path, alphas, c, looked.classifier);
  const { weights, gap, steps, jumped, from } =
    maxSteps <= ROUGH_POINTS.length
      ? roughly(yield* points(ROUGH_POINTS), probabilities[c])
      : yield* integrateIn(points, { maxGap, maxSteps });
  return {
    ...{ weights, gap, steps, baseline: { vectors, probability: from } },
    ...(jumped > 0 && { jumped }),
  };
}

function* integrateIn(
  points: (alphas: readonly number[]) => Passes<LinePoint[]>,
  options: Pick<GradientOptions, 'maxGap' | 'maxSteps'>,
): Passes<Integral> {
  const asking = integration(options);
  let asked = asking.next();
  while (asked.done !== true) asked = asking.next(yield* points(asked.value));
  return asked.value;
}

/** The probability of class c at points of the line, and the terms of its slope. */
function* pointsOf(
  path: Path,
  alphas: readonly number[],
  c: number,
  { temperature, thresholds, labelNames }: TextClassifier,
): Passes<LinePoint[]> {
  const classes = labelNames.length;
  const found: LinePoint[] = [];
  for (let first = 0; first < alphas.length; first += path.points) {
    yield;
    const some = alphas.slice(first, first + path.points);
    const p = path.forward(some);
    const q = calibrateRows(p, classes, { temperature, thresholds });
    const dq = new Float64Array(q.length);
    for (let m = 0; m < some.length; m++) dq[m * classes + c] = 1;
    const terms = path.backward(throughCalibration(p, q, dq, { classes, temperature, thresholds }));
    const T = terms.length / some.length;
    for (let m = 0; m < some.length; m++)
      found.push({ value: q[m * classes + c], terms: terms.subarray(m * T, (m + 1) * T) });
  }
  return found;
}

/** How much the probability of class c falls without each token. */
function* byOcclusion(looked: LookedAt, c: number): Passes<Float64Array> {
  const { lens, probabilities } = looked;
  const weights = new Float64Array(lens.tokens.length);
  const sets = lens.tokens.map((_, t) => new Set([t]));
  for (let first = 0; first < sets.length; first += VARIANTS) {
    yield;
    const without = probabilityWithout(looked, sets.slice(first, first + VARIANTS), c);
    weights.set(
      without.map((p) => probabilities[c] - p),
      first,
    );
  }
  return weights;
}

/** The probability of class c for the text without some of its tokens, as the classifier would give it. */
export function probabilityWithout(
  { classifier, lens }: LookedAt,
  sets: readonly ReadonlySet<number>[],
  c: number,
): Float64Array {
  const C = classifier.labelNames.length;
  const { frequencies } = classifier.inside();
  const { probabilities, known } = lens.without(sets);
  const scaled = calibrateRows(probabilities, C, classifier);
  return Float64Array.from(sets, (_, k) =>
    known[k] === 0 && frequencies ? frequencies[c] : scaled[k * C + c],
  );
}

function readOptions(
  { method = 'auto', baseline = 'pad', maxGap = 0.01, maxSteps = MOST_STEPS, label }: ExplainOptions,
  labelNames: readonly string[],
) {
  const oneOf = (name: string, known: readonly string[], value: unknown) => {
    if (typeof value === 'string' && known.includes(value)) return;
    throw new ConfigError(`[explain] ${name} must be one of ${known.join(', ')}, but got ${told(value)}.`);
  };
  oneOf('method', explainMethods, method satisfies ExplainMethod);
  oneOf('baseline', explainBaselines, baseline);
  if (label !== undefined) oneOf('label', labelNames, label);
  if (!(maxGap > 0))
    throw new ConfigError(`[explain] maxGap must be a number above 0, but got ${told(maxGap)}.`);
  if (!(Number.isInteger(maxSteps) && maxSteps >= 1))
    throw new ConfigError(`[explain] maxSteps must be a whole number from 1, but got ${told(maxSteps)}.`);
  return {
    method,
    baseline,
    maxGap,
    maxSteps,
    label: label === undefined ? undefined : labelNames.indexOf(label),
  };
}
