/** Arrays of the evaluator: extents and numbers, with the operations on shapes that all operators share. */
import { invariant } from '../../core/errors.ts';
import { maxOf } from '../../core/lists.ts';

/** A dense array, row-major: floats in single precision, integers and truth values (0, 1) as exact numbers. */
export interface Value {
  readonly dims: readonly number[];
  readonly data: Float32Array | Float64Array | Int8Array;
}

/** Product of extents; 1 for a single number. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, extent) => product * extent, 1);
}

/** An index from the end as one from the start. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Elements from one index of each dimension to the next. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let d = dims.length - 2; d >= 0; d--) strides[d] = strides[d + 1] * dims[d + 1];
  return strides;
}

/** The extents that arrays have together: equal ones stay, and 1 is repeated. */
export function broadcastDims(all: readonly (readonly number[])[]): number[] {
  const rank = maxOf(all, ({ length }) => length);
  return Array.from({ length: rank }, (_, d) => {
    const extents = all.map((dims) => dims[d - rank + dims.length] ?? 1).filter((extent) => extent !== 1);
    invariant(
      new Set(extents).size <= 1,
      `shapes ${all.map((dims) => `[${dims.join()}]`).join(' and ')} fit together`,
    );
    return extents[0] ?? 1;
  });
}

/** For each element of an array of extents `to`, the place of the element of `value` that is repeated there. */
export function placesOf({ dims }: Value, to: readonly number[]): Int32Array {
  const strides = stridesOf(dims);
  const own = to.map((_, d) => {
    const at = d - to.length + dims.length;
    return at < 0 || dims[at] === 1 ? 0 : strides[at];
  });
  const places = new Int32Array(sizeOf(to));
  const index = new Array<number>(to.length).fill(0);
  let place = 0;
  for (let i = 0; i < places.length; i++) {
    places[i] = place;
    for (let d = to.length - 1; d >= 0; d--) {
      place += own[d];
      if (++index[d] < to[d]) break;
      place -= own[d] * to[d];
      index[d] = 0;
    }
  }
  return places;
}

/** Applies a function of numbers element by element, repeating extents of 1. */
export function elementwise(
  values: readonly Value[],
  apply: (...numbers: number[]) => number,
  exact = false,
): Value {
  const dims = broadcastDims(values.map((value) => value.dims));
  const places = values.map((value) => placesOf(value, dims));
  const size = sizeOf(dims);
  const data = exact ? new Float64Array(size) : new Float32Array(size);
  const arrays = values.map((value) => value.data);
  for (let i = 0; i < size; i++) data[i] = apply(...arrays.map((array, n) => array[places[n][i]]));
  return { dims, data };
}

/** Outer × axis × inner: how an axis divides the elements. */
export function around(dims: readonly number[], axis: number) {
  return {
    outer: sizeOf(dims.slice(0, axis)),
    extent: dims[axis],
    inner: sizeOf(dims.slice(axis + 1)),
  };
}

/** Reduces one axis by `add`, from `start`. */
export function reduce(
  value: Value,
  axis: number,
  keep: boolean,
  start: number,
  add: (sum: number, next: number) => number,
): Value {
  const { outer, extent, inner } = around(value.dims, axis);
  const data = new Float32Array(outer * inner);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let sum = start;
      for (let k = 0; k < extent; k++) sum = add(sum, value.data[(o * extent + k) * inner + i]);
      data[o * inner + i] = sum;
    }
  }
  const dims = keep ? value.dims.with(axis, 1) : value.dims.toSpliced(axis, 1);
  return { dims, data };
}
