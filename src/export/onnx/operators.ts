/** The operators that our graphs use, each as plain loops. Source: ONNX operators, opset 17. */
import type { OnnxNode } from './model.ts';
import { recurrent } from './recurrent-operators.ts';
import { around, axisOf, elementwise, reduce, sizeOf, stridesOf, type Value } from './values.ts';

type Operator = (node: OnnxNode, inputs: readonly Value[]) => Value | readonly Value[];

const number = ({ attributes }: OnnxNode, name: string, otherwise = 0) =>
  (attributes[name] ?? otherwise) as number;
const numbers = ({ attributes }: OnnxNode, name: string) => attributes[name] as readonly number[];
const truth = (value: boolean) => Number(value);

const binary =
  (apply: (a: number, b: number) => number, exact = false): Operator =>
  (_, inputs) =>
    elementwise(inputs, apply, exact);
/** Of integers, which are exact, an integer. */
const arithmetic =
  (apply: (a: number, b: number) => number, ofIntegers = apply): Operator =>
  (_, inputs) => {
    const exact = inputs.every(({ data }) => data instanceof Float64Array);
    return elementwise(inputs, exact ? ofIntegers : apply, exact);
  };
const unary =
  (apply: (a: number) => number, exact = false): Operator =>
  (_, inputs) =>
    elementwise(inputs, apply, exact);

/** Operators by name. */
export const operators: Readonly<Record<string, Operator>> = {
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic(
    (a, b) => a / b,
    (a, b) => Math.trunc(a / b),
  ),
  Max: binary((a, b) => Math.max(a, b)),
  Less: binary((a, b) => truth(a < b), true),
  Greater: binary((a, b) => truth(a > b), true),
  Equal: binary((a, b) => truth(a === b), true),
  And: binary((a, b) => truth(a !== 0 && b !== 0), true),
  Not: unary((a) => truth(a === 0), true),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Tanh: unary(Math.tanh),
  Where: (_, inputs) => elementwise(inputs, (condition, a, b) => (condition !== 0 ? a : b)),
  Cast: (node, [x]) => ({
    dims: x.dims,
    data: number(node, 'to') === 1 ? Float32Array.from(x.data) : Float64Array.from(x.data),
  }),
  Shape: (node, [x]) => {
    const dims = x.dims.slice(number(node, 'start'), number(node, 'end', x.dims.length));
    return { dims: [dims.length], data: Float64Array.from(dims) };
  },
  Range: (_, [start, limit, step]) => {
    const count = Math.max(0, Math.ceil((limit.data[0] - start.data[0]) / step.data[0]));
    return {
      dims: [count],
      data: Float64Array.from({ length: count }, (_, i) => start.data[0] + i * step.data[0]),
    };
  },
  Unsqueeze: (_, [x, axes]) => {
    const dims = [...x.dims];
    for (const axis of axes.data) dims.splice(axisOf(axis, dims.length + 1), 0, 1);
    return { dims, data: x.data };
  },
  Squeeze: (_, inputs) => {
    const [x, axes] = inputs as readonly [Value, Value?];
    const gone = axes && Array.from(axes.data, (axis) => axisOf(axis, x.dims.length));
    return { dims: x.dims.filter((extent, d) => (gone ? !gone.includes(d) : extent !== 1)), data: x.data };
  },
  Reshape: (_, [x, shape]) => {
    const dims = Array.from(shape.data, (extent, d) => (extent === 0 ? x.dims[d] : extent));
    const open = dims.indexOf(-1);
    if (open >= 0) dims[open] = sizeOf(x.dims) / -sizeOf(dims);
    return { dims, data: x.data };
  },
  Transpose: (node, [x]) => transpose(x, numbers(node, 'perm')),
  Concat: (node, inputs) => concat(inputs, axisOf(number(node, 'axis'), inputs[0].dims.length)),
  Gather: (_, [table, indices]) => gatherRows(table, indices),
  DequantizeLinear: (_, [x, scale]) => {
    const { inner } = around(x.dims, 0);
    return { dims: x.dims, data: Float32Array.from(x.data, (q, i) => q * scale.data[Math.floor(i / inner)]) };
  },
  ReduceSum: (node, [x, axes]) =>
    reduce(x, axisOf(axes.data[0], x.dims.length), number(node, 'keepdims', 1) === 1, 0, (a, b) => a + b),
  ReduceMax: (node, [x]) =>
    reduce(x, axisOf(numbers(node, 'axes')[0], x.dims.length), number(node, 'keepdims', 1) === 1, -Infinity, Math.max), // prettier-ignore
  Softmax: (node, [x]) => softmax(x, axisOf(number(node, 'axis', -1), x.dims.length)),
  MatMul: (_, [a, b]) => matMul(a, b),
  Gemm: (_, [a, b, c]) => gemmTransposed(a, b, c),
  RNN: recurrent,
  LSTM: recurrent,
  GRU: recurrent,
};

