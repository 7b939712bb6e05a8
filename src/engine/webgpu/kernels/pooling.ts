/** The poolings last, mean and maximum in one pass over the states. */
import { ABSENT, defineGpuKernel, HEAD } from '../kernel.ts';
import { PER_COLUMN } from './functions.ts';

const poolingFields = [
  ...['h', 'dh', 'y', 'dy', 'ld', 'width', 'H', 'starts', 'lengths', 'last', 'mean', 'max', 'add'],
] as const;

/**
 * Poolings of the states h [tokens × width] into rows of `ld` words: `last`, `mean` and `max` say where the vector of each begins in
 * the row. One invocation a document and column.
 */
export const poolForward = defineGpuKernel({
  name: 'poolForward',
  fields: poolingFields,
  code: `${PER_COLUMN}
  if (j >= a.width) { return; }
  for (var b = wg.y; b < u32(i[${HEAD.rows}]); b += num.y) {
    let T = u32(i[a.lengths + b]);
    let to = a.y + b * a.ld + j;
    if (a.last != ${ABSENT}u) {
      let ending = select(T - 1u, 0u, j >= a.H); // of the reverse direction the first token
      f[to + a.last] = f[a.h + (u32(i[a.starts + ending]) + b) * a.width + j];
    }
    if (a.mean == ${ABSENT}u && a.max == ${ABSENT}u) { continue; }
    var sum = 0.0;
    var most = f[a.h + b * a.width + j];
    for (var s = 0u; s < T; s++) {
      let x = f[a.h + (u32(i[a.starts + s]) + b) * a.width + j];
      sum += x;
      most = select(most, x, x > most);
    }
    if (a.mean != ${ABSENT}u) { f[to + a.mean] = sum / f32(T); }
    if (a.max != ${ABSENT}u) { f[to + a.max] = most; }
  }
}`,
});

/** The gradient of the states, added to dh where `add` is 1: of the maximum it goes to the first token that attains it. */
export const poolBackward = defineGpuKernel({
  name: 'poolBackward',
  fields: poolingFields,
  code: `${PER_COLUMN}
  if (j >= a.width) { return; }
  for (var b = wg.y; b < u32(i[${HEAD.rows}]); b += num.y) {
    let T = u32(i[a.lengths + b]);
    let row = b * a.ld + j;
    let ending = select(T - 1u, 0u, j >= a.H);
    var every = 0.0;
    if (a.mean != ${ABSENT}u) { every = f[a.dy + row + a.mean] / f32(T); }
    var open = a.max != ${ABSENT}u;
    for (var s = 0u; s < T; s++) {
      let at = (u32(i[a.starts + s]) + b) * a.width + j;
      var d = every;
      if (a.add == 1u) { d += f[a.dh + at]; }
      if (a.last != ${ABSENT}u && s == ending) { d += f[a.dy + row + a.last]; }
      if (open && f[a.h + at] == f[a.y + row + a.max]) { d += f[a.dy + row + a.max]; open = false; }
      f[a.dh + at] = d;
    }
  }
}`,
});
