/**
 * The recurrent classifier as an ONNX graph. Inputs are token ids, padded to the longest document with any id, and the
 * number of tokens of each document; nothing after a document's last token changes its probabilities. The graph holds
 * what belongs to a prediction: the calibration, and the class frequencies for a document without a known token.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { Calibrated } from '../../evaluate/thresholds.ts';
import { dequantise, SCALE, type Tensors } from '../../models/files/index.ts';
import type { RecurrentModelOptions } from '../../models/options.ts';
import { poolingOptions } from '../../nn/pooling/index.ts';
import { UNK_ID } from '../../text/vocabulary.ts';
import { GraphBuilder } from './graph.ts';
import { headPorts, outputPorts, probabilitiesOf } from './head.ts';
import type { OnnxModel } from './model.ts';

/** What is exported. */
export interface RecurrentParts {
  readonly model: RecurrentModelOptions;
  /** Tensors of the model folder; matrices may be in 8 bits. */
  readonly tensors: Tensors;
  readonly labelNames: readonly string[];
  /** What makes probabilities of the logits. */
  readonly calibrated: Calibrated;
  /** [C] proportions of the classes in training; undefined for models that lack them. */
  readonly frequencies: Float64Array | undefined;
}

/** The gates of each layer type as ONNX orders them: indices of PyTorch's i,f,g,o and r,z,n. */
const GATES: Readonly<Record<string, { readonly op: string; readonly order: readonly number[] }>> = {
  rnn: { op: 'RNN', order: [0] },
  lstm: { op: 'LSTM', order: [0, 3, 1, 2] }, // i, o, f, c
  gru: { op: 'GRU', order: [1, 0, 2] }, // z, r, h
};

/** The graph of a recurrent classifier. @throws UnsupportedError where ONNX has no operation for a part of it */
export function recurrentGraph(parts: RecurrentParts): OnnxModel {
  const { model, labelNames, calibrated, frequencies } = parts;
  const graph = new GraphBuilder();
  const weights = new Weights(graph, parts.tensors);
  const vectors = graph.op('Gather', [embeddingOf(graph, weights, parts.tensors), 'ids'], { axis: 0 });
  const steps = graph.op('Cast', ['lengths'], { to: 6 }); // int32, as the recurrent operations want it
  const x = graph.op('Transpose', [vectors], { perm: [1, 0, 2] }); // [T × B × D]
  const states = recurrentLayers(graph, weights, model, { x, steps });
  const mask = maskOf(graph);
  const pooled = model.pooling.map((given) => poolingNode(graph, weights, poolingOptions(given).type, { ...states, mask })); // prettier-ignore
  const features = pooled.length === 1 ? pooled[0] : graph.op('Concat', pooled, { axis: 1 });
  const logits = graph.op('Gemm', [features, weights.matrix('classifier.weight'), weights.vector('classifier.bias')], { transB: 1 }, 'logits'); // prettier-ignore
  const known = frequencies && knownOf(graph, mask);
  probabilitiesOf(graph, logits, { ...calibrated, frequencies, known });
  return graph.finish(
    headPorts({ ids: 'token ids, any id behind the last token', lengths: 'tokens of each document, from 1' }),
    outputPorts(labelNames),
    { labels: JSON.stringify(labelNames) },
  );
}

/** Parameters as constants of the graph. */
class Weights {
  readonly #graph: GraphBuilder;
  readonly #tensors: Tensors;
  readonly #floats: Tensors;

  constructor(graph: GraphBuilder, tensors: Tensors) {
    this.#graph = graph;
    this.#tensors = tensors;
    this.#floats = dequantise(tensors, 'model.safetensors');
  }

  /** [R × C], its rows in groups by `order`: all of the first, and so on. */
  matrix(name: string, order: readonly number[] = [0]): string {
    const { shape, data } = this.#tensors[name];
    if (!(data instanceof Int8Array))
      return this.#graph.floats(name, shape, grouped(data as Float32Array, order));
    const scales = this.#tensors[name + SCALE].data as Float32Array;
    return this.#graph.quantised(name, shape, grouped(data, order), grouped(scales, order));
  }

