/** Sorting of observations. */

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

/** Sorts the values of `ids` under a key; see `createSorter`. */
export type Sorter = (key: string, values: Float64Array, ids: Int32Array) => Int32Array;

/** Shorter lists are sorted directly. */
const SHORT = 64;

/**
 * `sortedOrder` for lists that grow slightly from call to call. It starts from the last order of the same ids, which
 * is faster and does not change the result.
 */
export function createSorter(): Sorter {
  const lasts = new Map<string, Int32Array>();
  return (key, values, ids) => {
    const last = lasts.get(key);
    const order = last && values.length > SHORT ? fromHint(values, ids, last) : sortedOrder(values);
    lasts.set(key, order.map((i) => ids[i])); // prettier-ignore
    return order;
  };
}

/** @param hint Ids in a nearly correct order; those not in `ids` are skipped. */
function fromHint(values: Float64Array, ids: Int32Array, hint: Int32Array): Int32Array {
  const n = values.length;
  const highest = Math.max(ids[n - 1], 0);
  const rows = new Int32Array(highest + 1).fill(-1);
  for (let i = 0; i < n; i++) rows[ids[i]] = i;
  const order = new Int32Array(n);
  let count = 0;
  for (const id of hint) {
    const row = id <= highest ? rows[id] : -1;
    if (row === -1) continue;
    order[count++] = row;
    rows[id] = -1;
  }
  // many new ones: sort from scratch
  if (n - count > SHORT) return sortedOrder(values);
  for (let i = 0; i < n; i++) if (rows[ids[i]] !== -1) order[count++] = i;
  for (let i = 1; i < n; i++) {
    const row = order[i];
    const value = values[row];
    let j = i;
    while (
      j > 0 &&
      (values[order[j - 1]] > value || (values[order[j - 1]] === value && order[j - 1] > row))
    ) {
      order[j] = order[j - 1];
      j--;
    }
    order[j] = row;
  }
  return order;
}
