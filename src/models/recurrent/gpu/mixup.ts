/** The kernel calls of mixup, `models/recurrent/mixup.ts`. */
import { mixRows } from '../../../engine/webgpu/kernels/mixup.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { type Recording, rowGroups } from './calls.ts';

/** Records the mixtures of the documents' vectors with those of their partners; with the inverse, the way back. */
export function addMixedRows(
  list: CallList,
  { layout, batch }: Recording,
  { to, from, by }: { readonly to: number; readonly from: number; readonly by: 'partners' | 'inverse' },
): void {
  const { mixture } = batch;
  if (!mixture) throw new Error('a batch that is mixed has partners');
  const { features: n } = layout.pools;
  list.add(
    mixRows,
    { to, source: from, n, by: mixture[by], lambda: mixture.lambda },
    rowGroups(n, () => batch.size.rows),
  );
}
