/** The kernel calls of the vectors of character n-grams. */
import { ngramsBackward, ngramsForward } from '../../../engine/webgpu/kernels/ngrams.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { type Recording, rowGroups } from './calls.ts';

/** Records x += the mean of the vectors of n-grams; nothing in a model without them. */
export function addNgrams(list: CallList, { layout, batch }: Recording): void {
  const { D: n, x, at } = layout;
  if (!batch.ngrams) return;
  const { starts, buckets } = batch.ngrams;
  const table = at('embedding.ngrams');
  list.add(
    ngramsForward,
    { x, table, n, starts, buckets },
    rowGroups(n, () => batch.size.tokens),
  );
}

/** Records the gradient of their table. */
export function addNgramsBackward(list: CallList, { layout, batch, pass }: Recording): void {
  const { D: n, dx, grad, at } = layout;
  if (!batch.ngrams) return;
  const { starts, lists } = batch.ngrams;
  const table = grad + at('embedding.ngrams');
  list.add(
    ngramsBackward,
    {
      table,
      dx,
      n,
      starts,
      ids: lists.values,
      listed: lists.starts,
      rows: lists.rows,
      add: Number(pass.adds),
    },
    rowGroups(n, () => Math.max(1, batch.size.buckets)),
  );
}
