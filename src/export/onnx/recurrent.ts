/**
 * The recurrent classifier as an ONNX graph. Inputs are token ids, padded to the longest document with any id, and the
 * number of tokens of each document; nothing after a document's last token changes its probabilities. The graph holds
 * what belongs to a prediction: the calibration, and the class frequencies for a document without a known token.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { TypeAndOptions } from '../../core/family.ts';
import type { Calibrated } from '../../evaluate/thresholds.ts';
import { dequantise, SCALE, type Tensors } from '../../models/files/index.ts';
import type { RecurrentModelOptions } from '../../models/options.ts';
import { poolingOptions, poolings } from '../../nn/pooling/index.ts';
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
  const pooled = model.pooling.map((given) =>
    poolingNode(graph, weights, poolings.complete(poolingOptions(given)), { ...states, mask, model }),
  );
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
      `[export] ONNX has the recurrent layers ${Object.keys(GATES).join(', ')}, but the model has ${type}. Export it with --to html or web.`,
    );
  }
  let [states, final] = [x, ''];
  const layer = { name: 'rnn', kind, steps, H, activation: model.nonlinearity, bidirectional };
  for (let l = 0; l < num_layers; l++) ({ states, final } = recurrentLayer(graph, weights, { ...layer, l }, states)); // prettier-ignore
  return { states, final, width: (bidirectional ? 2 : 1) * H };
}

/** One recurrent layer. */
interface LayerNode {
  /** Begins the names of its parameters. */
  readonly name: string;
  readonly l: number;
  readonly kind: (typeof GATES)[string];
  /** [B], int32: steps of each document. */
  readonly steps: string;
  readonly H: number;
  /** Of an RNN. */
  readonly activation?: string;
  readonly bidirectional: boolean;
}

function recurrentLayer(
  graph: GraphBuilder,
  weights: Weights,
  { name, l, kind: { op, order }, steps, H, activation, bidirectional }: LayerNode,
  x: string,
): Pick<States, 'states' | 'final'> {
  const sides = bidirectional ? ['', '_reverse'] : [''];
  const attributes = {
    hidden_size: H,
    direction: bidirectional ? 'bidirectional' : 'forward',
    ...(op === 'GRU' && { linear_before_reset: 1 }), // the reset gate acts after the hidden product, as in PyTorch
    ...(op === 'RNN' && { activations: sides.map(() => (activation === 'relu' ? 'Relu' : 'Tanh')) }),
  };
  const stacked = (part: string) =>
    stack(graph, sides.map((side) => weights.matrix(`${name}.${part}_l${l}${side}`, order))); // prettier-ignore
  const bias = sides.flatMap((side) =>
    ['bias_ih', 'bias_hh'].flatMap((part) => [...weights.values(`${name}.${part}_l${l}${side}`, order)]),
  );
  const biases = graph.floats(`${name}.bias_l${l}`, [sides.length, bias.length / sides.length], bias);
  const inputs = [x, stacked('weight_ih'), stacked('weight_hh'), biases, steps];
  const [all, final] = graph.ops(op, inputs, attributes, [`${name}.states_${l}`, `${name}.final_${l}`]);
  // [T × directions × B × H] to [T × B × directions · H]
  const sideBySide = graph.op('Transpose', [all], { perm: [0, 2, 1, 3] });
  return { states: graph.op('Reshape', [sideBySide, graph.ints([0, 0, sides.length * H])]), final };
}

/** Matrices of the two directions, [directions × R × C]. */
function stack(graph: GraphBuilder, matrices: readonly string[]): string {
  const axis = graph.ints([0]);
  const each = matrices.map((matrix) => graph.op('Unsqueeze', [matrix, axis]));
  return each.length === 1 ? each[0] : graph.op('Concat', each, { axis: 0 });
}

/** [T × B]: whether a token belongs to its document. */
function maskOf(graph: GraphBuilder): string {
  return below(graph, numbersBelow(graph, padded(graph)), 'lengths', 'mask');
}

/** T, the length with padding: a single integer. */
function padded(graph: GraphBuilder): string {
  return graph.op('Squeeze', [graph.op('Shape', ['ids'], { start: 1, end: 2 })]);
}

/** [n] 0, 1, …, n - 1 */
function numbersBelow(graph: GraphBuilder, n: string): string {
  return graph.op('Range', [graph.ints([0], []), n, graph.ints([1], [])]);
}

/** [n × B]: whether each number is below that of the document. */
function below(graph: GraphBuilder, numbers: string, ofDocuments: string, name?: string): string {
  const column = graph.op('Unsqueeze', [numbers, graph.ints([1])]);
  const row = graph.op('Unsqueeze', [ofDocuments, graph.ints([0])]);
  return graph.op('Less', [column, row], {}, name);
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
  readonly model: RecurrentModelOptions;
}

type PoolingNode = (graph: GraphBuilder, pooled: Pooled, weights: Weights, options: TypeAndOptions) => string;

/** From the states to the vectors of a pooling, side by side, [B × vectors · W]. */
function poolingNode(graph: GraphBuilder, weights: Weights, options: TypeAndOptions, pooled: Pooled): string {
  const node = POOLINGS[options.type] as PoolingNode | undefined;
  if (node) return node(graph, pooled, weights, options);
  throw new UnsupportedError(
    `[export] ONNX export knows the poolings ${Object.keys(POOLINGS).join(', ')}, but the model has ${options.type}. Export it with --to html or web.`,
  );
}