  /** [R], likewise. */
  vector(name: string, order: readonly number[] = [0]): string {
    const values = this.values(name, order);
    return this.#graph.floats(name, [values.length], values);
  }

  /** The numbers of a vector, likewise. */
  values(name: string, order: readonly number[] = [0]): Float32Array {
    return grouped(this.#floats[name].data as Float32Array, order);
  }
}

/** The groups of an array, all of one length, in another order. */
function grouped<A extends Float32Array | Int8Array>(data: A, order: readonly number[]): A {
  const size = data.length / order.length;
  const result = data.slice() as A;
  for (const [to, from] of order.entries())
    result.set(data.subarray(from * size, (from + 1) * size), to * size);
  return result;
}

/** The table of token vectors; rows that were never trained stand behind the others. */
function embeddingOf(graph: GraphBuilder, weights: Weights, tensors: Tensors): string {
  if (!Object.hasOwn(tensors, 'embedding.fixed')) return weights.matrix('embedding.weight');
  return graph.op('Concat', [weights.matrix('embedding.weight'), weights.matrix('embedding.fixed')], {
    axis: 0,
  });
}

/** What the layers give: all states [T × B × W], and the final state of each direction [directions × B × H]. */
interface States {
  readonly states: string;
  readonly final: string;
  /** W, directions · H. */
  readonly width: number;
}

function recurrentLayers(
  graph: GraphBuilder,
  weights: Weights,
  model: RecurrentModelOptions,
  { x, steps }: { readonly x: string; readonly steps: string },
): States {
  const { type, hidden_size: H, num_layers, bidirectional } = model;
  const kind = GATES[type] as (typeof GATES)[string] | undefined;
  if (!kind) {
    throw new UnsupportedError(
      `[export] ONNX has the recurrent layers ${Object.keys(GATES).join(', ')}, but the model has ${type}. Export it with --to web, html or python.`,
    );
  }
  const sides = bidirectional ? ['', '_reverse'] : [''];
  const activation = model.nonlinearity === 'relu' ? 'Relu' : 'Tanh';
  const attributes = {
    hidden_size: H,
    direction: bidirectional ? 'bidirectional' : 'forward',
    ...(type === 'gru' && { linear_before_reset: 1 }), // the reset gate acts after the hidden product, as in PyTorch
    ...(type === 'rnn' && { activations: sides.map(() => activation) }),
  };
  let states = x;
  let final = '';
  for (let l = 0; l < num_layers; l++) {
    const stacked = (part: string) => stack(graph, sides.map((side) => weights.matrix(`rnn.${part}_l${l}${side}`, kind.order))); // prettier-ignore
    const bias = sides.flatMap((side) =>
      ['bias_ih', 'bias_hh'].flatMap((part) => [...weights.values(`rnn.${part}_l${l}${side}`, kind.order)]),
    );
    const biases = graph.floats(`rnn.bias_l${l}`, [sides.length, bias.length / sides.length], bias);
    const inputs = [states, stacked('weight_ih'), stacked('weight_hh'), biases, steps];
    const [all, last] = graph.ops(kind.op, inputs, attributes, [`states_${l}`, `final_${l}`]);
    // [T × directions × B × H] to [T × B × directions · H]
    const sideBySide = graph.op('Transpose', [all], { perm: [0, 2, 1, 3] });
    states = graph.op('Reshape', [sideBySide, graph.ints([0, 0, sides.length * H])]);
    final = last;
  }
  return { states, final, width: sides.length * H };
}

/** Matrices of the two directions, [directions × R × C]. */
function stack(graph: GraphBuilder, matrices: readonly string[]): string {
  const axis = graph.ints([0]);
  const each = matrices.map((matrix) => graph.op('Unsqueeze', [matrix, axis]));
  return each.length === 1 ? each[0] : graph.op('Concat', each, { axis: 0 });
}

/** [T × B]: whether a token belongs to its document. */
function maskOf(graph: GraphBuilder): string {
  const shape = graph.op('Shape', ['ids'], { start: 1, end: 2 });
  const T = graph.op('Squeeze', [shape]);
  const times = graph.op('Range', [graph.ints([0], []), T, graph.ints([1], [])]);
  const column = graph.op('Unsqueeze', [times, graph.ints([1])]);
  const row = graph.op('Unsqueeze', ['lengths', graph.ints([0])]);
  return graph.op('Less', [column, row], {}, 'mask');
}

/** [B × 1]: whether a document has a token that the vocabulary holds. */
function knownOf(graph: GraphBuilder, mask: string): string {
  const unknown = graph.op('Equal', ['ids', graph.ints([UNK_ID], [])]);
  const inside = graph.op('Transpose', [mask], { perm: [1, 0] });
  const both = graph.op('And', [graph.op('Not', [unknown]), inside]);
  const counted = graph.op('Cast', [both], { to: 1 });
  const most = graph.op('ReduceMax', [counted], { axes: [1], keepdims: 1 });
  return graph.op('Greater', [most, graph.floats('half', [], [0.5])], {}, 'known');
}

/** What a pooling reads. */
interface Pooled extends States {
  /** [T × B] */
  readonly mask: string;
}

/** From the states to the vectors of a pooling, side by side, [B × vectors · W]. */
function poolingNode(graph: GraphBuilder, weights: Weights, type: string, pooled: Pooled): string {
  const node = POOLINGS[type] as (typeof POOLINGS)[string] | undefined;
  if (node) return node(graph, pooled, weights);
  throw new UnsupportedError(
    `[export] ONNX export knows the poolings ${Object.keys(POOLINGS).join(', ')}, but the model has ${type}. Export it with --to web or html.`,
  );
}

const POOLINGS: Readonly<Record<string, (graph: GraphBuilder, pooled: Pooled, weights: Weights) => string>> =
  {
    last(graph, { final, width }) {
      const byDocument = graph.op('Transpose', [final], { perm: [1, 0, 2] });
      return graph.op('Reshape', [byDocument, graph.ints([0, width])]);
    },
    mean(graph, { states, mask }) {
      const inside = masked(graph, states, mask, 0);
      const sum = graph.op('ReduceSum', [inside, graph.ints([0])], { keepdims: 0 });
      const count = graph.op('Cast', ['lengths'], { to: 1 });
      return graph.op('Div', [sum, graph.op('Unsqueeze', [count, graph.ints([1])])]);
    },
    max(graph, { states, mask }) {
      return graph.op('ReduceMax', [masked(graph, states, mask, -Infinity)], { axes: [0], keepdims: 0 });
    },
    attention(graph, { states, mask }, weights) {
      const product = (x: string, matrix: string) =>
        graph.op('MatMul', [x, graph.op('Transpose', [weights.matrix(matrix)], { perm: [1, 0] })]);
      const sums = graph.op('Add', [product(states, 'pooling.attention.weight'), weights.vector('pooling.attention.bias')]); // prettier-ignore
      const scores = product(graph.op('Tanh', [sums]), 'pooling.attention.context'); // [T × B × heads]
      const share = graph.op('Softmax', [masked(graph, scores, mask, -Infinity)], { axis: 0 });
      const byHead = graph.op('Transpose', [share], { perm: [1, 2, 0] }); // [B × heads × T]
      const inside = masked(graph, states, mask, 0);
      const byDocument = graph.op('Transpose', [inside], { perm: [1, 0, 2] }); // [B × T × W]
      const heads = graph.op('MatMul', [byHead, byDocument]);
      return graph.op('Reshape', [heads, graph.ints([0, -1])]);
    },
  };

/** [T × B × n] with `value` behind the last token of each document. */
function masked(graph: GraphBuilder, x: string, mask: string, value: number): string {
  const column = graph.op('Unsqueeze', [mask, graph.ints([2])]);
  const fill = graph.floats(value === 0 ? 'zero' : 'minus_infinity', [], [value]);
  return graph.op('Where', [column, x, fill]);
}
