/** Row operations in plain loops: the specification of `kernels/rows.ts`. */
import type { Engine, Kernels } from '../contract.ts';

type RowKernels = Pick<
  Kernels,
  'add' | 'scale' | 'addScaled' | 'maxRow' | 'scatterColumns' | 'gatherRows' | 'scatterAddRows' | 'sumRows'
>;

export function rowKernels({ f, i }: Pick<Engine, 'f' | 'i'>): RowKernels {
  return {
    add(to, from, n) {
      for (let j = 0; j < n; j++) f[to + j] += f[from + j];
    },
    scale(to, from, alpha, n) {
      for (let j = 0; j < n; j++) f[to + j] = alpha * f[from + j];
    },
    addScaled(to, from, alpha, n) {
      for (let j = 0; j < n; j++) f[to + j] += alpha * f[from + j];
    },
    maxRow(max, winner, from, row, n) {
      for (let j = 0; j < n; j++) {
        const stays = f[max + j] >= f[from + j] || Number.isNaN(f[max + j]);
        if (stays) continue;
        f[max + j] = f[from + j];
        i[winner + j] = row;
      }
    },
    scatterColumns(to, ld, winner, from, n) {
      for (let j = 0; j < n; j++) f[to + i[winner + j] * ld + j] += f[from + j];
    },
    gatherRows(to, ldt, table, ld, ids, rows, n) {
      for (let k = 0; k < rows; k++) {
        for (let j = 0; j < n; j++) f[to + k * ldt + j] = f[table + i[ids + k] * ld + j];
      }
    },
    scatterAddRows({ table, ld, ids, skip, from, ldf, rows, n }) {
      for (let k = 0; k < rows; k++) {
        if (i[ids + k] === skip) continue;
        for (let j = 0; j < n; j++) f[table + i[ids + k] * ld + j] += f[from + k * ldf + j];
      }
    },
    sumRows(to, from, ld, rows, n) {
      for (let k = 0; k < rows; k++) for (let j = 0; j < n; j++) f[to + j] += f[from + k * ld + j];
    },
  };
}