function transpose(x: Value, perm: readonly number[]): Value {
  const dims = perm.map((d) => x.dims[d]);
  const from = stridesOf(x.dims);
  const strides = perm.map((d) => from[d]);
  const data = new Float32Array(x.data.length);
  const exact = x.data instanceof Float64Array ? new Float64Array(x.data.length) : data;
  const index = new Array<number>(dims.length).fill(0);
  let place = 0;
  for (let i = 0; i < data.length; i++) {
    exact[i] = x.data[place];
    for (let d = dims.length - 1; d >= 0; d--) {
      place += strides[d];
      if (++index[d] < dims[d]) break;
      place -= strides[d] * dims[d];
      index[d] = 0;
    }
  }
  return { dims, data: exact };
}

function concat(inputs: readonly Value[], axis: number): Value {
  const total = inputs.reduce((sum, { dims }) => sum + dims[axis], 0);
  const dims = inputs[0].dims.with(axis, total);
  const data = new Float32Array(sizeOf(dims));
  const { outer } = around(dims, axis);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const { dims: own, data: from } of inputs) {
      const size = sizeOf(own.slice(axis));
      data.set(from.subarray(o * size, (o + 1) * size), at);
      at += size;
    }
  }
  return { dims, data };
}

/** Rows of a table, axis 0. */
function gatherRows(table: Value, indices: Value): Value {
  const { inner } = around(table.dims, 0);
  const data = new Float32Array(indices.data.length * inner);
  for (const [n, row] of indices.data.entries())
    data.set(table.data.subarray(row * inner, (row + 1) * inner), n * inner);
  return { dims: [...indices.dims, ...table.dims.slice(1)], data };
}

function softmax(x: Value, axis: number): Value {
  const { outer, extent, inner } = around(x.dims, axis);
  const data = new Float32Array(x.data.length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (k: number) => (o * extent + k) * inner + i;
      let [largest, sum] = [-Infinity, 0];
      for (let k = 0; k < extent; k++) largest = Math.max(largest, x.data[at(k)]);
      for (let k = 0; k < extent; k++) sum += data[at(k)] = Math.exp(x.data[at(k)] - largest);
      for (let k = 0; k < extent; k++) data[at(k)] /= sum;
    }
  }
  return { dims: x.dims, data };
}

/** [… × M × K] by [… × K × N], where b has the leading extents of a or none. */
function matMul(a: Value, b: Value): Value {
  const [M, K] = a.dims.slice(-2);
  const N = b.dims[b.dims.length - 1];
  const lead = a.dims.slice(0, -2);
  const data = new Float32Array(sizeOf(lead) * M * N);
  for (let l = 0; l < sizeOf(lead); l++) {
    const right = b.dims.length > 2 ? l * K * N : 0;
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += a.data[(l * M + m) * K + k] * b.data[right + k * N + n];
        data[(l * M + m) * N + n] = sum;
      }
    }
  }
  return { dims: [...lead, M, N], data };
}

/** A Bᵀ + c */
function gemmTransposed(a: Value, b: Value, c: Value): Value {
  const [M, K] = a.dims;
  const N = b.dims[0];
  const data = new Float32Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = c.data[n];
      for (let k = 0; k < K; k++) sum += a.data[m * K + k] * b.data[n * K + k];
      data[m * N + n] = sum;
    }
  }
  return { dims: [M, N], data };
}
