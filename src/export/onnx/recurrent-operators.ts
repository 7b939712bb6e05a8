/**
 * The recurrent operators of ONNX, plainly: RNN, LSTM and GRU over time, batch, direction. Source: ONNX operators, opset 14.
 * Only what we write: default activations (for RNN also Relu), biases and lengths given, no initial state.
 */
import type { OnnxNode } from './model.ts';
import type { Value } from './values.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** h and c of one document and direction, which a step replaces. */
interface State {
  readonly h: Float32Array;
  readonly c: Float32Array;
}

/** From x·W + b_W and h'·R + b_R, both [gates · H], to the next state. */
type Cell = (x: Float32Array, r: Float32Array, H: number, state: State) => void;

/** Gates i, o, f, c. */
const lstm: Cell = (x, r, H, { h, c }) => {
  for (let j = 0; j < H; j++) {
    const [i, o, f] = [0, 1, 2].map((gate) => sigmoid(x[gate * H + j] + r[gate * H + j]));
    c[j] = f * c[j] + i * Math.tanh(x[3 * H + j] + r[3 * H + j]);
    h[j] = o * Math.tanh(c[j]);
  }
};

/** Gates z, r, h, with linear_before_reset. */
const gru: Cell = (x, r, H, { h }) => {
  for (let j = 0; j < H; j++) {
    const [z, reset] = [0, 1].map((gate) => sigmoid(x[gate * H + j] + r[gate * H + j]));
    const n = Math.tanh(x[2 * H + j] + reset * r[2 * H + j]);
    h[j] = (1 - z) * n + z * h[j];
  }
};

const rnn =
  (activation: (x: number) => number): Cell =>
  (x, r, H, { h }) => {
    for (let j = 0; j < H; j++) h[j] = activation(x[j] + r[j]);
  };

function cellOf({ op, attributes }: OnnxNode): { readonly cell: Cell; readonly gates: number } {
  if (op === 'LSTM') return { cell: lstm, gates: 4 };
  if (op === 'GRU') return { cell: gru, gates: 3 };
  const [activation] = attributes['activations'] as readonly string[];
  return { cell: rnn(activation === 'Relu' ? (x) => Math.max(0, x) : Math.tanh), gates: 1 };
}

/** Y [T × directions × B × H] and Y_h [directions × B × H]. */
export function recurrent(node: OnnxNode, inputs: readonly Value[]): readonly Value[] {
  const [x, w, r, b, lengths] = inputs;
  const [T, B, D] = x.dims;
  const directions = w.dims[0];
  const H = node.attributes['hidden_size'] as number;
  const { cell, gates } = cellOf(node);
  const N = gates * H;
  const y = new Float32Array(T * directions * B * H);
  const final = new Float32Array(directions * B * H);
  for (let d = 0; d < directions; d++) {
    const input = w.data.subarray(d * N * D, (d + 1) * N * D);
    const hidden = r.data.subarray(d * N * H, (d + 1) * N * H);
    const bias = b.data.subarray(d * 2 * N, (d + 1) * 2 * N);
    for (let n = 0; n < B; n++) {
      const state = { h: new Float32Array(H), c: new Float32Array(H) };
      const length = lengths.data[n];
      for (let step = 0; step < length; step++) {
        const t = d === 0 ? step : length - 1 - step;
        const from = (t * B + n) * D;
        const xs = product(input, bias.subarray(0, N), x.data.subarray(from, from + D));
        cell(xs, product(hidden, bias.subarray(N), state.h), H, state);
        y.set(state.h, ((t * directions + d) * B + n) * H);
      }
      final.set(state.h, (d * B + n) * H);
    }
  }
  return [
    { dims: [T, directions, B, H], data: y },
    { dims: [directions, B, H], data: final },
  ];
}

/** W v + b for a matrix of as many rows as b has numbers. */
function product(W: Value['data'], b: Value['data'], v: Value['data']): Float32Array {
  const [rows, columns] = [b.length, v.length];
  const result = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = b[i];
    for (let j = 0, at = i * columns; j < columns; j++, at++) sum += W[at] * v[j];
    result[i] = sum;
  }
  return result;
}
