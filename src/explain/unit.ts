/** One unit of a recurrent layer over a text: its gates and its states, token by token. */
import type { TextClassifier } from '../classifier/text-classifier.ts';
import { ConfigError } from '../core/errors.ts';
import { argmaxRows } from '../evaluate/confusion.ts';
import { placedTokens } from '../text/spans.ts';
import { directionOfClass, networkOf } from './network-of.ts';
import type { LayerTrace } from './plain-cells.ts';
import { runPlainly } from './plain-network.ts';

/** Which unit. */
export interface UnitOptions {
  /** From 1 to the hidden size. Default the one with the most influence on the predicted class. */
  readonly unit?: number | undefined;
  /** From 1, the one above the embedding. Default the top one. */
  readonly layer?: number | undefined;
  /** Of a bidirectional network, the direction that reads from the end. Default the one from the beginning. */
  readonly reverse?: boolean | undefined;
}

/** A unit over a text; plain JSON. */
export interface UnitOverText {
  /** `LSTM` */
  readonly network: string;
  /** From 1. */
  readonly unit: number;
  readonly units: number;
  readonly layer: number;
  readonly layers: number;
  /** Whether it reads from the end; undefined where there is one direction alone. */
  readonly reverse?: boolean;
  /** The class that the model gives the text, and its probability. */
  readonly label: string;
  readonly probability: number;
  /** The tokens that the model reads. */
  readonly tokens: readonly string[];
  /** The gates and states, [T] values each. */
  readonly series: readonly {
    /** `forget gate` */
    readonly name: string;
    /** `f` */
    readonly symbol: string;
    /** Whether the values may be below 0; else they are in [0, 1]. */
    readonly signed: boolean;
    readonly values: readonly number[];
  }[];
}

/**
 * Follows a unit over a text.
 * @throws UnsupportedError for a model without a recurrent network; ConfigError for a unit or layer that there is not
 */
export function unitOverText(
  classifier: TextClassifier,
  text: string,
  { unit, layer, reverse = false }: UnitOptions = {},
): UnitOverText {
  const network = networkOf(classifier);
  const { ids } = network.pipeline.encode(text);
  const run = runPlainly(network, ids);
  const { num_layers: L, hidden_size: H, bidirectional } = run.model;
  requireWithin('layer', layer, L);
  requireWithin('unit', unit, H);
  if (reverse && !bidirectional) {
    throw new ConfigError(
      '[explain] reverse must be of a network that reads in both directions, but this one reads from the beginning alone. Leave --reverse out.',
    );
  }
  const probabilities = classifier.predictProba([text]);
  const [label] = argmaxRows(probabilities, probabilities.length);
  const direction = Number(reverse);
  const l = (layer ?? L) - 1;
  const trace = run.layers[l][direction];
  const v = l === L - 1 ? directionOfClass(run, { direction, probabilities, label }) : undefined;
  const j = unit === undefined ? liveliest(trace, v) : unit - 1;
  return {
    ...{ network: run.cell.title, unit: j + 1, units: H, layer: l + 1, layers: L },
    ...(bidirectional && { reverse }),
    label: classifier.labelNames[label],
    probability: probabilities[label],
    tokens: placedTokens(network.pipeline, text).tokens.map((token) => token.text),
    series: run.cell.parts.map(({ part, ...named }) => ({
      ...{ name: named.name, symbol: named.symbol, signed: named.signed },
      values: Array.from(ids, (_, t) => trace.parts[part][t * H + j]),
    })),
  };
}

/** The unit whose state changes most, weighted by its influence on the class if known. */
function liveliest({ T, H, parts: { h } }: LayerTrace, v: Float64Array | undefined): number {
  const moves = Float64Array.from({ length: H }, (_, j) => {
    let [low, high] = [0, 0]; // the state before the text
    for (let t = 0; t < T; t++) [low, high] = [Math.min(low, h[t * H + j]), Math.max(high, h[t * H + j])];
    return (high - low) * Math.abs(v?.[j] ?? 1);
  });
  return argmaxRows(moves, H)[0];
}

function requireWithin(name: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new ConfigError(`[explain] ${name} must be a whole number from 1 to ${most}, but got ${value}.`);
}
