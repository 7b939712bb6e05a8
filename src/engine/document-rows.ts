/** The rows of a document one by one, with the kernels of a row: the specification, and what engines use that have nothing faster. */
import type { DocumentRows, Engine, Kernels } from './contract.ts';

type Names = 'addDocument' | 'maxDocument' | 'addScaledToDocument';

/** The kernels of whole documents. */
export function documentRows(
  { i }: Pick<Engine, 'i'>,
  { add, maxRow, addScaled }: Pick<Kernels, 'add' | 'maxRow' | 'addScaled'>,
): Pick<Kernels, Names> {
  const each = ({ starts, b, first, steps, ld }: DocumentRows, visit: (row: number, at: number) => void) => {
    for (let t = first; t < steps; t++) {
      const row = i[starts + t] + b;
      visit(row, row * ld);
    }
  };
  return {
    addDocument(to, from, rows) {
      each(rows, (_, at) => {
        add(to, from + at, rows.n);
      });
    },
    maxDocument(max, winner, from, rows) {
      each(rows, (row, at) => {
        maxRow(max, winner, from + at, row, rows.n);
      });
    },
    addScaledToDocument(to, from, alpha, rows) {
      each(rows, (_, at) => {
        addScaled(to + at, from, alpha, rows.n);
      });
    },
  };
}
