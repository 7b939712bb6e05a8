/** Sorting of typed arrays by index, stable. */

/** The indices of `values` in ascending order; equal values stay in their order. Merge sort. */
export function sortedOrder(values: Float64Array): Int32Array {
  const n = values.length;
  let from = new Int32Array(n);
  let to = new Int32Array(n);
  for (let i = 0; i < n; i++) from[i] = i;
  const run = 16;
  for (let start = 0; start < n; start += run) insertionSort(values, from, start, Math.min(start + run, n));
  for (let width = run; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      merge(values, from, to, start, Math.min(start + width, n), Math.min(start + 2 * width, n));
    }
    [from, to] = [to, from];
  }
  return from;
}

function insertionSort(values: Float64Array, order: Int32Array, start: number, end: number) {
  for (let i = start + 1; i < end; i++) {
    const index = order[i];
    const value = values[index];
    let j = i;
    for (; j > start && values[order[j - 1]] > value; j--) order[j] = order[j - 1];
    order[j] = index;
  }
}

/** Merges from[start, middle) and from[middle, end) into to[start, end). */
function merge(
  values: Float64Array,
  from: Int32Array,
  to: Int32Array,
  start: number,
  middle: number,
  end: number,
) {
  let [left, right] = [start, middle];
  for (let i = start; i < end; i++) {
    const takeLeft = right >= end || (left < middle && values[from[left]] <= values[from[right]]);
    to[i] = takeLeft ? from[left++] : from[right++];
  }
}
