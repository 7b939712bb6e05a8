/**
 * How much of the gradient at the end of a text reaches its beginning, in a trained network: ‖∂L/∂h_t‖ / ‖∂L/∂h_T‖,
 * where L only depends on the last state of the top layer, along its direction of influence on the predicted class.
 */
import type { TextClassifier } from '../classifier/text-classifier.ts';
import { argmaxRows } from '../evaluate/confusion.ts';
import { directionOfClass, networkOf } from './network-of.ts';
import type { LayerTrace, PlainCell } from './plain-cells.ts';
import { beforeOf, runPlainly } from './plain-network.ts';

/** The gradient through time, by direction; plain JSON. */
export interface GradientThroughTime {
  /** `LSTM`, `BiGRU` */
  readonly network: string;
  /** Texts with a token at least. */
  readonly documents: number;
  readonly curves: readonly {
    /** `reads from the beginning` */
    readonly direction: string;
    /** [longest text] The geometric mean of the norms so many steps back, over the texts that are that long; 1 at 0 steps. */
    readonly norms: readonly number[];
    /** [longest text] How many texts that are. */
    readonly texts: readonly number[];
  }[];
}

/** Stands for a norm that is 0, so that its logarithm can be taken. */
const TINY = 1e-300;

/**
 * Measures the gradient over texts.
 * @throws UnsupportedError for a model without a recurrent network
 */
export function gradientThroughTime(
  classifier: TextClassifier,
  texts: readonly string[],
): GradientThroughTime {
  const network = networkOf(classifier);
  const scores = classifier.predictProba(texts);
  const C = classifier.labelNames.length;
  const tensors = network.session.tensors();
  const sums: { logs: number[]; texts: number[] }[] = [];
  let [documents, title, both] = [0, '', false];
  for (const [n, text] of texts.entries()) {
    const { ids } = network.pipeline.encode(text);
    if (ids.length === 0) continue;
    const run = runPlainly(network, ids, tensors);
    documents++;
    [title, both] = [run.cell.title, run.model.bidirectional];
    const probabilities = scores.subarray(n * C, (n + 1) * C);
    const [label] = argmaxRows(probabilities, probabilities.length);
    for (const [direction, trace] of run.layers[run.layers.length - 1].entries()) {
      const v = directionOfClass(run, { direction, probabilities, label });
      const sum = (sums[direction] ??= { logs: [], texts: [] });
      for (const [back, norm] of normsThrough(run.cell, trace, v).entries()) {
        sum.logs[back] = (sum.logs[back] ?? 0) + Math.log(Math.max(norm, TINY));
        sum.texts[back] = (sum.texts[back] ?? 0) + 1;
      }
    }
  }
  return {
    network: both ? `Bi${title}` : title,
    documents,
    curves: sums.map(({ logs, texts: counts }, direction) => ({
      direction: direction === 0 ? 'reads from the beginning' : 'reads from the end',
      norms: logs.map((log, back) => Math.exp(log / counts[back])),
      texts: counts,
    })),
  };
}

/** ‖∂L/∂h‖ relative to that of the state that was read last, so many steps before it; [T]. */
export function normsThrough(cell: PlainCell, trace: LayerTrace, v: Float64Array): number[] {
  const { T, H } = trace;
  const whole = lengthOf(v);
  let gradient = { dh: v, dc: new Float64Array(H) };
  const norms = [1];
  let t = trace.reverse ? 0 : T - 1;
  for (let back = 1; back < T; back++) {
    const before = beforeOf(trace, t);
    gradient = cell.back(trace, t, before, gradient) as typeof gradient;
    norms.push(whole === 0 ? 0 : lengthOf(gradient.dh) / whole);
    t = before;
  }
  return norms;
}

const lengthOf = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