const POOLINGS: Readonly<Record<string, PoolingNode>> = {
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
  attention: (graph, pooled, weights) => attend(graph, weights, 'pooling.attention', pooled),
  windows(graph, { states, mask }, _, options) {
    const { inside, counts, numbers } = segmentsOf(graph, Number(options['size']));
    const tokens = graph.op('Cast', [inside], { to: 1 });
    const sums = graph.op('MatMul', [tokens, statesByDocument(graph, states, mask)]); // [B × K × W]
    const means = graph.op('Div', [sums, graph.op('ReduceSum', [tokens, graph.ints([2])], { keepdims: 1 })]);
    const byWindow = graph.op('Transpose', [means], { perm: [1, 0, 2] });
    const real = below(graph, numbers, counts); // the others are 0 / 0
    return graph.op('ReduceMax', [masked(graph, byWindow, real, -Infinity)], { axes: [0], keepdims: 0 });
  },
  hierarchical(graph, { states, mask, model }, weights, options) {
    const { inside, counts, numbers } = segmentsOf(graph, Number(options['size']));
    const scores = scoresOf(graph, weights, 'pooling.hierarchical.words', states);
    const byDocument = graph.op('Transpose', [scores], { perm: [1, 2, 0] }); // [B × 1 × T]
    // finite, as a segment that a shorter document lacks has no token
    const lowest = graph.floats('lowest', [], [-1e30]);
    const share = graph.op('Softmax', [graph.op('Where', [inside, byDocument, lowest])], { axis: 2 });
    const vectors = graph.op('MatMul', [share, statesByDocument(graph, states, mask)]); // [B × K × W]
    const layer = {
      ...{ name: 'pooling.hierarchical.rnn', l: 0, kind: GATES['gru'], H: model.hidden_size },
      ...{ steps: graph.op('Cast', [counts], { to: 6 }), bidirectional: model.bidirectional },
    };
    const x = graph.op('Transpose', [vectors], { perm: [1, 0, 2] });
    const read = recurrentLayer(graph, weights, layer, x);
    const segments = { states: read.states, mask: below(graph, numbers, counts) };
    return attend(graph, weights, 'pooling.hierarchical.segments', segments);
  },
};

/** Attention over the steps of each document: the weighted means of all heads side by side, [B × heads · W]. */
function attend(
  graph: GraphBuilder,
  weights: Weights,
  name: string,
  { states, mask }: Pick<Pooled, 'states' | 'mask'>,
): string {
  const scores = scoresOf(graph, weights, name, states);
  const share = graph.op('Softmax', [masked(graph, scores, mask, -Infinity)], { axis: 0 });
  const byHead = graph.op('Transpose', [share], { perm: [1, 2, 0] }); // [B × heads × T]
  const heads = graph.op('MatMul', [byHead, statesByDocument(graph, states, mask)]);
  return graph.op('Reshape', [heads, graph.ints([0, -1])]);
}

/** v · tanh(W h + b) for each head, [T × B × heads]. */
function scoresOf(graph: GraphBuilder, weights: Weights, name: string, states: string): string {
  const product = (x: string, matrix: string) =>
    graph.op('MatMul', [x, graph.op('Transpose', [weights.matrix(matrix)], { perm: [1, 0] })]);
  const sums = graph.op('Add', [product(states, `${name}.weight`), weights.vector(`${name}.bias`)]);
  return product(graph.op('Tanh', [sums]), `${name}.context`);
}

/** [B × T × W], zeros behind the last token of each document. */
function statesByDocument(graph: GraphBuilder, states: string, mask: string): string {
  return graph.op('Transpose', [masked(graph, states, mask, 0)], { perm: [1, 0, 2] });
}

/**
 * The K = ⌈T / size⌉ windows or segments of each document: their numbers, how many it has, and whether token t is in segment k, which is
 * where kT < (t + 1)K ≤ (k + 1)T, as ⌊kT / K⌋ ≤ t < ⌊(k + 1)T / K⌋.
 */
function segmentsOf(graph: GraphBuilder, size: number) {
  const countOf = (T: string) =>
    graph.op('Div', [graph.op('Add', [T, graph.ints([size - 1], [])]), graph.ints([size], [])]);
  const along = (x: string, axes: readonly number[]) => graph.op('Unsqueeze', [x, graph.ints(axes)]);
  const T = padded(graph);
  const counts = countOf('lengths');
  const numbers = numbersBelow(graph, countOf(T));
  const after = graph.op('Add', [numbersBelow(graph, T), graph.ints([1], [])]); // t + 1
  const length = along('lengths', [1, 2]);
  const token = graph.op('Mul', [along(after, [0, 1]), along(counts, [1, 2])]); // [B × 1 × T] (t + 1)K
  const begin = graph.op('Mul', [along(numbers, [0, 2]), length]); // [B × K × 1] kT
  const begun = graph.op('Less', [begin, token]);
  const ended = graph.op('Less', [graph.op('Add', [begin, length]), token]);
  return { numbers, counts, inside: graph.op('And', [begun, graph.op('Not', [ended])]) };
}

/** [T × B × n] with `value` behind the last token of each document. */
function masked(graph: GraphBuilder, x: string, mask: string, value: number): string {
  const column = graph.op('Unsqueeze', [mask, graph.ints([2])]);
  const fill = graph.floats(value === 0 ? 'zero' : 'minus_infinity', [], [value]);
  return graph.op('Where', [column, x, fill]);
}
